"""A small writer of SVG: shapes, text, markers, patterns and scales, with a title and description for every picture.

Part of the report; answers how a mark gets onto the page. Leaves out what is drawn. Pictures carry all their style, so
that one copied out of the page looks the same; equal calls give equal bytes.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from sim.report.look import INK, PAPER, QUIET, RULE

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
LETTER, BOLD_LETTER = 0.56, 0.6  # mean width of a letter in font sizes
PATTERNS = {
    # worse: diagonal lines; cannot tell: dots
    "worse": '<pattern id="{id}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V7" stroke="{ink}" stroke-width="{width}"/></pattern>',
    "unsure": '<pattern id="{id}" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<circle cx="2" cy="2" r="1" fill="{ink}"/><circle cx="5.5" cy="5.5" r="1" fill="{ink}"/></pattern>',
}
Point = tuple[float, float]


def short(value: float) -> str:
    """Return a coordinate with one decimal at most."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def wrap(text: str, width: float, size: float = 13.0, bold: bool = False) -> list[str]:
    """Return lines that fit a width, by the mean width of letters; a long word is kept whole."""
    letters = max(4, int(width / (size * (BOLD_LETTER if bold else LETTER))))
    return textwrap.wrap(text, letters, break_long_words=False, break_on_hyphens=True) or [""]


def clipped(text: str, width: float, size: float = 13.0) -> str:
    """Return the first line that fits a width, with dots where more follows."""
    first, *rest = wrap(text, width - size, size)
    return f"{first.rstrip(',;')} …" if rest else first


def text_width(text: str, size: float = 13.0, bold: bool = False) -> float:
    """Return about how wide a text is."""
    return len(text) * size * (BOLD_LETTER if bold else LETTER)


