// Answers a lever in the page at once, before the server has heard of it: its number, its words, the note "updating".

function slid(event, emit, hasEnded) {
  const range = event.target, value = range.valueAsNumber, { name, unit, normal } = range.dataset;
  const figure = Number(value.toFixed(4));
  range.setAttribute("aria-valuetext", `${name} ${figure} ${unit}; default ${normal}`);
  const box = range.parentElement.querySelector("input[type=number]");
  if (box) box.value = figure;
  const status = document.getElementById("status");
  if (status) status.textContent = "updating …";
  document.body.classList.add("busy");
  emit([value, hasEnded]);
}
