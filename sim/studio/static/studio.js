// The page's own side of the studio: joins the player, the curve and the keys to the controls the page library keeps.
// It tells the server what was changed and is told which runs to show.

import { loadRun } from "./pack.js";
import { Player, byId } from "./player.js";
import { Curve } from "./curve.js";
import { copy, download, picture, table, wrap } from "./save.js";
import { A, B } from "./draw.js";
import { SvgCanvas, drawing } from "./svg.js";
import { number } from "./words.js";
import { agent, askAgent, outdate } from "./agent.js";
import { askThrough, through } from "./through.js";
import { forgetCells, here, watchCells } from "./cells.js";

const grounds = new Map();
let player, curve, asked = 0, lettersOn = true, link = "", settledWords = "";

const tell = (message) => emitEvent("studio", message);

async function groundOf(url) {
  if (!grounds.has(url)) grounds.set(url, fetch(url).then((answer) => answer.json()));
  return grounds.get(url);
}

function status(words, isBusy = false) {
  byId("status").textContent = words;
  document.body.classList.toggle("busy", isBusy);
}

async function show(message) {
  const ticket = ++asked;
  try {
    const [ground, ...runs] = await Promise.all([groundOf(message.ground), loadRun(message.a), loadRun(message.b)]);
    if (ticket !== asked) return;
    player.config.names = message.names;
    const others = await Promise.all(message.others.map((pair) => Promise.all(pair.map(loadRun)).catch(() => null)));
    if (ticket !== asked) return;
    Object.assign(player.config, message.ladder ? { ladder: message.ladder, fewest: message.fewest } : {});
    if (message.series) choose(message.series);
    player.cover(message.covered);
    if (document.body.dataset.shown !== `${message.a} ${message.b}`) { forgetCells(); outdate(); }
    player.show(runs, ground, { lucks: others.filter(Boolean), week: message.week, gesture: message.gesture });
    curve.set(message.curve, message.curve_a);
    link = message.link;
    history.replaceState(null, "", `#${link}`);
    byId("changed").replaceChildren(...message.changed.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    dots(message.lucks, message.seed);
    status(settledWords = message.status);
    byId("problem").textContent = message.note;
    document.body.dataset.shown = `${message.a} ${message.b}`;
  } catch (error) {
    status(`The picture could not be loaded: ${error.message}`);
  }
}

async function addLuck(message) {
  const pair = await Promise.all([loadRun(message.a), loadRun(message.b)]);
  if (message.of !== document.body.dataset.shown) return;
  Object.assign(player.config, { ladder: message.ladder, fewest: message.fewest });
  player.addLuck(pair);
  dots(message.lucks, message.seed);
  status(message.status);
}

// While a lever is dragged: rough runs on the way.
async function pass(message) {
  const ticket = asked;
  const runs = await Promise.all([loadRun(message.a), loadRun(message.b)]);
  if (ticket !== asked) return;
  player.pass(runs);
  status("rough picture; computing …", true);
}

function dots(seen, seed) {
  byId("lucks").querySelectorAll("button").forEach((dot, i) => {
    const own = seed - (seed % 8) + i;
    dot.dataset.seed = own;
    dot.textContent = own === seed ? "●" : seen.includes(own) ? "◉" : "○";
    dot.setAttribute("aria-pressed", own === seed);
    dot.setAttribute("aria-label", `luck ${i + 1}${own === seed ? ", shown" : seen.includes(own) ? ", computed" : ""}`);
  });
}

function step(by) { player.play(false); player.go(player.week + by); }

function layer(event) { player.layer = event.target.value; player.draw(); player.settled(); }

function mode(event) {
  player.mode = event.target.value;
  byId("maps").dataset.mode = player.mode;
  player.draw();
}

function series(event) {
  player.series = player.config.series.find((s) => s.name === event.target.value);
  byId("twin").disabled = !player.series.twin;
  tell({ do: "series", name: player.series.name });
  player.rescale();
  player.draw();
  player.settled();
}

function choose(name) {
  player.series = player.config.series.find((s) => s.name === name) || player.series;
  byId("series-name").value = player.series.name;
  byId("twin").disabled = !player.series.twin;
}

function twin(on) {
  player.twin = on;
  byId("twin").checked = on;
  player.rescale();
  player.draw();
}

function causes(part) {
  const entry = player.config.parts.find((p) => p.series === part), box = byId("causes-box");
  player.causes = entry.causes.map((name) => player.config.series.find((s) => s.name === name));
  box.hidden = false;
  byId("causes-title").textContent = `What moves “${entry.label}” (A dashed, B solid)`;
  player.draw();
  byId("causes").setAttribute("aria-label", `Series behind ${entry.label}: ${player.causes.map((s) => s.label).join(", ")}.`);
}

// What the class predicts, as counts beside each answer; they stay on the graph until the lesson is left.
function tally(event) {
  if (event.target.dataset.predict === undefined) return;
  const fields = [...event.target.closest(".predict").querySelectorAll("[data-predict]")];
  const said = fields.map((f) => [f.dataset.predict, Math.max(0, Math.round(Number(f.value) || 0))]);
  player.tally = said.some(([, n]) => n) ? `predicted: ${said.map(([words, n]) => `${words} ${n}`).join(" · ")}` : "";
  player.draw();
}

function forgetPrediction() {
  player.tally = "";
  player.cover(null);
  player.sketch.on = false;
  if (player.runs) player.sketch.clear();
  document.querySelectorAll("[data-predict]").forEach((field) => { field.value = ""; });
}

function present(on = !document.body.classList.contains("present")) {
  document.body.classList.toggle("present", on);
  byId("present").setAttribute("aria-pressed", on);
  if (on) document.documentElement.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen?.();
  setTimeout(() => { player.draw(); curve.draw(); }, 60);
}

const title = () => byId("question").textContent.trim() || `mandate studio: ${player.runs[0].mission}`;
const words = () => [byId("difference").textContent, byId("luck-words").textContent, player.sketch.sentence()].filter(Boolean).join(" ");
const labels = () => ({ title: title(), sentence: words(),
  footer: `${player.runs[1].sentence} mandate ${player.config.version}; compares under stated assumptions, predicts nothing.` });
const sheet = () => picture({ ...labels(), canvases: [[byId("map-a"), byId("map-b")], [byId("series")], [byId("funnel")]],
  key: [`${player.config.names.a} (dashed)`, `${player.config.names.b} (solid)`] });

// The same drawings once more, written down as SVG.
function vector() {
  const visible = [["map-a", "map-b"], ["series"], ["funnel"]].map((row) => row.filter((name) => byId(name).offsetParent));
  const made = Object.fromEntries(visible.flat().map((name) => {
    const box = byId(name).getBoundingClientRect();
    return [name, new SvgCanvas(Math.round(box.width), Math.round(box.height), name)];
  }));
  player.draw((name) => made[name]);
  const names = player.config.names, parts = { ...labels(), rows: visible.map((row) => row.map((name) => made[name])) };
  return drawing({ ...parts, key: [{ ...A, words: `${names.a} (dashed)` }, { ...B, words: `${names.b} (solid)` }] }, wrap);
}

const save = {
  drawing: () => download("studio.svg", vector(), "image/svg+xml"),
  picture: () => sheet().toBlob((blob) => download("studio.png", blob)),
  data: () => download("studio.csv", table(player.runs, player.sketch), "text/csv"),
  slide: async () => {
    const blob = await new Promise((done) => sheet().toBlob(done));
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": blob, "text/plain": new Blob([words()], { type: "text/plain" }) })]);
      status("Picture and sentence are in the clipboard.");
    } catch { status(await copy(words()) ? "The sentence is in the clipboard; save the picture beside it." : "Nothing could be copied."); }
  },
  sentence: async () => status(await copy(words()) ? "The sentence is in the clipboard." : "It could not be copied."),
  link: async () => status(await copy(`${location.href}&week=${player.week}`) ? "The link is in the clipboard." : "It could not be copied."),
  print: () => {
    document.querySelector(".q-dialog__inner [data-close]")?.click();
    setTimeout(() => window.print(), 400); // the dialog takes a moment to go
  },
};

