"""The parts of the page that the player fills: maps, series, funnel, what differs, strength and time. Plain, named elements.

Order in the file is reading order and the order of the Tab key.
"""

from __future__ import annotations

from html import escape

from sim.studio.tab import N_LUCKS

SERIES = (  # name, label, unit, kind, counted twin
    ("true_exploited_persons", "Persons exploited", "persons", "level", ""),
    ("venues", "Venues in operation", "venues", "level", "observed_venues"),
    ("venues_hidden", "Hidden venues", "venues", "level", ""),
    ("personnel_present", "Personnel present", "persons", "level", ""),
    ("true_acts", "Visits by personnel", "visits a week", "flow", ""),
    ("international_demand", "Visits personnel seek", "visits a week", "flow", ""),
    ("local_demand", "Visits local clients seek", "visits a week", "flow", ""),
    ("local_habit", "Local habit", "ratio", "level", ""),
    ("new_recruitments", "Persons recruited", "persons a week", "flow", ""),
    ("assisted_persons", "Persons newly assisted", "persons a week", "flow", "observed_assisted_persons"),
    ("reports", "Reports about personnel", "reports a week", "flow", "observed_allegations"),
    ("repatriated", "Persons removed", "persons a week", "flow", "observed_repatriated"),
    ("charged", "Persons charged", "persons a week", "flow", "observed_charged"),
    ("perceived_certainty", "Perceived chance of being found out", "per tour", "level", ""),
    ("objective_certainty", "Chance of being found out", "per tour", "level", ""),
    ("norm_mean", "Participation seen as normal", "share", "level", ""),
    ("troop_shortfall", "Troop shortfall", "share", "level", ""),
    ("violence_index", "Violence index", "ratio", "level", ""),
    ("host_capacity", "Host capacity", "share", "level", ""),
    ("infrastructure", "Sunk cost saved by infrastructure", "share", "level", ""),
    ("diversified_share", "Effort in other illicit trades", "share", "level", ""),
)
LAYERS = {
    "demand": "visits sought by all clients",
    "demand_international": "visits sought by personnel",
    "exploited": "persons exploited",
}
STAGES = {
    "persons_with_act": "persons with an act", "recorded": "recorded", "screened_in": "person known",
    "investigated": "investigated", "substantiated": "substantiated", "referred": "referred", "answered": "answered",
    "charged": "charged", "convicted": "convicted",
}  # fmt: skip
PARTS = (  # where and for whom persons are exploited; the parts add up to all
    (
        "exploited_target_international",
        "for personnel",
        ("international_demand", "personnel_present", "perceived_certainty"),
    ),
    ("exploited_target_local", "for local clients", ("local_demand", "local_habit", "venues")),
    ("exploited_elsewhere", "elsewhere", ("venues", "new_recruitments", "diversified_share")),
)
N_STRIP = 5
SKETCH_PROPS = 'type="button" aria-pressed="false" title="draw on the series what B is expected to do (S)"'
THROUGH_HINT = "each mechanism switched off in A and B, same luck"
CAVEAT = (
    "Compares scenarios under stated assumptions. Predicts no person, place or contingent. Persons shown are simulated."
)


def _options(pairs: list[tuple[str, str]]) -> str:
    """Options of a choice."""
    return "".join(f'<option value="{escape(value)}">{escape(label)}</option>' for value, label in pairs)


def stage() -> str:
    """Maps, series and funnel."""
    series = _options([(name, label) for name, label, *_ in SERIES])
    layers = _options(list(LAYERS.items()))
    strip = '<button type="button" aria-label="B in a week"><canvas></canvas></button>' * N_STRIP
    return f"""
<h2 class="hidden">Two runs</h2>
<div id="maps" data-mode="both">
  <canvas id="map-a" role="application" tabindex="0" aria-label="Map of A" aria-describedby="cell-help"></canvas>
  <canvas id="map-b" role="application" tabindex="0" aria-label="Map of B" aria-describedby="cell-help"></canvas>
</div>
<p id="cell-help" class="hidden">Arrow keys move over the cells, Enter asks who is in one.</p>
<div class="bar">
  <label>Show <select id="layer">{layers}</select></label>
  <label>Maps <select id="mode"><option value="both">A and B</option><option value="difference">difference</option></select>
  </label>
  <span class="ramp" aria-hidden="true"></span><span id="map-key" class="key"></span><span id="mark-key" class="key"></span>
</div>
<div id="strip" hidden role="group" aria-label="B in five weeks">{strip}</div>
<canvas id="series" role="img" aria-label="Series"></canvas>
<div class="bar">
  <label>Series <select id="series-name">{series}</select></label>
  <label class="check"><input type="checkbox" id="twin" disabled> true and counted</label>
  <span id="axis-note" class="key"></span>
</div>
<div id="sketch-bar" class="bar" hidden>
  <span id="sketch-pen" role="slider" tabindex="0" aria-label="pen of the sketch" aria-orientation="vertical"
    aria-valuemin="0" aria-valuemax="1" aria-valuenow="0">✎</span>
  <span id="sketch-words"></span>
  <button id="sketch-clear" type="button">Clear sketch</button>
</div>
<section id="causes-box" hidden aria-labelledby="causes-title">
  <div class="bar"><h3 id="causes-title">Causes</h3><button id="causes-close" type="button">close</button></div>
  <canvas id="causes" role="img" aria-label="Causes"></canvas>
</section>
<canvas id="funnel" role="img" aria-label="Accountability"></canvas>
<div id="print-sheet" aria-hidden="true"></div>
<details class="tables"><summary>Tables of what is drawn</summary>
  <div class="scroll" tabindex="0" role="region" aria-label="Tables"><table id="series-table"></table>
  <table id="map-table"></table></div>
</details>"""


