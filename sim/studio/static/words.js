// Numbers and sentences for the week shown. The rules for figures and probability words are those of sim/report/words.py;
// the words themselves come from there with the page.

export const MINUS = "−";

export function number(value, figures = 2) {
  if (!Number.isFinite(value)) return "—";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (Number.isInteger(value) && size < 100) return (value < 0 ? MINUS : "") + size; // a count is no measurement
  const wanted = size >= 10000 ? Math.max(figures, 3) : figures;
  const place = Math.floor(Math.log10(size) + 1e-12) - wanted + 1;
  const unit = 10 ** place;
  const rounded = Math.floor(size / unit + 0.5 + 1e-9) * unit;
  const text = rounded.toLocaleString("en-GB", {
    minimumFractionDigits: Math.max(0, -place), maximumFractionDigits: Math.max(0, -place) });
  return (value < 0 ? MINUS : "") + text;
}

export function percent(part) {
  return `${number(100 * Math.abs(part))} %`;
}

export function change(a, b, down = "lower", up = "higher") {
  if (a === b) return "no difference";
  if (a === 0) return `${up}, from none`;
  return `${percent((b - a) / a)} ${b < a ? down : up}`;
}

// How often B lies below A by more than what matters, about the same, above it; values are pairs [a, b].
export function counts(pairs, matters) {
  const seen = { lower: 0, same: 0, higher: 0, n: pairs.length };
  for (const [a, b] of pairs) {
    const gap = b - a;
    if (Math.abs(gap) <= matters * Math.abs(a)) seen.same += 1;
    else seen[gap < 0 ? "lower" : "higher"] += 1;
  }
  return seen;
}

export function luckSentence(pairs, config) {
  const seen = counts(pairs, config.matters);
  if (seen.n < 2) return "One luck only: a difference could be chance. Try other luck.";
  const changes = pairs.filter(([a]) => a !== 0).map(([a, b]) => (b - a) / a).sort((x, y) => x - y);
  const ends = changes.length ? `${seen.n} lucks: ${ends2(changes[0], changes[changes.length - 1])}. ` : "";
  const direction = seen.lower >= seen.higher ? "lower" : "higher";
  const word = (config.ladder[String(seen.n)] || [])[seen[direction]];
  const said = word ? `: ${word}` : seen.n < config.fewest ? "; too few for a word" : "; no word is earned";
  const same = seen.same ? `, about the same in ${seen.same}` : "";
  return `${ends}B ${direction} in ${seen[direction]} of ${seen.n}${same}${said}.`;
}

function ends2(low, high) {
  const word = (v) => (v < 0 ? "lower" : "higher");
  if (word(low) === word(high)) return `${percent(low)} to ${percent(high)} ${word(low)}`;
  return `${percent(low)} lower to ${percent(high)} higher`;
}

// Where counted figures and what happened part: said only when they do.
export function countedSentence(counted, real) {
  const [countedA, countedB] = counted, [realA, realB] = real;
  if (countedA === 0 || realA === 0) return "";
  const up = (countedB - countedA) / countedA, down = (realB - realA) / realA;
  if (up > 0.05 && down < -0.05)
    return `So far counted allegations are ${percent(up)} higher while exploitation is ${percent(down)} lower: `
      + "here more reports mean better counting, not more harm.";
  if (up < -0.05 && down > 0.05)
    return `So far counted allegations are ${percent(up)} lower while exploitation is ${percent(down)} higher: `
      + "here fewer reports do not mean less harm.";
  return "";
}
