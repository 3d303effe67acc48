"""The report's plots as SVG: colours are the page's own, so that they follow light, dark and print."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

_SIDE: Final = 200
_LEFT, _TOP, _BOTTOM, _RIGHT = 36, 22, 34, 10
_ROW: Final = 22
_LINES: Final = ("line", "line second", "line third")
_NICE: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_LONGEST: Final = 26


def reliability_plot(name: str, bands: Sequence[dict[str, Any]]) -> str:
    """The share that was confirmed over the share that was promised.

    One dot a band at (mean score of the judged, share confirmed), with its 95 % interval, larger where more
    were judged; on the diagonal the scores are right.
    """
    most = max(band["judged"] for band in bands)
    marks = "".join(_band(band, most) for band in bands)
    told = "; ".join(
        f"scores {one['low']:.1f} to {one['high']:.1f}: {one['confirmed']:,} of {one['judged']:,} confirmed"
        for one in bands
    )
    head = f'<text class="head" x="{_LEFT}" y="14">{escape(name)}</text>'
    size = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM
    return _svg(size, f"{name}: share confirmed by score", told, head + _square() + marks)


def _square() -> str:
    out = [
        f'<rect class="axis" x="{_x(0)}" y="{_y(1)}" width="{_SIDE}" height="{_SIDE}"/>',
        f'<line class="guide" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        out.append(_text(_x(share), _y(0) + 14, f"{share:g}", anchor="middle"))
        out.append(_text(_x(0) - 5, _y(share) + 4, f"{share:g}", anchor="end"))
    out.append(_text(_x(0.5), _y(0) + 28, "mean score", anchor="middle"))
    return "".join(out)


def _band(band: dict[str, Any], most: int) -> str:
    x, y = _x(band["expected_of_judged"] / band["judged"]), _y(band["share"])
    low, high = band["interval"]
    radius = 2 + 5 * (band["judged"] / most) ** 0.5
    about = f"{band['confirmed']:,} of {band['judged']:,} confirmed"
    return (
        f"<g><title>{about}</title>"
        f'<line class="whisker" x1="{x}" y1="{_y(low)}" x2="{x}" y2="{_y(high)}"/>'
        f'<circle class="dot" fill-opacity=".65" cx="{x}" cy="{y}" r="{radius:.1f}"/></g>'
    )


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)


@dataclass(frozen=True)
class Estimate:
    """One line of `interval_plot`: a share of a group with its interval, and what it is of, in words."""

    name: str
    share: float
    low: float
    high: float
    about: str


def interval_plot(title: str, rows: Sequence[Estimate]) -> str:
    """Shares with their intervals, one line each: a dot and a whisker on a common axis from 0."""
    most = _top(max((row.high for row in rows), default=1.0), limit=1.0)
    left, wide, top = 190, 420, 26
    bottom = top + _ROW * len(rows)

    def at(share: float) -> float:
        return round(left + wide * min(share / most, 1.0), 1)

    out = [f'<text class="head" x="0" y="14">{escape(title)}</text>']
    for step in range(5):
        x = at(most * step / 4)
        out.append(f'<line class="axis" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>')
        out.append(_text(x, bottom + 14, f"{100 * most * step / 4:g} %", anchor="middle"))
    for number, row in enumerate(rows):
        y = top + _ROW * number + _ROW / 2
        out.append(
            f"<g><title>{escape(row.name)}: {escape(row.about)}</title>"
            f"{_text(left - 10, y + 4, _cut(row.name), anchor='end')}"
            f'<line class="whisker" x1="{at(row.low)}" y1="{y}" x2="{at(row.high)}" y2="{y}"/>'
            f'<circle class="dot" cx="{at(row.share)}" cy="{y}" r="4"/>'
            f"{_text(left + wide + 12, y + 4, row.about, tone='quiet')}</g>"
        )
    told = "; ".join(f"{row.name}: {row.about}" for row in rows)
    return _svg((left + wide + 190, bottom + 22), title, told, "".join(out))


def score_plot(bands: Sequence[dict[str, Any]]) -> str:
    """How many issues have which score: of each band those confirmed, judged no error, and not judged."""
    most, first = _top(max(one["issues"] for one in bands)), round(10 * min(one["low"] for one in bands))
    left, top, wide, high = 56, 26, 40, 160
    base = top + high
    out = ['<text class="head" x="0" y="14">Issues by score</text>']
    for step in range(5):
        y = round(base - high * step / 4, 1)
        end = left + wide * (10 - first)
        out.append(f'<line class="axis" x1="{left}" y1="{y}" x2="{end}" y2="{y}"/>')
        out.append(_text(left - 6, y + 4, f"{most * step / 4:,.0f}", anchor="end"))
    for number in range(first, 11):
        out += [_text(left + wide * (number - first), base + 14, f"{number / 10:g}", anchor="middle")]
    out += [_column(one, left + wide * (one["low"] * 10 - first), base, wide, high / most) for one in bands]
    told = "; ".join(f"{one['low']:.1f} to {one['high']:.1f}: {_about(one)}" for one in bands)
    legend = _legend(
        left, base + 32, (("bar", "confirmed"), ("bar soft", "judged no error"), ("bar grey", "not judged"))
    )
    return _svg((left + wide * (10 - first) + 20, base + 44), "Issues by score", told, "".join(out) + legend)


def _column(one: dict[str, Any], x: float, base: float, wide: float, scale: float) -> str:
    parts = (one["confirmed"], one["judged"] - one["confirmed"], one["issues"] - one["judged"])
    out, y = [f"<title>{_about(one)}</title>"], base
    for number, tone in zip(parts, ("bar", "bar soft", "bar grey"), strict=True):
        tall = number * scale
        y -= tall
        if number:
            out.append(
                f'<rect class="{tone}" x="{x + 3:.1f}" y="{y:.1f}" width="{wide - 6}" height="{tall:.1f}"/>'
            )
    return "<g>" + "".join(out) + "</g>"


def _about(one: dict[str, Any]) -> str:
    return f"{one['issues']:,} issues, {one['judged']:,} judged, {one['confirmed']:,} confirmed"


@dataclass(frozen=True)
class Series:
    """One line of `line_plot`: its name, and a value at each of the plot's places."""

    name: str
    values: Sequence[float]


