// The mission's strength: history as a line, the chosen curve above it, and points that move by mouse or by keyboard.
// While a point is dragged the axis stands still and the curve follows at once; the page is told at most eight times a second.

import { typeSize } from "./draw.js";
import { number } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const QUARTER = 13, HIGHEST = 5, MOST = 8, FEWEST = 3, TELL_MS = 125;

function make(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (parent) parent.append(node);
  return node;
}

function between(points, week) {
  if (week <= points[0][0]) return points[0][1];
  for (let i = 1; i < points.length; i += 1) {
    const [w0, r0] = points[i - 1], [w1, r1] = points[i];
    if (week <= w1) return r0 + (r1 - r0) * (week - w0) / (w1 - w0);
  }
  return points[points.length - 1][1];
}

export class Curve {
  constructor(svg, tell) {
    this.svg = svg;
    this.tell = tell;
    this.gesture = 0;
    this.dragged = -1;
    this.week = 0;
    this.data = null;
    new ResizeObserver(() => this.draw()).observe(svg);
  }

  set(data, other) {
    if (this.dragged >= 0) return;
    const focused = [...this.svg.querySelectorAll(".point")].indexOf(document.activeElement);
    this.data = { ...data, points: data.points.map((p) => [...p]) };
    this.other = other;
    this.top = 1.15 * Math.max(...this.strengths(this.data.points), ...this.strengths(other), ...data.strength, 1);
    this.draw();
    if (focused >= 0) this.svg.querySelectorAll(".point")[focused]?.focus();
  }

  strengths(points) {
    return this.data.weeks.map((week, i) => this.data.strength[i] * (points.length ? between(points, week) : 1));
  }

  at(week) {
    const { weeks, strength } = this.data, step = weeks.length > 1 ? weeks[1] - weeks[0] : 1;
    return strength[Math.min(strength.length - 1, Math.max(0, Math.round((week - weeks[0]) / step)))];
  }

  scales() {
    const box = this.svg.getBoundingClientRect(), size = typeSize(), left = 4.8 * size, right = 12, above = 8, below = 6 + size / 2;
    const last = this.data.weeks[this.data.weeks.length - 1];
    return {
      x: (week) => left + (week / last) * (box.width - left - right),
      y: (v) => above + (1 - v / this.top) * (box.height - above - below),
      week: (px) => ((px - left) / (box.width - left - right)) * last,
      strength: (py) => (1 - (py - above) / (box.height - above - below)) * this.top,
      box, left, last, size,
    };
  }

  draw() {
    if (!this.data) return;
    const s = this.scales(), line = (values) => values.map((v, i) => `${s.x(this.data.weeks[i])},${s.y(v)}`).join(" ");
    const focused = [...this.svg.querySelectorAll(".point")].indexOf(document.activeElement);
    if (this.dragged < 0) this.svg.replaceChildren();
    else this.svg.querySelectorAll(":scope > :not(.point)").forEach((node) => node.remove());
    const first = this.svg.firstChild;
    const add = (name, attributes) => this.svg.insertBefore(make(name, attributes), first);
    for (const share of s.box.height < 6 * s.size ? [0, 1] : [0, 0.5, 1]) {
      const y = s.y((this.top / 1.15) * share);
      add("line", { x1: s.left, x2: s.box.width - 12, y1: y, y2: y, class: "grid" });
      add("text", { x: s.left - 6, y: y + s.size / 3, class: "tick", "text-anchor": "end" })
        .textContent = number((this.top / 1.15) * share);
    }
    add("polyline", { points: line(this.strengths(this.other)), class: "line-a" });
    add("polyline", { points: line(this.strengths(this.data.points)), class: "line-b" });
    this.cursor = add("line", { y1: 4, y2: s.box.height - 6, class: "cursor" });
    this.setWeek(this.week);
    this.data.points.forEach((point, i) => this.point(point, i, s));
    if (focused >= 0 && this.dragged < 0) this.svg.querySelectorAll(".point")[focused]?.focus();
  }

