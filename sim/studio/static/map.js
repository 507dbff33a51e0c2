// One animated map: demand by cell, venues, raids; beside it the region with abstract arcs from countries of origin.

import { QUIET, INK, LAND, SEA, RAID, begin, text, outlined, magnitude, diverging, hatch } from "./draw.js";
import { shade, trailing } from "./pack.js";
import { number } from "./words.js";

const ARC_WEEKS = 26, MOST_MARKS = 9;

function projection(frame, stretch, box) {
  const [west, east, south, north] = frame;
  const scale = Math.min(box.width / ((east - west) * stretch), box.height / (north - south));
  const x0 = box.x + (box.width - (east - west) * stretch * scale) / 2;
  const y0 = box.y + (box.height - (north - south) * scale) / 2;
  return { scale, x: (lon) => x0 + (lon - west) * stretch * scale, y: (lat) => y0 + (north - lat) * scale,
    lon: (x) => west + (x - x0) / (stretch * scale), lat: (y) => north - (y - y0) / scale };
}

function path(c, rings, p) {
  c.beginPath();
  for (const ring of rings) {
    ring.forEach(([lon, lat], i) => (i ? c.lineTo(p.x(lon), p.y(lat)) : c.moveTo(p.x(lon), p.y(lat))));
    c.closePath();
  }
}

function clip(c, box) {
  c.save();
  c.beginPath();
  c.rect(box.x, box.y, box.width, box.height);
  c.clip();
}

function countries(c, ground, p, line) {
  c.lineWidth = line;
  c.setLineDash([]);
  for (const rings of Object.values(ground.countries)) {
    path(c, rings, p);
    c.fillStyle = LAND;
    c.fill();
    c.strokeStyle = "#B8B4AC";
    c.stroke();
  }
}

// Shading of the cells: one run's layer, or the difference of two as a share of the largest shown.
function cells(c, ground, p, { run, other, layer, week, top }) {
  const [width, height] = ground.cell;
  const w = width * ground.stretch * p.scale + 0.6, h = height * p.scale + 0.6;
  const own = run.frame(layer, week), base = other ? other.frame(layer, week) : null;
  c.save();
  path(c, ground.outline, p);
  c.fillStyle = other ? "#FFFFFF" : magnitude(0);
  c.fill();
  c.clip();
  ground.cells.forEach(([lon, lat], i) => {
    const value = shade(run, layer, own[i]);
    const share = base ? (value - shade(other, layer, base[i])) / top : Math.sqrt(value / top);
    const x = p.x(lon - width / 2), y = p.y(lat + height / 2);
    c.fillStyle = base ? diverging(Math.sign(share) * Math.sqrt(Math.abs(share))) : magnitude(share);
    c.fillRect(x, y, w, h);
    if (base && share > 0.02) hatch(c, x, y, w, h);
  });
  c.restore();
}

// Venues as squares, filled where visible and outlined where hidden; a raid is a ring for the weeks around it.
function marks(c, ground, p, run, week, unit) {
  const seen = run.frame("venues_visible", week), hidden = run.frame("venues_hidden", week);
  const side = Math.max(4, Math.min(9, ground.cell[1] * p.scale / 4.2));
  ground.cells.forEach(([lon, lat], i) => {
    const n = Math.min(MOST_MARKS, Math.ceil(seen[i] / unit)), m = Math.min(MOST_MARKS - n, Math.ceil(hidden[i] / unit));
    for (let k = 0; k < n + m; k += 1) {
      const x = p.x(lon) + ((k % 3) - 1) * (side + 1.5) - side / 2;
      const y = p.y(lat) + (Math.floor(k / 3) - Math.floor((n + m - 1) / 3) / 2) * (side + 1.5) - side / 2;
      c.fillStyle = k < n ? INK : "#FFFFFF";
      c.fillRect(x, y, side, side);
      c.strokeStyle = k < n ? "#FFFFFF" : INK;
      c.lineWidth = k < n ? 0.8 : 1.3;
      c.strokeRect(x, y, side, side);
    }
    for (let back = 0; back < 3; back += 1) {
      if (week - back < 0 || !run.frame("raids", week - back)[i]) continue;
      c.beginPath();
      c.arc(p.x(lon), p.y(lat), side * 2.1 + back * 2, 0, 2 * Math.PI);
      c.strokeStyle = RAID;
      c.lineWidth = 2.6 - 0.8 * back;
      c.setLineDash([]);
      c.stroke();
    }
  });
}

// The cell chosen: a frame of two inks, seen on every shade.
function cursor(c, ground, p, [lon, lat]) {
  const w = ground.cell[0] * ground.stretch * p.scale, h = ground.cell[1] * p.scale;
  c.setLineDash([]);
  for (const [colour, width] of [["#FFFFFF", 5], [INK, 2.2]]) {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.strokeRect(p.x(lon) - w / 2, p.y(lat) - h / 2, w, h);
  }
}

