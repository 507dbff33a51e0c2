// What a class expects B to do, drawn on the series before it is revealed: by hand, or with the arrow keys on a pen.
// A sketch belongs to the series it was drawn on, holds a value for each week drawn, and stays until it is cleared.

import { INK, QUIET, text } from "./draw.js";
import { drawn } from "./series.js";
import { number } from "./words.js";

const STYLE = { colour: "#A65F00", dash: [3, 5], width: 3 };
const QUARTER = 13, STEP = 0.05, LARGE = 5, ASK = "Draw what you expect";
const KEYS = { ArrowLeft: [-QUARTER, 0], ArrowRight: [QUARTER, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP],
  PageUp: [0, STEP * LARGE], PageDown: [0, -STEP * LARGE] };
const byId = (id) => document.getElementById(id);

export class Sketch {
  constructor(player) {
    Object.assign(this, { player, on: false, of: null, values: new Map(), pen: null, last: null });
  }

  get weeks() { return this.player.runs[0].weeks; }

  // Whether it is of the series shown, or could become so.
  get fits() { return !this.values.size || this.of === this.player.series; }

  at(i) { return this.fits ? this.values.get(this.weeks[i]) : undefined; }

  // Listens to the chart, the pen and the buttons; the chart keeps scrubbing while the sketch is off.
  wire(canvas) {
    const stroke = (event) => this.on && canvas.hasPointerCapture(event.pointerId) && this.stroke(event);
    canvas.addEventListener("pointerdown", (event) => { this.last = null; stroke(event); });
    canvas.addEventListener("pointermove", stroke);
    byId("sketch-pen").addEventListener("keydown", (event) => this.key(event));
    for (const kind of ["focus", "blur"]) byId("sketch-pen").addEventListener(kind, () => this.player.draw());
    byId("sketch-clear").addEventListener("click", () => this.clear());
    document.addEventListener("click", (event) => event.target.closest(".sketch-toggle") && this.turn());
  }

  turn(on = !this.on, takesKeys = false) {
    this.on = on;
    if (!on && document.activeElement === byId("sketch-pen"))
      [...document.querySelectorAll(".sketch-toggle")].find((button) => button.checkVisibility())?.focus();
    this.player.draw();
    if (on && takesKeys) byId("sketch-pen").focus();
  }

  clear() {
    Object.assign(this, { values: new Map(), of: null, pen: null, last: null });
    this.player.draw();
    this.player.settled();
  }

  // Where the pen stands: at first in the week shown.
  get nib() { return Math.min(this.pen ?? this.player.week, this.weeks.length - 1); }

  // One begun on another series gives way at the first stroke.
  begin() {
    if (!this.fits) this.values = new Map();
    this.of = this.player.series;
  }

  // A straight line between two weeks; what was drawn there before gives way.
  line(from, to) {
    const [[i, v], [j, w]] = from[0] <= to[0] ? [from, to] : [to, from];
    for (let k = i; k <= j; k += 1) this.values.set(this.weeks[k], k === j ? w : v + ((w - v) * (k - i)) / (j - i));
  }

  bounded(value) { return Math.min(this.player.top, Math.max(0, value)); }

  stroke(event) {
    this.begin();
    const point = [this.player.weekAt(event.offsetX), this.bounded(this.player.valueAt(event.offsetY))];
    this.line(this.last ?? point, point);
    this.last = point;
    this.pen = point[0];
    this.player.draw();
    this.player.settled();
  }

