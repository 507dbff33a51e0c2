// Shared by all drawings: sharp canvases, house colours, lines that never speak by colour alone.

export const INK = "#1A1A1A", QUIET = "#595959", RULE = "#DDDDDD", LAND = "#EDEBE6", SEA = "#F7FAFC";
export const A = { colour: "#000000", dash: [7, 4], width: 2, name: "A" };
export const B = { colour: "#0072B2", dash: [], width: 2.6, name: "B" };
export const RAID = "#D55E00";
export const FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";

// Light to dark end of cividis, lightened for the marks drawn on it.
const CIVIDIS = [[255, 243, 181], [233, 219, 144], [205, 193, 133], [176, 168, 134], [150, 145, 137], [125, 123, 137],
  [104, 105, 135], [86, 92, 134]];
const LOWER = [0, 114, 178], HIGHER = [213, 94, 0];

export function begin(canvas) {
  const box = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(10, Math.round(box.width)), height = Math.max(10, Math.round(box.height));
  if (canvas instanceof HTMLCanvasElement && (canvas.width !== width * ratio || canvas.height !== height * ratio)) {
    canvas.width = width * ratio;
    canvas.height = height * ratio;
  }
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  c.fillStyle = "#FFFFFF";
  c.fillRect(0, 0, width, height);
  c.lineJoin = "round";
  return { c, width, height, size: typeSize() };
}

export function typeSize() {
  return document.body.classList.contains("present") ? 18 : 12;
}

export function text(c, words, x, y, { size = 12, colour = INK, align = "left", bold = false, base = "alphabetic" } = {}) {
  c.font = `${bold ? "600 " : ""}${size}px ${FONT}`;
  c.fillStyle = colour;
  c.textAlign = align;
  c.textBaseline = base;
  c.fillText(words, x, y);
}

export function outlined(c, words, x, y, options = {}) {
  c.font = `${options.bold ? "600 " : ""}${options.size || 12}px ${FONT}`;
  c.textAlign = options.align || "left";
  c.textBaseline = options.base || "alphabetic";
  c.strokeStyle = "#FFFFFF";
  c.lineWidth = 3;
  c.setLineDash([]);
  c.strokeText(words, x, y);
  text(c, words, x, y, options);
}

export function magnitude(share) {
  const at = Math.min(1, Math.max(0, share)) * (CIVIDIS.length - 1);
  const low = Math.floor(at), high = Math.min(low + 1, CIVIDIS.length - 1);
  const mix = CIVIDIS[low].map((v, i) => Math.round(v + (CIVIDIS[high][i] - v) * (at - low)));
  return `rgb(${mix})`;
}

export function diverging(share) {
  const end = share < 0 ? LOWER : HIGHER, weight = Math.min(1, Math.abs(share));
  return `rgb(${end.map((v) => Math.round(255 + (v - 255) * weight * 0.85))})`;
}

export function hatch(c, x, y, width, height, step = 5) {
  c.save();
  c.beginPath();
  c.rect(x, y, width, height);
  c.clip();
  c.strokeStyle = "rgba(0,0,0,.45)";
  c.lineWidth = 0.8;
  c.setLineDash([]);
  c.beginPath();
  for (let d = -height; d < width; d += step) {
    c.moveTo(x + d, y + height);
    c.lineTo(x + d + height, y);
  }
  c.stroke();
  c.restore();
}

export function niceTop(value) {
  if (!(value > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((m) => m * unit).find((v) => v >= value * 0.999) || 10 * unit;
}
