// The series beside the map: A dashed, B solid, other lucks thin, counted figures dotted, the week as a line.
// What is not revealed yet is left out, beyond the week `covered`; a sketch of what is expected draws itself.

import { A, B, QUIET, RULE, begin, text, outlined, niceTop } from "./draw.js";
import { smoothed } from "./pack.js";
import { number } from "./words.js";

export const FLOW_WEEKS = 13;
const HIDDEN = "#F5F5F3";

export function drawn(run, series) {
  return smoothed(run.values[series.name], series.kind === "flow" ? FLOW_WEEKS : 1);
}

export function topOf(runs, series, twin) {
  const names = twin ? [series, { ...series, name: series.twin }] : [series];
  return niceTop(Math.max(...runs.flatMap((run) => names.map((s) => Math.max(...drawn(run, s))))));
}

// Draws and returns what a point of it means: the week at an x of the canvas, the value at a y.
export function drawSeries(canvas, { runs, lucks, series, twin, week, top, title, note, tally, covered, sketch }) {
  const { c, width, height, size } = begin(canvas);
  const [a, b] = runs;
  const right = size * (twin ? 10 : 7);
  const box = { x: size * 3.6, y: size + 14, width: width - size * 3.6 - right, height: height - size * 2 - 22 };
  const n = a.n, shown = covered === null ? n : covered + 1, x = (i) => box.x + (i / Math.max(1, n - 1)) * box.width;
  const y = (v) => box.y + box.height * (1 - v / top);
  text(c, title, 2, size + 1, { size: size + 1, bold: true });
  text(c, note, sketch.legend(c, width - 2, size + 1, size - 1), size + 1, { size: size - 1, colour: QUIET, align: "right" });
  if (covered !== null) {
    c.fillStyle = HIDDEN;
    c.fillRect(x(covered), box.y, box.x + box.width - x(covered), box.height);
  }
  axis(c, box, top, y, size);
  years(c, box, a, x, size);
  const line = (values, { colour, dash, width: w }, alpha = 1) => {
    c.globalAlpha = alpha;
    c.strokeStyle = colour;
    c.lineWidth = w;
    c.setLineDash(dash);
    c.beginPath();
    for (let i = 0; i < shown; i += 1) (i ? c.lineTo(x(i), y(values[i])) : c.moveTo(x(i), y(values[i])));
    c.stroke();
    c.globalAlpha = 1;
  };
  c.save();
  c.beginPath();
  c.rect(box.x, box.y - 2, box.width + 2, box.height + 4);
  c.clip();
  for (const [la, lb] of lucks) {
    line(drawn(la, series), { ...A, width: 0.8, dash: [3, 3] }, 0.45);
    line(drawn(lb, series), { ...B, width: 0.8 }, 0.45);
  }
  if (twin) runs.forEach((run, i) =>
    line(drawn(run, { ...series, name: series.twin }), { colour: [A, B][i].colour, dash: [1.5, 3], width: 2 }));
  line(drawn(a, series), A);
  line(drawn(b, series), B);
  const scales = { x, y, size, from: covered };
  sketch.draw(c, scales);
  c.restore();
  if (canvas instanceof HTMLCanvasElement) sketch.mark(c, scales);
  c.strokeStyle = "#A65F00";
  c.lineWidth = 1.4;
  c.setLineDash([]);
  c.beginPath();
  c.moveTo(x(week), box.y - 3);
  c.lineTo(x(week), box.y + box.height);
  c.stroke();
  labels(c, { runs, series, twin, week, sketch }, box, y, size);
  if (tally) outlined(c, tally, box.x + 8, box.y + size, { size, colour: "#A65F00" });
  return { week: (px) => Math.round(Math.min(1, Math.max(0, (px - box.x) / box.width)) * (n - 1)),
    value: (py) => top * (1 - (py - box.y) / box.height) };
}

function axis(c, box, top, y, size) {
  for (const share of [0, 0.5, 1]) {
    c.strokeStyle = RULE;
    c.lineWidth = 1;
    c.setLineDash([]);
    c.beginPath();
    c.moveTo(box.x, y(top * share));
    c.lineTo(box.x + box.width, y(top * share));
    c.stroke();
    text(c, number(top * share), box.x - 6, y(top * share), { size: size - 1, colour: QUIET, align: "right", base: "middle" });
  }
}

function years(c, box, run, x, size) {
  let last = run.dates[0].slice(0, 4), shown = -1e9;
  run.dates.forEach((date, i) => {
    const year = date.slice(0, 4);
    if (year === last) return;
    last = year;
    if (x(i) - shown < size * 4) return;
    shown = x(i);
    text(c, year, x(i), box.y + box.height + size + 3, { size: size - 1, colour: QUIET, align: "center" });
  });
}

function labels(c, { runs, series, twin, week, sketch }, box, y, size) {
  const ends = runs.map((run, i) => {
    const value = drawn(run, series)[week];
    return { style: [A, B][i], value, at: y(value), words: `${"AB"[i]} ${number(value)}` };
  });
  if (twin) runs.forEach((run, i) => {
    const value = drawn(run, { ...series, name: series.twin })[week];
    ends.push({ style: [A, B][i], value, at: y(value), words: `${"AB"[i]} counted ${number(value)}` });
  });
  ends.push(...sketch.label(week).map((end) => ({ ...end, at: y(end.value) })));
  ends.sort((p, q) => p.at - q.at);
  const gap = size + 2;
  ends.forEach((end, i) => { end.at = Math.max(end.at, i ? ends[i - 1].at + gap : box.y - 4); });
  let most = box.y + box.height + size / 2;
  for (const end of [...ends].reverse()) { end.at = Math.min(end.at, most); most = end.at - gap; }
  for (const end of ends)
    outlined(c, end.words, box.x + box.width + 6, end.at, { size, colour: end.style.colour, base: "middle", bold: true });
}

// Small multiples of the causes of a difference, on one time axis.
export function drawCauses(canvas, { runs, list, week }) {
  const { c, width, height, size } = begin(canvas);
  const each = width / list.length;
  list.forEach((series, k) => {
    const box = { x: k * each + 4, y: size + 8, width: each - 14, height: height - size - 14 };
    const values = runs.map((run) => drawn(run, series));
    const top = niceTop(Math.max(...values.map((v) => Math.max(...v)), 1e-9)), n = runs[0].n;
    const x = (i) => box.x + (i / Math.max(1, n - 1)) * box.width, y = (v) => box.y + box.height * (1 - v / top);
    text(c, series.label, box.x, size, { size: size - 1, bold: true });
    c.strokeStyle = RULE;
    c.setLineDash([]);
    c.strokeRect(box.x, box.y, box.width, box.height);
    values.forEach((v, i) => {
      const style = [A, B][i];
      c.strokeStyle = style.colour;
      c.lineWidth = style.width * 0.7;
      c.setLineDash(style.dash);
      c.beginPath();
      v.forEach((value, j) => (j ? c.lineTo(x(j), y(value)) : c.moveTo(x(j), y(value))));
      c.stroke();
    });
    c.strokeStyle = "#A65F00";
    c.lineWidth = 1;
    c.setLineDash([]);
    c.beginPath();
    c.moveTo(x(week), box.y);
    c.lineTo(x(week), box.y + box.height);
    c.stroke();
  });
}
