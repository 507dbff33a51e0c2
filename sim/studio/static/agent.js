// Asks one agent and shows its card: the words of `mandate explain agent`, and a decision's terms as signed bars.

import { MINUS } from "./words.js";

const EARLIER = ", an earlier run";
const byId = (id) => document.getElementById(id);

// The message that asks: by number where one is given, else the next agent that has something to tell.
export function askAgent(isNext, week) {
  const [side, kind] = ["agent-side", "agent-kind"].map((id) => byId(id).value), number = byId("agent-number").valueAsNumber;
  const isNamed = Number.isFinite(number);
  return { do: "agent", side, kind, week, number: isNamed && !isNext ? number : null, after: isNamed && isNext ? number : null };
}

export function agent({ text, kind, number, week, terms, side }) {
  if (number !== null) byId("agent-number").value = number;
  const title = make("h3", `${side.toUpperCase()}, week ${week}`);
  const sentences = text.split(/(?<=[.:]) (?=[A-Z])/);
  const card = [title, ...sentences.map((sentence) => make("p", sentence))];
  const names = Object.keys(terms);
  if (names.length) card.splice(2, 0, bars(terms, `Log-odds of the decision of ${kind.replace("_", " ")} ${number}`));
  byId("agent-words").replaceChildren(...card);
  reveal(byId("agent-words"));
}

// Other runs are shown: what an agent said stays, to be compared, and says that it is of earlier ones.
export function outdate() {
  const title = byId("agent-words").querySelector("h3");
  if (title && !title.textContent.endsWith(EARLIER)) title.textContent += EARLIER;
}

// Scrolls to what has just been told, where it is not in sight.
export function reveal(element) {
  const box = element.getBoundingClientRect(), port = element.closest(".findings").getBoundingClientRect();
  const top = Math.max(0, port.top), bottom = Math.min(window.innerHeight, port.bottom);
  if (box.top < top || box.bottom > bottom) element.scrollIntoView({ block: box.height < bottom - top ? "nearest" : "start" });
}

export function make(tag, words) {
  return Object.assign(document.createElement(tag), { textContent: words });
}

// One row a term: name, bar to the left for less and to the right for more, value with its sign.
function bars(terms, caption) {
  const table = document.createElement("table"), most = Math.max(...Object.values(terms).map(Math.abs), 0.01);
  table.className = "terms";
  table.append(make("caption", caption));
  for (const [name, value] of Object.entries(terms)) {
    const row = table.insertRow(), head = make("th", name.replaceAll("_", " "));
    head.scope = "row";
    const bar = Object.assign(document.createElement("span"), { className: value < 0 ? "less" : "more" });
    bar.style.width = `${(50 * Math.abs(value)) / most}%`;
    row.append(head);
    Object.assign(row.insertCell(), { className: "signed" }).append(bar);
    row.insertCell().textContent = `${value < 0 ? MINUS : "+"}${Math.abs(value).toFixed(2)}`;
  }
  return table;
}