def findings() -> str:
    """What differs, so far, and why."""
    rows = "".join('<tr><th scope="row"></th><td></td><td></td><td></td></tr>' for _ in range(4))
    why = '<tr><th scope="row"><button type="button"></button></th><td class="signed"><span></span></td><td></td><td></td></tr>'
    return f"""
<h2>What differs, A → B</h2><ul id="changed"></ul>
<h2 id="so-far-title">So far</h2>
<table id="so-far"><caption class="hidden">Figures of the week shown</caption>
<tr><td></td><th scope="col">A</th><th scope="col">B</th><th scope="col">change</th></tr>{rows}</table>
<p id="difference" class="strong"></p><p id="luck-words"></p><p id="counted-words" class="counted"></p>
<h2 id="why-title">Why?</h2>
<table id="why"><caption class="hidden">The difference in person-weeks by where and for whom; the parts add up to it</caption>
<tbody>{why * len(PARTS)}</tbody><tfoot><tr><th scope="row">together</th><td></td><td></td><td></td></tr></tfoot></table>
<p id="why-hint" class="key">Person-weeks, B less A. Click a part to see what moves it.</p>
<p><button id="through-ask" type="button">Through what?</button> <span id="through-hint" class="key">{THROUGH_HINT}</span></p>
<section id="through" hidden aria-labelledby="through-title">
<h3 id="through-title"></h3><p id="through-progress" class="key"></p>
<p id="through-headline" aria-live="polite"></p>
<table id="through-table" hidden><caption class="hidden">Causes, largest first, as shares of the difference</caption>
<thead><tr><th scope="col">through</th><td></td><th scope="col">share</th><th scope="col">same sign</th></tr></thead>
<tbody></tbody>
</table><div id="through-notes" class="key"></div></section>"""


def transport() -> str:
    """Strength, time and luck."""
    return """
<svg id="curve" role="group" aria-label="Mission strength: points move with the arrow keys"></svg>
<div class="row time">
  <button id="first" type="button" aria-label="first week">|◀</button>
  <button id="back" type="button" aria-label="one week back">◀</button>
  <button id="play" type="button" aria-pressed="false">▶ Play</button>
  <button id="forward" type="button" aria-label="one week on">▶</button>
  <input id="scrub" type="range" min="0" max="1" value="0" aria-label="week">
  <output id="week" for="scrub">week</output>
  <label>Speed <input id="speed" type="range" min="-2" max="3" step="0.1" value="0" aria-valuetext="1 times"></label>
  <output id="speed-words">1×</output>
  <button id="replay" type="button">↻ Replay last change</button>
  <button id="hold" type="button">hold to see before</button>
  <span id="replay-note" class="key"></span>
</div>"""


def lucks() -> str:
    """Eight dots, one for each luck."""
    dots = "".join(f'<button type="button" class="dot" data-seed="{i}" aria-label="luck {i + 1}">○</button>'
                   for i in range(N_LUCKS))  # fmt: skip
    return f'<span>Luck</span> <span id="lucks" role="group" aria-label="luck">{dots}</span>'


def more() -> str:
    """Prediction of a class."""
    field = (
        '<label>{0} <input type="number" data-predict="{0}" id="tally-{1}" min="0" max="999" aria-label="predicted {0}">'
        "</label>"
    )
    counts = " ".join(field.format(*words) for words in (("higher", "up"), ("the same", "same"), ("lower", "down")))
    return f'<span class="key">The class predicts B:</span> {counts} <button class="sketch-toggle" {SKETCH_PROPS}>Sketch</button>'