  point([week, ratio], i, s) {
    const node = this.dragged >= 0 ? this.svg.querySelectorAll(".point")[i]
      : make("circle", { r: 9, tabindex: 0, role: "slider", class: "point" }, this.svg);
    const strength = this.at(week) * ratio;
    node.setAttribute("cx", s.x(week));
    node.setAttribute("cy", s.y(strength));
    node.setAttribute("aria-label", `strength, point ${i + 1} of ${this.data.points.length}`);
    node.setAttribute("aria-valuemin", 0);
    node.setAttribute("aria-valuemax", HIGHEST * 100);
    node.setAttribute("aria-valuenow", Math.round(ratio * 100));
    node.setAttribute("aria-valuetext",
      `week ${week}: ${Math.round(ratio * 100)} % of the table, ${number(strength)} persons`);
    if (this.dragged >= 0) return;
    node.addEventListener("pointerdown", (event) => this.grab(event, i));
    node.addEventListener("keydown", (event) => this.key(event, i));
  }

  grab(event, i) {
    event.preventDefault();
    const node = event.target;
    node.focus();
    node.setPointerCapture(event.pointerId);
    this.dragged = i;
    this.gesture += 1;
    const move = (e) => {
      const box = this.svg.getBoundingClientRect(), s = this.scales();
      this.move(i, s.week(e.clientX - box.left), s.strength(e.clientY - box.top));
      this.draw();
      this.tellSoon();
    };
    const end = () => {
      node.removeEventListener("pointermove", move);
      clearTimeout(this.timer);
      this.timer = 0;
      this.dragged = -1;
      this.top = 1.15 * Math.max(...this.strengths(this.data.points), ...this.strengths(this.other), ...this.data.strength);
      this.draw();
      this.svg.querySelectorAll(".point")[i]?.focus();
      this.say();
    };
    node.addEventListener("pointermove", move);
    node.addEventListener("pointerup", end, { once: true });
    node.addEventListener("lostpointercapture", () => this.dragged >= 0 && end(), { once: true });
  }

  move(i, week, strength) {
    const points = this.data.points, snapped = Math.round(week / QUARTER) * QUARTER;
    const low = i ? points[i - 1][0] + QUARTER : 0;
    const high = i < points.length - 1 ? points[i + 1][0] - QUARTER : this.scales().last;
    if (high >= low) points[i][0] = Math.min(Math.max(snapped, low), Math.floor(high));
    const table = this.at(points[i][0]);
    if (table > 0) points[i][1] = Math.round(Math.min(HIGHEST, Math.max(0, strength / table)) * 100) / 100;
  }

  key(event, i) {
    const points = this.data.points, [week, ratio] = points[i];
    const steps = { ArrowUp: 0.05, ArrowDown: -0.05, PageUp: 0.25, PageDown: -0.25 };
    if (event.key in steps) points[i][1] = Math.round(Math.min(HIGHEST, Math.max(0, ratio + steps[event.key])) * 100) / 100;
    else if (event.key === "ArrowLeft") this.move(i, week - QUARTER, this.at(week - QUARTER) * ratio);
    else if (event.key === "ArrowRight") this.move(i, week + QUARTER, this.at(week + QUARTER) * ratio);
    else if (event.key === "Home" || event.key === "Backspace") points[i][1] = 1;
    else if (event.key === "End") points[i][1] = 0;
    else if (event.key === "Delete" && points.length > FEWEST) points.splice(i, 1);
    else if (event.key === "Insert" && points.length < MOST) this.insert(i);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.gesture += 1;
    this.draw();
    this.say();
  }

  insert(i) {
    const points = this.data.points;
    const next = i < points.length - 1 ? points[i + 1][0] : this.scales().last;
    const week = Math.round((points[i][0] + next) / 2 / QUARTER) * QUARTER;
    if (week > points[i][0] && week < next) points.splice(i + 1, 0, [week, between(points, week)]);
  }

  tellSoon() {
    this.timer ||= setTimeout(() => { this.timer = 0; this.say(); }, TELL_MS);
  }

  say() {
    const points = this.data.points.map(([week, ratio]) => ({ week, ratio }));
    this.tell({ do: "curve", points, merge: `drag${this.gesture}`, held: this.dragged >= 0 });
  }

  setWeek(week) {
    this.week = week;
    if (!this.data || !this.cursor) return;
    const x = this.scales().x(week);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
  }
}
