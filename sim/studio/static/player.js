// Plays two runs as data: week, speed, replay of the last change. Nothing here asks the server while time moves.

import { drawMap, topCells } from "./map.js";
import { drawSeries, drawCauses, topOf, drawn } from "./series.js";
import { drawFunnel } from "./funnel.js";
import { Sketch } from "./sketch.js";
import { total } from "./pack.js";
import { niceTop, typeSize } from "./draw.js";
import { change, countedSentence, luckSentence, number, percent, MINUS } from "./words.js";

const WHOLE_SECONDS = 25, BEAT_MS = 800, QUARTER = 13, ARCS = 26;
const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
  constructor(config) {
    Object.assign(this, { config, runs: null, before: null, lucks: [], week: 0, speed: 1, playing: false, frozen: false,
      mode: "both", layer: "demand", cell: -1, series: config.series[0], twin: false, causes: null, tally: "", top: 1, hold: false,
      covered: null });
    this.sketch = new Sketch(this);
  }

  // The last week that may be seen: a lesson keeps what comes after its question until it is revealed.
  get end() { return Math.min(this.covered ?? Infinity, this.runs[0].n - 1); }

  cover(week) {
    const isNew = (week === null) !== (this.covered === null);
    this.covered = week;
    if (isNew) this.sketch.on = week !== null;
  }

  // The runs drawn: the pair before the last change while that is being replayed.
  get pair() { return this.hold && this.before ? this.before : this.runs; }

  show(runs, ground, { lucks = [], week = null, gesture = 0 } = {}) {
    const settled = this.settledPair || this.runs; // what was seen on the way of a drag is no "before"
    this.settledPair = null;
    const isFirst = !settled, isElsewhere = settled && settled[0].mission !== runs[0].mission;
    if (isElsewhere) { Object.assign(this, { before: null, cell: -1 }); this.sketch.clear(); }
    else if (settled && gesture !== this.gesture && settled.some((run, i) => run !== runs[i])) this.before = settled;
    this.gesture = gesture;
    this.runs = runs;
    this.ground = ground;
    this.lucks = lucks;
    this.week = Math.min(week ?? (isFirst || isElsewhere ? this.interesting() : this.week), this.end);
    byId("scrub").max = runs[0].n - 1;
    this.rescale();
    this.draw();
    this.settled();
  }

  // A rough picture while something is dragged: same axes, no sentence, and not what is stepped back to.
  pass(runs) {
    if (!this.runs || this.runs[0].mission !== runs[0].mission || this.runs[0].n !== runs[0].n) return;
    this.settledPair ||= this.runs;
    this.runs = runs;
    this.lucks = [];
    this.draw();
  }

  // The first week by which B's total differs from A's by a tenth; two fifths into the run where it never does.
  interesting() {
    const [a, b] = this.runs.map((run) => run.values.true_exploited_persons);
    let sumA = 0, sumB = 0;
    for (let i = 0; i < a.length; i += 1) {
      sumA += a[i];
      sumB += b[i];
      if (sumA > 0 && Math.abs(sumB - sumA) > 0.1 * sumA && i > QUARTER) return i;
    }
    return Math.floor(a.length * 0.4);
  }

  addLuck(pair) {
    this.lucks.push(pair);
    this.rescale();
    this.draw();
    this.settled();
  }

  // Axes move only here, never while something is dragged, and the page says so.
  rescale() {
    if (this.frozen) { this.isStale = true; return; }
    this.isStale = false;
    const seen = [...this.runs, ...this.lucks.flat(), ...(this.before && this.before[0].mission === this.runs[0].mission ? this.before : [])];
    const top = Math.max(topOf(seen, this.series, this.twin && this.series.twin), niceTop(this.sketch.peak(this.series)));
    const isNew = this.topSeries === this.series && top !== this.top;
    byId("axis-note").textContent = isNew ? `axis now to ${number(top)}` : "";
    Object.assign(this, { top, topSeries: this.series });
    this.flowTop = Math.max(1e-9, ...seen.flatMap((run) => Object.values(run.recruited).map((v) => peak(v))));
  }

  // Axes stand still while a hand is on a lever.
  freeze(on) {
    this.frozen = on;
    if (on || !this.isStale) return;
    this.rescale();
    this.draw();
  }

  draw(on = byId) {
    if (!this.runs) return;
    const [a, b] = this.pair, { week, config } = this;
    const layerName = config.layers[this.layer], top = Math.max(1e-9, a.layers[this.layer], b.layers[this.layer]);
    const unit = Math.max(1, ...[a, b].map((r) => Math.ceil(Math.max(r.layers.venues_visible, r.layers.venues_hidden) * r.scale / 7)));
    const common = { ground: this.ground, week, layer: this.layer, top, layerName, flowTop: this.flowTop, unit, cell: on === byId ? this.cell : -1 };
    const map = (name, view) => on(name).setAttribute("aria-label", drawMap(on(name), { ...common, ...view }));
    if (this.mode === "difference") map("map-b", { run: b, other: a, name: "B less A" });
    else {
      map("map-a", { run: a, name: config.names.a });
      map("map-b", { run: b, name: config.names.b });
    }
    byId("map-key").textContent = this.mode === "difference" ? "blue: B lower · orange and hatched: B higher"
      : `${config.layers[this.layer]}, light to dark up to ${number(top)} a cell`;
    byId("mark-key").textContent = this.mode === "difference" ? "" : `■ visible, □ hidden: ${number(unit / a.scale)} venues each · `
      + "○ raid · arcs: recruited, last half year";
    const flow = this.series.kind === "flow" ? ", mean of 13 weeks" : "";
    const at = drawSeries(on("series"), { runs: [a, b], lucks: this.hold ? [] : this.lucks, series: this.series,
      twin: this.twin && this.series.twin, week, top: this.top, title: `${titled(this.series)}${flow}`, tally: this.tally,
      note: this.noted(), covered: this.covered, sketch: this.sketch });
    Object.assign(this, { weekAt: at.week, valueAt: at.value });
    const rough = a.scale < 1 ? `at ${number(100 * a.scale)} % of full size: rough` : "full size";
    on("funnel").setAttribute("aria-label", drawFunnel(on("funnel"), { runs: [a, b], week, stages: config.stages,
      title: "Accountability: cases so far", note: `outline true, filled counted; ${rough}` }));
    if (on !== byId) return;
    if (calm.matches) this.strip(common);
    if (this.causes) drawCauses(byId("causes"), { runs: [a, b], list: this.causes, week });
    this.curve?.setWeek(a.weeks[week]);
    this.sketch.tell();
    this.tell();
  }

  // What the lines of the series are.
  noted() {
    if (this.hold) return "before the last change";
    if (this.settledPair) return "rough, while you change it";
    return `A dashed, B solid${this.twin && this.series.twin ? ", dotted: counted" : ""}`;
  }

  // Where motion is not wanted: B in five weeks side by side; a click goes there.
  strip(common) {
    const box = byId("strip");
    box.hidden = false;
    box.querySelectorAll("button").forEach((button, k) => {
      const week = Math.round((k / 4) * (this.pair[0].n - 1)), [, run] = this.pair;
      drawMap(button.querySelector("canvas"), { ...common, run, week, name: `B, week ${run.weeks[week]}` });
      button.dataset.week = week;
      button.setAttribute("aria-label", `B in week ${run.weeks[week]}: go there`);
    });
  }

  // Figures of the week; they change with every frame and are not read aloud.
  tell() {
    const [a, b] = this.pair, { week } = this, now = (run, name) => run.values[name][week];
    const scrub = byId("scrub");
    scrub.value = week;
    scrub.setAttribute("aria-valuetext", `week ${a.weeks[week]}, ${a.dates[week]}`);
    byId("week").textContent = `week ${a.weeks[week]} of ${a.weeks[a.n - 1]} · ${a.dates[week]}`;
    const exploited = "true_exploited_persons", sums = [a, b].map((run) => total(run.values[exploited], week));
    const rows = [["Exploited now", now(a, exploited), now(b, exploited)], ["Person-weeks", ...sums],
      ["Venues", now(a, "venues"), now(b, "venues")], ["Personnel", now(a, "personnel_present"), now(b, "personnel_present")]];
    byId("so-far").querySelectorAll("tr").forEach((row, i) => {
      if (!i) return;
      const [name, x, y] = rows[i - 1];
      row.children[0].textContent = name;
      row.children[1].textContent = number(x);
      row.children[2].textContent = number(y);
      row.children[3].textContent = x === y ? "=" : x ? `${y < x ? MINUS : "+"}${percent((y - x) / x)}` : "—";
    });
    byId("so-far-title").textContent = `So far (week ${a.weeks[week]})`;
    const sameLuck = a.key === b.key;
    byId("difference").textContent = sameLuck ? "A and B are the same scenario on the same luck." : this.sentence();
    byId("luck-words").textContent = sameLuck ? "" : luckSentence(this.pairsAt(week), this.config);
    const sum = (run, name) => total(run.values[name], week);
    byId("counted-words").textContent = countedSentence([sum(a, "observed_allegations"), sum(b, "observed_allegations")], sums);
    this.why(week, sums);
  }

  pairsAt(week) {
    return [this.runs, ...this.lucks].map((pair) => pair.map((run) => total(run.values.true_exploited_persons, week)));
  }

  sentence() {
    const [a, b] = this.pair, sums = [a, b].map((run) => total(run.values.true_exploited_persons, this.week));
    const against = `${number(sums[1])} against ${number(sums[0])} person-weeks.`;
    if (sums[0] === sums[1]) return `Up to week ${a.weeks[this.week]} exploitation is the same in A and B.`;
    return `Up to week ${a.weeks[this.week]}, exploitation in B is ${change(...sums)} than in A: ${against}`;
  }

  // The difference split by where and for whom; the three parts add up to it exactly.
  why(week, sums) {
    const [a, b] = this.pair, gap = sums[1] - sums[0];
    const parts = this.config.parts.map((part) =>
      ({ ...part, gap: total(b.values[part.series], week) - total(a.values[part.series], week) }));
    parts.sort((x, y) => Math.abs(y.gap) - Math.abs(x.gap));
    byId("why-title").textContent = gap === 0 ? "Why? Nothing differs yet" : `Why ${gap < 0 ? "fewer" : "more"}? For whom, and where`;
    const most = Math.max(...parts.map((part) => Math.abs(part.gap)), 1e-9), signed = (v) => (v > 0 ? "+" : "") + number(v);
    const share = (v) => (gap ? `${v * gap < 0 ? MINUS : ""}${percent(v / gap)}` : "");
    byId("why").querySelectorAll("tbody tr").forEach((row, i) => {
      const { series, label, gap: own } = parts[i], [head, bar, value, part] = row.children;
      head.firstChild.dataset.part = series;
      head.firstChild.textContent = label;
      bar.firstChild.className = own < 0 ? "less" : "more";
      bar.firstChild.style.width = `${(50 * Math.abs(own)) / most}%`;
      value.textContent = signed(own);
      part.textContent = share(own);
    });
    const [, , sum, whole] = byId("why").tFoot.rows[0].children;
    sum.textContent = signed(gap);
    whole.textContent = share(gap);
  }

  // One sentence for those who listen, and the tables beside the drawings, when things have settled.
  settled() {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => {
      if (this.playing || !this.runs) return;
      const [a, b] = this.runs;
      byId("live").textContent = a.key === b.key ? `A and B are the same. Week ${a.weeks[this.week]}.` : this.sentence();
      byId("series").setAttribute("aria-label", `${this.series.label}: A ${number(drawn(a, this.series)[this.week])}, `
        + `B ${number(drawn(b, this.series)[this.week])} ${this.series.unit} in week ${a.weeks[this.week]}. ${this.sketch.sentence()}`);
      this.tables();
    }, 250);
  }

  tables() {
    const [a, b] = this.runs, line = (cells, tag = "td") => `<tr>${cells.map((v, i) =>
      (i ? `<${tag}>${v}</${tag}>` : `<th scope="${tag === "th" ? "col" : "row"}">${v}</th>`)).join("")}</tr>`;
    const weeks = a.weeks.map((_, i) => i).filter((i) => (i % QUARTER === 0 || i === a.n - 1) && i <= this.end);
    const own = this.sketch.fits && this.sketch.values.size, drew = (i) => (own ? [number(this.sketch.at(i))] : []);
    const [va, vb] = this.runs.map((run) => drawn(run, this.series));
    byId("series-table").innerHTML = `<caption>${this.series.label}, ${this.series.unit}, at quarters</caption>`
      + line(["week", "A", "B", "B less A", ...(own ? ["sketch"] : [])], "th")
      + weeks.map((i) => line([a.weeks[i], number(va[i]), number(vb[i]), number(vb[i] - va[i]), ...drew(i)])).join("");
    byId("map-table").innerHTML = `<caption>${this.config.layers[this.layer]}, week ${a.weeks[this.week]}, ten cells with most</caption>`
      + line(["cell (longitude, latitude)", "A", "B", "B less A"], "th")
      + topCells(this.ground, this.runs, this.layer, this.week).map((r) =>
        line([r.at.map((v) => v.toFixed(1)).join(", "), number(r.a), number(r.b), number(r.b - r.a)])).join("");
  }

  // The end of the week shown, from which an agent tells.
  nextWeek() {
    const { weeks } = this.runs[0];
    return weeks[this.week] + (weeks.length > 1 ? weeks[1] - weeks[0] : 1);
  }

  go(week) {
    if (!this.runs) return;
    this.week = Math.min(this.end, Math.max(0, Math.round(week)));
    this.draw();
    this.settled();
  }

  play(on = !this.playing) {
    if (!this.runs) return;
    if (on && this.week >= this.end) this.week = 0;
    this.playing = on;
    const button = byId("play");
    button.textContent = on ? "❚❚ Pause" : "▶ Play";
    button.setAttribute("aria-pressed", on);
    if (on) { this.clock = null; this.exact = this.week; requestAnimationFrame((t) => this.tick(t)); } else this.settled();
  }

  tick(time) {
    if (!this.playing) return;
    const passed = this.clock === null ? 0 : (time - this.clock) / 1000, n = this.runs[0].n;
    this.clock = time;
    this.exact += passed * this.speed * n / WHOLE_SECONDS;
    const step = calm.matches ? QUARTER : 1, week = Math.min(this.end, Math.floor(this.exact / step) * step);
    if (week !== this.week) { this.week = week; this.draw(); }
    if (this.exact >= this.end) { this.week = this.end; this.draw(); this.play(false); }
    else requestAnimationFrame((t) => this.tick(t));
  }

  // Before and after the last change, three times, so that eyes can travel.
  replay() {
    if (!this.before || this.replaying) return;
    this.play(false);
    this.replaying = true;
    let beats = 0;
    const beat = () => {
      this.hold = beats % 2 === 0;
      byId("replay-note").textContent = this.hold ? "before the last change" : "after";
      this.draw();
      beats += 1;
      if (beats < 6) setTimeout(beat, BEAT_MS);
      else setTimeout(() => { this.replaying = false; byId("replay-note").textContent = ""; }, BEAT_MS);
    };
    beat();
  }

  see(before) {
    this.hold = before && Boolean(this.before);
    this.draw();
  }
}

// A series with its unit, where its name does not say it already.
function titled({ label, unit }) {
  return label.toLowerCase().includes(unit.split(" ")[0]) ? label : `${label}, ${unit}`;
}

function peak(values) {
  let top = 0;
  for (let i = 0; i < values.length; i += QUARTER) {
    let sum = 0;
    for (let k = Math.max(0, i - ARCS + 1); k <= i; k += 1) sum += values[k];
    top = Math.max(top, sum / ARCS);
  }
  return top;
}

export { byId, niceTop, typeSize };
