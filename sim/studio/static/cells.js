// Cells of the two maps as things to choose: a click, or the arrow keys and Enter, asks who is there.

import { number } from "./words.js";
import { shade } from "./pack.js";
import { reveal } from "./agent.js";

const byId = (id) => document.getElementById(id);
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
let byKey = false;

// Cell of a ground at a place in degrees; -1 where there is none.
export function cellAt(ground, lon, lat) {
  const [width, height] = ground.cell;
  return ground.cells.findIndex(([x, y]) => Math.abs(lon - x) <= width / 2 && Math.abs(lat - y) <= height / 2);
}

// The nearest cell in a direction, straight ahead before sideways; the same one at the edge.
export function neighbour(ground, from, [east, north]) {
  const [width, height] = ground.cell, [x0, y0] = ground.cells[from];
  let best = from, least = Infinity;
  ground.cells.forEach(([x, y], i) => {
    const dx = (x - x0) / width, dy = (y - y0) / height;
    const ahead = dx * east + dy * north, aside = Math.abs(dx * north) + Math.abs(dy * east);
    if (ahead > 0.5 && ahead + 2 * aside < least) [best, least] = [i, ahead + 2 * aside];
  });
  return best;
}

// What a cell shows, in words.
function describe(player, side, cell) {
  const run = player.pair[side === "a" ? 0 : 1], at = (layer) => run.frame(layer, player.week)[cell];
  const venues = (at("venues_visible") + at("venues_hidden")) / run.scale, { layer } = player;
  return `Cell ${cell} of ${side.toUpperCase()}: ${player.config.layers[layer]} ${number(shade(run, layer, at(layer)))}, `
    + `${number(venues)} venue${venues === 1 ? "" : "s"}.`;
}

function move(player, side, cell) {
  player.cell = cell;
  player.draw();
  byId("cell-words").textContent = describe(player, side, cell);
}

// Where the cursor begins: the cell with most of what is shaded.
function first(player, side) {
  const values = [...player.pair[side === "a" ? 0 : 1].frame(player.layer, player.week)];
  return values.indexOf(Math.max(...values));
}

export function watchCells(player, tell) {
  const ask = (side, cell, isKey) => {
    if (document.body.classList.contains("present")) return; // nobody is asked there
    byKey = isKey;
    byId("here").replaceChildren(made("p", `Asking who is in cell ${cell} of ${side.toUpperCase()} …`));
    tell({ do: "here", side, cell, week: player.nextWeek() });
  };
  for (const side of ["a", "b"]) {
    const canvas = byId(`map-${side}`);
    canvas.addEventListener("click", (e) => {
      const cell = player.runs && canvas.placeAt ? cellAt(player.ground, ...canvas.placeAt(e.offsetX, e.offsetY)) : -1;
      if (cell < 0) return;
      move(player, side, cell);
      ask(side, cell, false);
    });
    canvas.addEventListener("focus", () => {
      if (player.runs && canvas.matches(":focus-visible")) move(player, side, known(player) ? player.cell : first(player, side));
    });
    canvas.addEventListener("keydown", (e) => {
      if (!player.runs || e.ctrlKey || e.metaKey || e.altKey) return;
      const from = known(player) ? player.cell : first(player, side);
      if (STEPS[e.key]) move(player, side, neighbour(player.ground, from, STEPS[e.key]));
      else if (e.key === "Enter") ask(side, from, true);
      else return;
      e.preventDefault();
      e.stopPropagation();
    });
  }
  byId("here").addEventListener("click", (e) => choose(e.target.closest("button"), tell));
}

const known = (player) => player.cell >= 0 && player.cell < player.ground.cells.length;

// One of the list is asked, in the run and week the list is of.
function choose(button, tell) {
  if (!button) return;
  const { side, kind, number: named, week } = button.dataset;
  Object.assign(byId("agent-side"), { value: side });
  Object.assign(byId("agent-kind"), { value: kind });
  byId("agent-number").value = named;
  byId("agent-words").replaceChildren(made("p", `Asking ${button.textContent} …`));
  tell({ do: "agent", side, kind, number: Number(named), after: null, week: Number(week) });
}

// Other runs are shown: the list and the words were of those before.
export function forgetCells() {
  byId("here").replaceChildren();
  byId("cell-words").textContent = "";
}

export function here({ agents, text, side, cell, week }) {
  const list = made("ul", "");
  for (const { kind, number: named, words } of agents) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: `: ${words}` });
    button.prepend(made("b", `${kind} ${named}`));
    Object.assign(button.dataset, { side, kind, number: named, week });
    list.append(document.createElement("li"));
    list.lastChild.append(button);
  }
  byId("here").replaceChildren(made("h3", `${side.toUpperCase()}, week ${week}, cell ${cell}`), made("p", text), ...(agents.length ? [list] : []));
  reveal(byId("here"));
  if (byKey) byId("here").querySelector("button")?.focus();
}

function made(tag, words) {
  return Object.assign(document.createElement(tag), { textContent: words });
}