def line_plot(title: str, places: Sequence[str], series: Sequence[Series]) -> str:
    """Up to three lines over the same places, which are evenly spread and named below, as many as fit; of
    neighbours with one name the first."""
    most = _top(max((max(one.values, default=0.0) for one in series), default=1.0))
    left, top, wide, high = 62, 26, 560, 180
    base, step = top + high, wide / max(len(places) - 1, 1)
    out = [f'<text class="head" x="0" y="14">{escape(title)}</text>']
    for quarter in range(5):
        y = round(base - high * quarter / 4, 1)
        out.append(f'<line class="axis" x1="{left}" y1="{y}" x2="{left + wide}" y2="{y}"/>')
        out.append(_text(left - 6, y + 4, f"{most * quarter / 4:,.0f}", anchor="end"))
    others = [n for n, name in enumerate(places) if n == 0 or name != places[n - 1]]
    apart = max(1, -(-len(others) // 7))
    out += [_text(left + step * n, base + 16, places[n], anchor="middle") for n in others[::apart]]
    for one, tone in zip(series, _LINES, strict=False):
        points = " ".join(
            f"{left + step * n:.1f},{base - high * value / most:.1f}" for n, value in enumerate(one.values)
        )
        out.append(f'<polyline class="{tone}" points="{points}"/>')
        if len(one.values) == 1:
            out.append(
                f'<circle class="dot" cx="{left}" cy="{base - high * one.values[0] / most:.1f}" r="3"/>'
            )
    legend = _legend(left, base + 36, [(tone, one.name) for one, tone in zip(series, _LINES, strict=False)])
    told = "; ".join(f"{one.name}: {one.values[-1]:,.0f} at {places[-1]}" for one in series if one.values)
    return _svg((left + wide + 40, base + 48), title, told, "".join(out) + legend)


def _legend(x: float, y: float, entries: Sequence[tuple[str, str]]) -> str:
    out = []
    for tone, name in entries:
        mark = (
            f'<line class="{tone}" x1="{x}" y1="{y - 4}" x2="{x + 18}" y2="{y - 4}"/>'
            if tone.startswith("line")
            else f'<rect class="{tone}" x="{x}" y="{y - 9}" width="10" height="10"/>'
        )
        out.append(mark + _text(x + (24 if tone.startswith("line") else 16), y, name))
        x += 40 + 7 * len(name)
    return "".join(out)


def _top(most: float, *, limit: float = float("inf")) -> float:
    """The next round number from which quarters are round too, at most `limit`."""
    if most <= 0:
        return min(1.0, limit)
    power = 1.0
    while power * 10 <= most:
        power *= 10
    while power > most:
        power /= 10
    nice = next(one * power for one in _NICE if one * power >= most * (1 - 1e-9))
    return min(nice if nice >= 4 or limit < 4 else 4.0, limit)


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _text(x: float, y: float, words: str, *, anchor: str = "start", tone: str = "") -> str:
    dressed = f' class="{tone}"' if tone else ""
    return f'<text{dressed} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(size: tuple[float, float], title: str, told: str, body: str) -> str:
    wide, high = size
    return (
        f'<svg width="{wide:g}" height="{high:g}" viewBox="0 0 {wide:g} {high:g}" role="img" '
        f'aria-label="{escape(title, quote=True)}"><title>{escape(title)}</title>'
        f"<desc>{escape(told)}</desc>{body}</svg>"
    )
