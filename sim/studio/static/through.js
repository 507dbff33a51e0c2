// "Through what?": the causes of the difference between A and B as shares, with their luck; the words come from the server
// and are those of `mandate explain why`. The answer stays for the week asked while the week shown moves on.

import { make, reveal } from "./agent.js";

const byId = (id) => document.getElementById(id);

// The message that asks, for the week and series shown.
export function askThrough(player) {
  return { do: "through", week: Math.floor(player.runs[0].weeks[player.week]), series: player.series.name };
}

export function through(answer) {
  byId("through").hidden = !answer.is_open;
  byId("through-ask").textContent = answer.is_open && !answer.is_done ? "Measuring …" : "Through what?";
  byId("through-progress").textContent = answer.progress || "";
  if (!answer.is_open) return clear();
  if (answer.headline === undefined) return;
  const isFirst = !byId("through-title").textContent;
  byId("through-title").textContent = answer.title;
  const causes = answer.rows.map((row) => `${row.name}: ${row.said}.`).join(" "); // heard with the headline, seen in the table
  byId("through-headline").replaceChildren(answer.headline, Object.assign(make("span", ` ${causes}`), { className: "hidden" }));
  byId("through-notes").replaceChildren(...answer.notes.map((note) => make("p", note)));
  rows(answer.rows);
  if (isFirst || answer.is_done) reveal(byId("through"));
}

function clear() {
  for (const name of ["title", "headline", "notes"]) byId(`through-${name}`).textContent = "";
  rows([]);
}

// One row a cause: name, bar to the right for what carries the difference and to the left for what works against it, share
// in words, on how many lucks its sign is the same; below it what would be without the mechanism.
function rows(list) {
  const table = byId("through-table"), most = Math.max(1, ...list.map((row) => Math.abs(row.share)));
  table.hidden = !list.length;
  table.tBodies[0].replaceChildren(...list.flatMap((cause) => {
    const row = document.createElement("tr"), below = document.createElement("tr"), head = make("th", cause.name);
    head.scope = "row";
    row.append(head);
    const bar = Object.assign(document.createElement("span"), { className: cause.share < 0 ? "less" : "more" });
    bar.style.width = `${(50 * Math.abs(cause.share)) / most}%`;
    Object.assign(row.insertCell(), { className: "signed" }).append(bar);
    row.insertCell().textContent = cause.said;
    row.insertCell().textContent = cause.lucks.replace(/ lucks?$/, "");
    Object.assign(below.insertCell(), { colSpan: 4, className: "key" }).textContent =
      `${cause.effect}; ${cause.range} on single lucks (${cause.about})`;
    return [row, below];
  }));
}
