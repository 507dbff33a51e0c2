// Levers answer in the page at once, before the server has heard of them; what the server says of a lever stands in its
// data-value and is taken over only while nobody holds it.

const HELD_MS = 700;
let held = null, timer = 0, isPressed = false;

addEventListener("pointerdown", () => { isPressed = true; }, true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { isPressed = false; }, true);

function put(lever) {
  if (lever === held || lever.dataset.value === undefined) return;
  if (lever.type === "checkbox") lever.checked = lever.dataset.value === "true";
  else lever.value = lever.dataset.value;
  if (lever.dataset.zones) zone(lever);
}

// The word for where a slider stands, beside its caption.
function zone(range) {
  const word = zoneOf(range), caption = range.parentElement.querySelector(".caption");
  if (caption) caption.dataset.zone = word;
}

function zoneOf(range) {
  const zones = (range.dataset.zones || "").split(";").map((part) => part.split(":"));
  const found = zones.find(([limit]) => range.valueAsNumber <= Number(limit) + 1e-9);
  return found ? found[1] : "";
}

function hold(lever) {
  if (held && held !== lever) { const before = held; held = null; put(before); }
  held = lever;
  clearTimeout(timer);
  timer = setTimeout(() => { held = null; restore(); }, HELD_MS);
}

// Puts every lever where the server has it, also after something was refused.
function restore() {
  document.querySelectorAll("[data-value]").forEach(put);
}

function slid(event, emit, hasEnded) {
  const range = event.target, value = range.valueAsNumber, { name, unit, normal } = range.dataset;
  const figure = Number(value.toFixed(4)), box = range.parentElement.querySelector("input[type=number]");
  const word = range.dataset.zones ? `, ${zoneOf(range)}` : "";
  range.setAttribute("aria-valuetext", `${name} ${figure} ${unit}${word}; default ${normal}`);
  if (word) zone(range);
  hold(range);
  if (box) box.value = figure;
  const status = document.getElementById("status");
  if (status) status.textContent = "updating …";
  document.body.classList.add("busy");
  if (hasEnded || isPressed) emit([value, hasEnded]); // a key moves a slider once and for all: no rough picture on the way
}

new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) {
    if (type === "attributes") put(target);
    for (const node of addedNodes) {
      if (node.dataset?.value !== undefined) put(node);
      node.querySelectorAll?.("[data-value]").forEach(put);
    }
  }
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-value"] });