function keys(event) {
  const field = event.target.closest("input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  if (field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector(".q-dialog__inner")) return;
  const isButton = event.target.closest("button, summary, a, [role=slider], input");
  const plain = { ArrowLeft: () => step(event.shiftKey ? -13 : -1), ArrowRight: () => step(event.shiftKey ? 13 : 1) };
  if (!isButton) Object.assign(plain, { " ": () => player.play(), Home: () => player.go(0), End: () => player.go(1e9) });
  const letters = { r: () => player.replay(), l: () => byId("other-luck").click(), p: () => [...document.querySelectorAll("[data-predict]")].find((f) => f.checkVisibility())?.focus(),
    t: () => player.series.twin && twin(!player.twin), f: () => present(), s: () => player.sketch.turn(!player.sketch.on, true),
    n: () => byId("lesson-next")?.click(), ...Object.fromEntries([1, 2, 3, 4, 5].map((i) => [String(i), () => tell({ do: "lesson", number: i })])) };
  if (event.key === "Escape" && document.body.classList.contains("present")) return present(false);
  const rangeOrSlider = event.target.closest("[role=slider], input");
  const action = (!rangeOrSlider && plain[event.key]) || (lettersOn && letters[event.key.toLowerCase()]);
  if (!action) return;
  event.preventDefault();
  action();
}

function wire() {
  const on = (id, kind, action) => byId(id).addEventListener(kind, action);
  on("play", "click", () => player.play());
  on("first", "click", () => player.go(0));
  on("back", "click", () => step(-1));
  on("forward", "click", () => step(1));
  on("scrub", "input", (e) => { player.play(false); player.go(Number(e.target.value)); });
  on("speed", "input", (e) => {
    const power = Number(e.target.value);
    player.speed = 2 ** (Math.abs(power) < 0.3 ? 0 : power);
    byId("speed-words").textContent = `${number(player.speed)}×`;
    e.target.setAttribute("aria-valuetext", `${number(player.speed)} times`);
  });
  on("replay", "click", () => player.replay());
  on("hold", "pointerdown", () => player.see(true));
  for (const kind of ["pointerup", "pointerleave", "keyup", "blur"]) on("hold", kind, () => player.hold && player.see(false));
  on("hold", "keydown", (e) => { if (e.key === " " || e.key === "Enter") player.see(true); });
  on("layer", "change", layer);
  on("mode", "change", mode);
  on("series-name", "change", series);
  on("twin", "change", (e) => twin(e.target.checked));
  on("why", "click", (e) => e.target.dataset.part && causes(e.target.dataset.part));
  on("causes-close", "click", () => { byId("causes-box").hidden = true; player.causes = null; });
  on("present", "click", () => present());
  on("notes", "click", (e) => {
    const shows = byId("lesson-notes").toggleAttribute("hidden") === false;
    e.target.setAttribute("aria-pressed", shows);
  });
  for (const [id, isNext] of [["agent-ask", false], ["agent-next", true]])
    on(id, "click", () => tell(askAgent(isNext, player.nextWeek())));
  on("through-ask", "click", () => player.runs && tell(askThrough(player)));
  document.addEventListener("input", tally);
  on("strip", "click", (e) => { const b = e.target.closest("button"); if (b) player.go(Number(b.dataset.week)); });
  document.addEventListener("pointerdown", (e) => e.target.closest("input[type=range]:not(#scrub):not(#speed), .point") && player.freeze(true));
  for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, () => player.frozen && player.freeze(false));
  document.addEventListener("click", (e) => save[e.target.closest("[id^=save-]")?.id.slice(5)]?.()); // dialogs come and go
  document.addEventListener("change", (e) => { if (e.target.id === "letters") lettersOn = e.target.checked; });
  byId("lucks").querySelectorAll("button").forEach((dot) =>
    dot.addEventListener("click", () => tell({ do: "luck", seed: Number(dot.dataset.seed) })));
  const canvas = byId("series"), scrubTo = (e) => !player.sketch.on && player.weekAt && player.go(player.weekAt(e.offsetX));
  canvas.addEventListener("pointerdown", (e) => { canvas.setPointerCapture(e.pointerId); player.play(false); scrubTo(e); });
  canvas.addEventListener("pointermove", (e) => { if (canvas.hasPointerCapture(e.pointerId)) scrubTo(e); });
  player.sketch.wire(canvas);
  document.addEventListener("keydown", keys);
  document.addEventListener("fullscreenchange", () => !document.fullscreenElement && document.body.classList.contains("present") && present(false));
  const sizes = new ResizeObserver(() => player.draw());
  ["maps", "series", "funnel"].forEach((name) => sizes.observe(byId(name)));
}

export function start(config) {
  document.querySelector("main:not(#stage)")?.setAttribute("role", "presentation"); // the library's wrapper; ours is the stage
  player = new Player(config);
  curve = new Curve(byId("curve"), (message) => { status("updating …", true); tell(message); });
  player.curve = curve;
  wire();
  watchCells(player, tell);
  window.addEventListener("beforeprint", () => { if (player.runs) byId("print-sheet").innerHTML = vector(); });
  window.socket?.on("disconnect", () => status("The studio does not answer: it was stopped, or is busy. Playing goes on with what is here."));
  window.socket?.on("connect", () => status(settledWords));
  window.studio = { show, pass, addLuck, forget_prediction: forgetPrediction, busy: (words) => status(words, true), problem, player, through,
    agent: (answer) => { agent(answer); status(settledWords); }, here,
    save: (name, content, type) => download(name, content, type) };
  const fragment = location.hash.slice(1), week = new URLSearchParams(fragment).get("week");
  tell({ do: "hello", fragment, week: week === null ? null : Number(week) });
}

function problem(words) {
  restore();
  byId("problem").textContent = words;
  status(words ? "The picture is as it was." : "");
}