@dataclass(frozen=True)
class Scale:
    """A straight line from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = (self.high - self.low) or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)

    def ticks(self, n: int = 5) -> list[float]:
        """Return about n round values inside."""
        return ticks(self.low, self.high, n)


def ticks(low: float, high: float, n: int = 5) -> list[float]:
    """Return about n round values from low to high, both kept; none for an empty range."""
    if not math.isfinite(low + high) or high <= low:
        return []
    rough = (high - low) / max(1, n)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if power * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def signed_tick(value: float, unit: str = "") -> str:
    """Return the label of a tick on an axis of differences."""
    return "0" if value == 0.0 else f"{'+' if value > 0 else '−'}{abs(value):,.10g}{unit}"


@dataclass
class Pen:
    """Collects the marks of one picture."""

    ident: str
    width: float
    height: float = 0.0
    parts: list[str] = field(default_factory=list)
    patterns: dict[str, str] = field(default_factory=dict)

    def add(self, tag: str, title: str = "", **attributes: object) -> None:
        """Add an element; underscores stand for hyphens, empty values are left out."""
        written = "".join(
            f' {name.strip("_").replace("_", "-")}="{escape(short(v) if isinstance(v, float) else str(v))}"'
            for name, v in attributes.items()
            if v is not None and v != ""
        )
        end = f"><title>{escape(title)}</title></{tag}>" if title else "/>"
        self.parts.append(f"<{tag}{written}{end}")

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        colour: str = RULE,
        width: float = 1.0,
        dash: str = "",
    ) -> None:
        """Draw a straight line."""
        self.add(
            "line",
            x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2),
            stroke=colour, stroke_width=width, stroke_dasharray=dash,
        )  # fmt: skip

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "none",
        stroke: str = "",
        title: str = "",
        stroke_width: float | None = None,
        opacity: float | None = None,
        **data: object,
    ) -> None:
        """Draw a rectangle; negative widths and heights are drawn the other way."""
        self.add(
            "rect", title,
            x=float(min(x, x + width)), y=float(min(y, y + height)), width=abs(float(width)),
            height=abs(float(height)), fill=fill, stroke=stroke, stroke_width=stroke_width, fill_opacity=opacity, **data,
        )  # fmt: skip

    def polyline(
        self, points: Iterable[Point], colour: str, width: float = 2.0, dash: str = "", opacity: float | None = None
    ) -> None:
        """Draw a line through points; gaps where a value is missing."""
        path = _path(points)
        if path:
            self.add(
                "path",
                d=path, fill="none", stroke=colour, stroke_width=width, stroke_dasharray=dash,
                stroke_opacity=opacity, stroke_linejoin="round",
            )  # fmt: skip

    def area(self, lower: Sequence[Point], upper: Sequence[Point], fill: str, opacity: float = 1.0) -> None:
        """Fill between two lines."""
        outline = [point for point in [*lower, *reversed(upper)] if math.isfinite(point[1])]
        if len(outline) > 2:
            self.add("path", d=f"{_path(outline)}Z", fill=fill, fill_opacity=opacity if opacity < 1.0 else None)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 13.0,
        anchor: str = "start",
        bold: bool = False,
        colour: str = INK,
        halo: bool = False,
    ) -> None:
        """Write one line of text; ``halo`` keeps it readable on marks."""
        attributes = f' x="{short(x)}" y="{short(y)}" font-size="{short(size)}" fill="{colour}"'
        attributes += f' text-anchor="{anchor}"' if anchor != "start" else ""
        attributes += ' font-weight="700"' if bold else ""
        attributes += (
            f' stroke="{PAPER}" stroke-width="3.5" paint-order="stroke" stroke-linejoin="round"' if halo else ""
        )
        self.parts.append(f"<text{attributes}>{escape(text, quote=False)}</text>")

    def lines(
        self,
        x: float,
        y: float,
        texts: Sequence[str],
        size: float = 13.0,
        anchor: str = "start",
        bold: bool = False,
        colour: str = INK,
        leading: float = 1.25,
    ) -> float:
        """Write lines of text below each other; return the baseline after the last."""
        for text in texts:
            self.text(x, y, text, size, anchor, bold, colour)
            y += size * leading
        return y

    def mark(self, x: float, y: float, text: str, size: float = 12.0) -> None:
        """Write a bold name over an upright line, kept inside the picture."""
        half = text_width(text, size, True) / 2.0
        self.text(min(max(x, half + 2.0), self.width - half - 2.0), y, text, size, "middle", True)

    def pattern(self, kind: str, ink: str = INK, width: float = 1.6) -> str:
        """Return a fill with a pattern: "worse" or "unsure"."""
        name = f"{self.ident}-{kind}{ink.strip('#')}{short(width).replace('.', '')}"
        self.patterns[name] = PATTERNS[kind].format(id=name, ink=ink, width=short(width))
        return f"url(#{name})"

    def marker(
        self,
        x: float,
        y: float,
        shape: str,
        colour: str,
        filled: bool = False,
        radius: float = 6.0,
        title: str = "",
        **data: object,
    ) -> None:
        """Draw a marker; hollow ones are white inside."""
        self.add(
            "path", title, d=outline(shape, x, y, radius), fill=colour if filled else PAPER, stroke=colour,
            stroke_width=2, stroke_linejoin="round", data_shape=shape, **data,
        )  # fmt: skip

    def rule(self, scale: Scale, y: float, top: float, labels: Sequence[tuple[float, str]], size: float = 12.0) -> None:
        """Draw a horizontal axis: labels at y, grid lines up to the top."""
        for value, label in labels:
            x = scale(value)
            self.line(x, top, x, y - size, RULE)
            self.text(x, y, label, size, "middle", colour=QUIET)

    def done(self, title: str, desc: str) -> str:
        """Return the picture with its title and description."""
        defs = f"<defs>{''.join(self.patterns.values())}</defs>" if self.patterns else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {short(self.width)} {short(self.height)}" '
            f'aria-labelledby="{self.ident}-t {self.ident}-d" font-family="{escape(FONT)}">'
            f'<title id="{self.ident}-t">{escape(title)}</title><desc id="{self.ident}-d">{escape(desc)}</desc>'
            f"{defs}{''.join(self.parts)}</svg>"
        )


def _path(points: Iterable[Point]) -> str:
    """Return path data; a missing value starts a new stroke."""
    parts, pen_up = [], True
    for x, y in points:
        if not math.isfinite(y):
            pen_up = True
            continue
        parts.append(f"{'M' if pen_up else 'L'}{short(x)} {short(y)}")
        pen_up = False
    return "".join(parts)


CORNERS = {"triangle": (3, 90.0), "square": (4, 45.0), "diamond": (4, 90.0), "down": (3, 270.0), "pentagon": (5, 90.0),
           "hexagon": (6, 0.0)}  # fmt: skip


def outline(shape: str, x: float, y: float, r: float) -> str:
    """Return the path of a marker about a point."""
    if shape == "circle":
        half = f"a{short(r)} {short(r)} 0 1 0"
        return f"M{short(x - r)} {short(y)}{half} {short(2 * r)} 0{half} {short(-2 * r)} 0Z"
    if shape in CORNERS:
        n, turn = CORNERS[shape]
        grow = 1.25 if n < 5 else 1.1
        angles = [math.radians(turn + 360.0 * i / n) for i in range(n)]
        corners = [(x + grow * r * math.cos(a), y - grow * r * math.sin(a)) for a in angles]
    elif shape == "star":
        angles = [math.radians(90.0 + 36.0 * i) for i in range(10)]
        corners = [
            (x + r * (1.35 if i % 2 == 0 else 0.6) * math.cos(a), y - r * (1.35 if i % 2 == 0 else 0.6) * math.sin(a))
            for i, a in enumerate(angles)
        ]
    elif shape == "bow":
        corners = [(x - r, y - r), (x + r, y + r), (x + r, y - r), (x - r, y + r)]
    else:  # cross
        a, b = r * 1.1, r * 0.42
        corners = [
            (x + dx, y + dy)
            for dx, dy in (
                (-b, -a), (b, -a), (b, -b), (a, -b), (a, b), (b, b), (b, a), (-b, a), (-b, b), (-a, b), (-a, -b), (-b, -b),
            )
        ]  # fmt: skip
    return f"{_path(corners)}Z"
