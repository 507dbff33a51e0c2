// Reads a run's binary pack: header in JSON, then series, flows, funnel and frames as typed arrays. Packs are kept by name.

const KINDS = { float64: Float64Array, uint8: Uint8Array };
const MOST_KEPT = 40;
const kept = new Map();

export async function loadRun(key) {
  if (kept.has(key)) return kept.get(key);
  const answer = await fetch(`/runs/${encodeURIComponent(key)}.pack`);
  if (!answer.ok) throw new Error(await answer.text());
  const run = readPack(await answer.arrayBuffer());
  kept.set(key, run);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return run;
}

export function readPack(buffer) {
  const length = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const arrays = {};
  for (const [name, place] of Object.entries(header.arrays)) {
    const count = place.shape.reduce((product, size) => product * size, 1);
    arrays[name] = new KINDS[place.type](buffer, 8 + length + place.at, count);
  }
  const n = header.weeks.length;
  const rows = (array, names) => Object.fromEntries(names.map((name, i) => [name, array.subarray(i * n, (i + 1) * n)]));
  const nCells = header.arrays.frames.shape[2];
  const layers = Object.keys(header.layers);
  return {
    ...header,
    n,
    nCells,
    values: rows(arrays.series, header.series),
    recruited: rows(arrays.flows, header.countries),
    funnel: { true: rows(arrays.funnel, header.stages),
      observed: rows(arrays.funnel.subarray(header.stages.length * n), header.stages) },
    frame: (layer, week) => {
      const start = (layers.indexOf(layer) * n + week) * nCells;
      return arrays.frames.subarray(start, start + nCells);
    },
  };
}

// Value of a shaded cell in persons or visits at full size, from its byte.
export function shade(run, layer, byte) {
  return (byte / 255) ** 2 * run.layers[layer];
}

export function trailing(values, at, window) {
  let sum = 0;
  const from = Math.max(0, at - window + 1);
  for (let i = from; i <= at; i += 1) sum += values[i];
  return sum / (at - from + 1);
}

export function smoothed(values, window) {
  if (window <= 1) return values;
  return Float64Array.from(values, (_, i) => trailing(values, i, window));
}

export function total(values, at) {
  let sum = 0;
  for (let i = 0; i <= at; i += 1) sum += values[i];
  return sum;
}