function arcs(c, { ground, run, week, flowTop: top, size }, p, box) {
  const [x1, y1] = [p.x(ground.middle[0]), p.y(ground.middle[1])];
  const flows = Object.entries(ground.origins).map(([code, origin]) =>
    ({ code, origin, value: run.recruited[code] ? trailing(run.recruited[code], week, ARC_WEEKS) : 0 }));
  flows.sort((a, b) => b.value - a.value);
  flows.forEach(({ code, origin, value }, rank) => {
    if (value <= 0) return;
    const [x0, y0] = [p.x(origin.at[0]), p.y(origin.at[1])];
    const bend = 0.22 * Math.sign(x1 - x0 || 1);
    const mx = (x0 + x1) / 2 + (y1 - y0) * bend, my = (y0 + y1) / 2 - (x1 - x0) * bend;
    c.beginPath();
    c.moveTo(x0, y0);
    c.quadraticCurveTo(mx, my, x1, y1);
    c.strokeStyle = "rgba(0, 90, 140, .75)";
    c.lineWidth = 0.8 + 5.5 * Math.sqrt(value / top);
    c.setLineDash([]);
    c.stroke();
    if (rank < 4) {
      const half = origin.name.length * size * 0.29; // so that a name near the edge stays inside
      outlined(c, origin.name, Math.min(Math.max(x0, box.x + half), box.x + box.width - half), y0 - 3, { size: size - 1, align: "center" });
    }
  });
}

export function drawMap(canvas, view) {
  const { ground, run, week, name, unit } = view;
  const { c, width, height, size } = begin(canvas);
  const head = size + 10, split = Math.round(width * (width > 300 ? 0.6 : 1));
  const left = { x: 0, y: head, width: split - 4, height: height - head };
  clip(c, left);
  c.fillStyle = SEA;
  c.fillRect(left.x, left.y, left.width, left.height);
  const p = projection(ground.frame, ground.stretch, left);
  countries(c, ground, p, 0.8);
  cells(c, ground, p, view);
  path(c, ground.outline, p);
  c.strokeStyle = INK;
  c.lineWidth = 1.4;
  c.stroke();
  if (!view.other) marks(c, ground, p, run, week, unit);
  if (ground.cells[view.cell]) cursor(c, ground, p, ground.cells[view.cell]);
  canvas.placeAt = (x, y) => (x < split ? [p.lon(x), p.lat(y)] : [NaN, NaN]);
  for (const town of ground.towns)
    outlined(c, town.name, p.x(town.at[0]), p.y(town.at[1]) + ground.cell[1] * p.scale * 0.48 + 4,
      { size: size - 1, align: "center", colour: QUIET });
  c.restore();
  if (split < width) region(c, { ...view, size }, { x: split, y: head, width: width - split, height: height - head });
  text(c, name, 2, size + 1, { size: size + 1, bold: true });
  return describe(view);
}

function region(c, view, box) {
  const { ground } = view;
  clip(c, box);
  c.fillStyle = SEA;
  c.fillRect(box.x, box.y, box.width, box.height);
  const points = [ground.middle, ...Object.values(ground.origins).map((o) => o.at)];
  const lons = points.map((q) => q[0]), lats = points.map((q) => q[1]), m = view.ground.cell[0] * 7;
  const frame = [Math.min(...lons) - m, Math.max(...lons) + m, Math.min(...lats) - m, Math.max(...lats) + m];
  const p = projection(frame, ground.stretch, box);
  countries(c, ground, p, 0.5);
  path(c, ground.outline, p);
  c.fillStyle = INK;
  c.fill();
  if (!view.other) arcs(c, view, p, box);
  outlined(c, "recruited from", box.x + 5, box.y + view.size + 3, { size: view.size - 1, colour: QUIET });
  c.restore();
}

function describe({ name, run, other, week, layerName }) {
  const value = (series) => number(run.values[series][week]);
  if (other) return `Map: ${name}. Shading: ${layerName}, B less A; hatched where B is higher. Week ${run.weeks[week]}.`;
  return `Map of ${name}, week ${run.weeks[week]}: shading is ${layerName}; ${value("venues")} venues, `
    + `of these ${value("venues_hidden")} hidden; ${value("raids")} raids this week.`;
}

// The ten cells with most of a layer, for readers of the table beside the map.
export function topCells(ground, runs, layer, week, n = 10) {
  const [a, b] = runs.map((run) => run.frame(layer, week));
  const rows = ground.cells.map((at, i) => ({ at, a: shade(runs[0], layer, a[i]), b: shade(runs[1], layer, b[i]) }));
  return rows.sort((x, y) => Math.max(y.a, y.b) - Math.max(x.a, x.b)).slice(0, n);
}