  key(event) {
    if (event.key === "Backspace") this.clear();
    else if (event.key in KEYS) this.move(...KEYS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The pen is down: it starts where B stands, draws on beyond the ends, and bends the line a quarter to either side.
  move(by, share) {
    this.begin();
    this.pen = this.nib;
    const here = this.at(this.pen) ?? this.bounded(this.now(this.pen));
    this.line([this.pen, here], [this.pen, here]);
    if (by) this.carry(this.clamped(this.pen + by), here);
    else this.bend(this.bounded(here + share * this.player.top));
    this.player.draw();
    this.player.settled();
  }

  clamped(i) { return Math.min(this.weeks.length - 1, Math.max(0, i)); }

  carry(to, value) {
    if (this.at(to) === undefined) this.line([this.pen, value], [to, value]);
    this.pen = to;
  }

  bend(value) {
    for (const i of [this.pen - QUARTER, this.pen + QUARTER].map((k) => this.clamped(k))) {
      const beside = this.at(i);
      if (beside !== undefined && i !== this.pen) this.line([i, beside], [this.pen, value]);
    }
    this.values.set(this.weeks[this.pen], value);
  }

  // Highest value drawn on a series, so that its axis holds it.
  peak(series) { return this.of === series ? Math.max(0, ...this.values.values()) : 0; }

  // On the chart

  draw(c, { x, y, size, from }) {
    if (!this.fits) return;
    if (this.on && from !== null && !this.values.size)
      text(c, ASK, (x(from) + x(this.weeks.length - 1)) / 2, y(this.player.top * 0.7), { size: size + 2, colour: INK, align: "center" });
    c.strokeStyle = STYLE.colour;
    c.lineWidth = STYLE.width;
    c.setLineDash(STYLE.dash);
    c.beginPath();
    let isDown = false;
    this.weeks.forEach((week, i) => {
      const value = this.values.get(week);
      if (value !== undefined) (isDown ? c.lineTo(x(i), y(value)) : c.moveTo(x(i), y(value)));
      isDown = value !== undefined;
    });
    c.stroke();
    c.setLineDash([]);
  }

  // Where the pen stands, for those who draw with keys; not part of an exported picture.
  mark(c, { x, y }) {
    if (!this.on || !this.fits || document.activeElement !== byId("sketch-pen")) return;
    c.strokeStyle = STYLE.colour;
    c.lineWidth = 2;
    c.beginPath();
    c.arc(x(this.nib), y(this.at(this.nib) ?? this.now(this.nib)), 6, 0, 2 * Math.PI);
    c.stroke();
  }

  now(i) { return drawn(this.player.pair[1], this.player.series)[i]; }

  // Its entry in the key, right-aligned; returns where the rest of the key ends.
  legend(c, right, base, size) {
    if (!this.fits || !this.values.size) return right;
    c.strokeStyle = STYLE.colour;
    c.lineWidth = STYLE.width;
    c.setLineDash(STYLE.dash);
    c.beginPath();
    c.moveTo(right - 2.6 * size, base - size * 0.32);
    c.lineTo(right, base - size * 0.32);
    c.stroke();
    c.setLineDash([]);
    text(c, "predicted (sketch)", right - 3.1 * size, base, { size, colour: QUIET, align: "right" });
    return right - 13.2 * size;
  }

  // Its value beside those of A and B at a week.
  label(i) {
    const value = this.at(i);
    return value === undefined ? [] : [{ style: STYLE, value, words: `sketch ${number(value)}` }];
  }

  // In words

  // How far B is from it: on average over the weeks drawn, and in the week shown; nothing of B before it is revealed.
  sentence() {
    if (!this.values.size) return "";
    if (!this.fits) return `Your sketch is of “${this.of.label}”; choose that series to see it.`;
    const { player, weeks } = this, b = drawn(player.pair[1], player.series);
    const unit = ["ratio", "share"].includes(this.of.unit) ? "" : ` ${this.of.unit}`;
    const told = weeks.map((week, i) => i).filter((i) => this.values.has(weeks[i]));
    const reach = `weeks ${weeks[told[0]]} to ${weeks[told[told.length - 1]]}`;
    if (player.covered !== null) return `Your sketch covers ${reach}; B is set beside it once it is revealed.`;
    const off = told.reduce((sum, i) => sum + Math.abs(this.at(i) - b[i]), 0) / Math.max(1, told.length);
    const mean = `${number(off)}${unit} off on average over ${reach}`;
    const own = this.at(player.week);
    if (own === undefined) return `Your sketch is ${mean}; it does not reach week ${weeks[player.week]}.`;
    return `Your sketch: ${number(own)} at week ${weeks[player.week]}, B ${number(b[player.week])}; it is ${mean}.`;
  }

  // Buttons, pen and sentence below the chart.
  tell() {
    const has = this.values.size > 0, pen = byId("sketch-pen");
    document.querySelectorAll(".sketch-toggle").forEach((button) => button.setAttribute("aria-pressed", this.on));
    byId("sketch-bar").hidden = !this.on && !has;
    pen.hidden = !this.on;
    byId("series").classList.toggle("drawing", this.on);
    byId("sketch-clear").hidden = !has;
    byId("sketch-words").textContent = has ? this.sentence()
      : `${ASK}: drag over the chart, or use the arrow keys on the pen.`;
    if (!this.on) return;
    const value = this.at(this.nib), week = this.weeks[this.nib];
    pen.textContent = `✎ pen, week ${week}`;
    pen.setAttribute("aria-valuemax", Math.round(this.player.top * 100) / 100);
    pen.setAttribute("aria-valuenow", Math.round((value ?? this.now(this.nib)) * 100) / 100);
    pen.setAttribute("aria-valuetext", value === undefined ? `week ${week}: nothing drawn`
      : `week ${week}: ${number(value)} ${this.player.series.unit} predicted`);
  }

  // For the file of numbers: the value beside a week of B, and the series it is of.
  column(week) {
    const value = this.values.get(week);
    return value === undefined ? ["", ""] : [value, this.of.name];
  }
}
