// A canvas that writes down what is drawn on it as SVG, so that one set of drawings serves screen and print.
// It knows the part of the canvas interface the drawings use, and nothing more.

const BASELINES = { alphabetic: "auto", middle: "central", top: "hanging" };
const ANCHORS = { left: "start", center: "middle", right: "end" };
const escaped = (words) => String(words).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const round = (v) => Math.round(v * 100) / 100;

export class SvgCanvas {
  constructor(width, height, name) {
    Object.assign(this, { width, height, name, parts: [], clips: 0, stack: [], d: "", label: "", fillStyle: "#000000", strokeStyle: "#000000",
      lineWidth: 1, globalAlpha: 1, font: "", textAlign: "left", textBaseline: "alphabetic", dash: [], lineJoin: "miter", groups: 0 });
  }

  getBoundingClientRect() { return { width: this.width, height: this.height }; }
  getContext() { return this; }
  setAttribute(name, value) { if (name === "aria-label") this.label = value; }
  setTransform() {}
  clearRect() {}
  beginPath() { this.d = ""; }
  closePath() { this.d += "Z"; }
  moveTo(x, y) { this.d += `M${round(x)} ${round(y)}`; }
  lineTo(x, y) { this.d += `L${round(x)} ${round(y)}`; }
  quadraticCurveTo(mx, my, x, y) { this.d += `Q${round(mx)} ${round(my)} ${round(x)} ${round(y)}`; }
  rect(x, y, w, h) { this.d += `M${round(x)} ${round(y)}h${round(w)}v${round(h)}h${round(-w)}Z`; }
  setLineDash(dash) { this.dash = dash; }

  // Whole circles only, which is all that is drawn.
  arc(x, y, r) {
    this.d += `M${round(x - r)} ${round(y)}a${round(r)} ${round(r)} 0 1 0 ${round(2 * r)} 0a${round(r)} ${round(r)} 0 1 0 ${round(-2 * r)} 0Z`;
  }

  save() {
    const { fillStyle, strokeStyle, lineWidth, globalAlpha, dash, groups } = this;
    this.stack.push({ fillStyle, strokeStyle, lineWidth, globalAlpha, dash, groups });
    this.groups = 0;
  }

  restore() {
    this.parts.push("</g>".repeat(this.groups));
    Object.assign(this, this.stack.pop());
  }

  clip() {
    const id = `${this.name}-${(this.clips += 1)}`;
    this.parts.push(`<clipPath id="${id}"><path d="${this.d}"/></clipPath><g clip-path="url(#${id})">`);
    this.groups += 1;
  }

  stroked() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.map(round).join(" ")}"` : "";
    const join = this.lineJoin === "round" ? ' stroke-linejoin="round"' : "";
    return `fill="none" stroke="${this.strokeStyle}" stroke-width="${round(this.lineWidth)}"${dash}${join}${this.faded()}`;
  }

  faded() { return this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : ""; }
  fill() { this.parts.push(`<path d="${this.d}" fill="${this.fillStyle}"${this.faded()}/>`); }
  stroke() { this.parts.push(`<path d="${this.d}" ${this.stroked()}/>`); }

  boxed(x, y, w, h, style) {
    if (w > 0 && h > 0)
      this.parts.push(`<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" ${style}/>`);
  }

  fillRect(x, y, w, h) { this.boxed(x, y, w, h, `fill="${this.fillStyle}"${this.faded()}`); }
  strokeRect(x, y, w, h) { this.boxed(x, y, w, h, this.stroked()); }

  lettered(words, x, y, style) {
    this.parts.push(`<text x="${round(x)}" y="${round(y)}" style="font:${escaped(this.font)}" text-anchor="${ANCHORS[this.textAlign]}" `
      + `dominant-baseline="${BASELINES[this.textBaseline]}" ${style}>${escaped(words)}</text>`);
  }

  fillText(words, x, y) { this.lettered(words, x, y, `fill="${this.fillStyle}"`); }
  strokeText(words, x, y) { this.lettered(words, x, y, this.stroked()); }

  // As a part of a larger drawing, with its description for those who cannot see it.
  at(x, y) {
    return `<g transform="translate(${round(x)} ${round(y)})" role="img" aria-label="${escaped(this.label)}">${this.parts.join("")}</g>`;
  }
}

// A whole drawing: rows of canvases below each other, with title, sentences, key and footer.
export function drawing({ rows, title, sentence, key, footer }, wrap) {
  const inner = Math.max(...rows.map((row) => row.reduce((sum, canvas) => sum + canvas.width, 0))), width = inner + 48;
  const parts = [];
  let y = 8;
  const write = (words, size, step, style = "") => {
    for (const line of wrap(words, size, inner, style.includes("600") ? "600 " : "")) {
      y += step;
      parts.push(`<text x="24" y="${y}" font-size="${size}" ${style}>${escaped(line)}</text>`);
    }
  };
  write(title, 20, 26, 'font-weight="600"');
  write(sentence, 15, 22);
  y += 12;
  for (const row of rows) {
    let x = 24;
    for (const canvas of row) { parts.push(canvas.at(x, y)); x += canvas.width; }
    y += Math.max(...row.map((canvas) => canvas.height)) + 12;
  }
  key.forEach(({ words, colour, dash, width: line }, i) => {
    const x = 24 + (i * inner) / 2;
    parts.push(`<path d="M${x} ${y + 10}h36" fill="none" stroke="${colour}" stroke-width="${line}" stroke-dasharray="${dash.join(" ")}"/>`
      + `<text x="${x + 44}" y="${y + 14}" font-size="13">${escaped(words)}</text>`);
  });
  y += 20;
  write(footer, 13, 18, 'fill="#595959"');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 16}" viewBox="0 0 ${width} ${y + 16}" `
    + `font-family="system-ui, sans-serif" role="img"><title>${escaped(title)}</title><desc>${escaped(sentence)}</desc>`
    + `<rect width="100%" height="100%" fill="#ffffff"/>${parts.join("")}</svg>\n`;
}
