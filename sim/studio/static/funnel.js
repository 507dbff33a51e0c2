// The accountability funnel filling: outline = what happened, filled = what is counted, A above B at each stage.

import { A, B, QUIET, begin, text } from "./draw.js";
import { number } from "./words.js";

export function drawFunnel(canvas, { runs, week, stages, title, note }) {
  const { c, width, height, size } = begin(canvas);
  text(c, title, 2, size + 1, { size: size + 1, bold: true });
  if (width > size * 40) text(c, note, width - 2, size + 1, { size: size - 1, colour: QUIET, align: "right" });
  const shown = stages.slice(1), top = Math.max(1, ...runs.map((run) => run.funnel.true[shown[0].name][run.n - 1]));
  const acts = runs.map((run) => number(run.funnel.true[stages[0].name][week]));
  const each = (height - size - 12) / shown.length, left = size * 8.6, room = width - left - size * 7.5;
  shown.forEach((stage, k) => {
    const y = size + 10 + k * each, thick = Math.max(3, (each - 5) / 2);
    text(c, stage.label, left - 6, y + each / 2 - 1, { size: size - 1, colour: QUIET, align: "right", base: "middle" });
    runs.forEach((run, i) => {
      const real = run.funnel.true[stage.name][week], seen = run.funnel.observed[stage.name][week];
      const style = [A, B][i], yy = y + i * (thick + 1);
      c.fillStyle = style.colour;
      c.globalAlpha = 0.7;
      c.fillRect(left, yy + thick * 0.2, (seen / top) * room, thick * 0.6);
      c.globalAlpha = 1;
      c.strokeStyle = style.colour;
      c.lineWidth = 1;
      c.setLineDash([]);
      c.strokeRect(left, yy, (real / top) * room, thick);
    });
    const words = runs.map((run) => number(run.funnel.true[stage.name][week])).join(" · ");
    text(c, words, width - 2, y + each / 2 - 1, { size: size - 1, align: "right", base: "middle" });
  });
  return `Accountability, week ${runs[0].weeks[week]}, A then B. Persons with an act ${acts.join(" and ")}; `
    + shown.map((s) => `${s.label} ${runs.map((r) => number(r.funnel.true[s.name][week])).join(" and ")}`).join("; ") + ".";
}
