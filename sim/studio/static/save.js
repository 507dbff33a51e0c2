// Leaves the page: picture with title, sentence and key; numbers as CSV; text to the clipboard. All made here, nothing is sent.

import { FONT, A, B, INK, QUIET } from "./draw.js";

export function download(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function wrapped(c, words, width) {
  const lines = [];
  let line = "";
  for (const word of words.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && c.measureText(longer).width > width) { lines.push(line); line = word; } else line = longer;
  }
  return [...lines, line];
}

// Lines of a text that fit a width at a size.
export function wrap(words, size, width, bold = "") {
  const c = document.createElement("canvas").getContext("2d");
  c.font = `${bold}${size}px ${FONT}`;
  return wrapped(c, words, width);
}

// One picture of maps, series and funnel as they stand, with what a slide needs to be understood.
export function picture({ canvases, title, sentence, key, footer }) {
  const rows = canvases.map((row) => row.filter((canvas) => canvas.width > 1 && canvas.offsetParent !== null));
  const width = Math.max(...rows.map((row) => row.reduce((sum, canvas) => sum + canvas.width, 0))) + 48;
  const unit = Math.max(1, window.devicePixelRatio || 1), sheet = document.createElement("canvas"), c = sheet.getContext("2d");
  const fitted = (words, size, bold = "") => { c.font = `${bold}${size * unit}px ${FONT}`; return wrapped(c, words, width - 48); };
  const heads = fitted(title, 20, "600 "), lines = fitted(sentence, 15), notes = fitted(footer, 13);
  const body = rows.reduce((sum, row) => sum + Math.max(0, ...row.map((canvas) => canvas.height)) + 12, 0);
  sheet.width = width;
  sheet.height = body + (56 + 26 * heads.length + 22 * lines.length + 18 * notes.length) * unit;
  c.fillStyle = "#FFFFFF";
  c.fillRect(0, 0, sheet.width, sheet.height);
  let y = 8 * unit;
  const write = (rows_, size, step, colour, bold = "") => {
    c.font = `${bold}${size * unit}px ${FONT}`;
    c.fillStyle = colour;
    for (const line of rows_) { y += step * unit; c.fillText(line, 24, y); }
  };
  write(heads, 20, 26, INK, "600 ");
  write(lines, 15, 22, INK);
  y += 12 * unit;
  for (const row of rows) {
    let x = 24;
    for (const canvas of row) { c.drawImage(canvas, x, y); x += canvas.width; }
    y += Math.max(0, ...row.map((canvas) => canvas.height)) + 12;
  }
  c.font = `${13 * unit}px ${FONT}`;
  [A, B].forEach((style, i) => {
    c.strokeStyle = style.colour;
    c.lineWidth = style.width * unit;
    c.setLineDash(style.dash.map((d) => d * unit));
    c.beginPath();
    c.moveTo(24 + i * width / 2, y + 14 * unit);
    c.lineTo(60 * unit + i * width / 2, y + 14 * unit);
    c.stroke();
    c.fillStyle = INK;
    c.fillText(key[i], 68 * unit + i * width / 2, y + 18 * unit);
  });
  y += 22 * unit;
  write(notes, 13, 18, QUIET);
  return sheet;
}

const cell = (value) => (/[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));

// Every number the page can show: one row a week and run, digits as computed; behind them a sketch of B, where there is one.
export function table(runs, sketch) {
  const names = runs[0].series, own = sketch.values.size ? (i, week) => (i ? sketch.column(week) : ["", ""]) : () => [];
  const head = ["run", "seed", "scale", "week", "date", ...names, ...(sketch.values.size ? ["predicted_b", "predicted_series"] : [])];
  const rows = runs.flatMap((run, i) => run.weeks.map((week, k) =>
    ["ab"[i], run.seed, run.scale, week, run.dates[k], ...names.map((name) => run.values[name][k]), ...own(i, week)]));
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: words });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
