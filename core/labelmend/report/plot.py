"""The reliability of scores as a picture: the share that was confirmed over the share that was promised."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

_SIDE: Final = 200
_QUIET: Final = 'stroke="#888" stroke-opacity=".6"'
_LEFT, _TOP, _BOTTOM, _RIGHT = 36, 22, 34, 10


def reliability_plot(name: str, bands: Sequence[dict[str, Any]]) -> str:
    """An SVG: one dot a band at (mean score of the judged, share confirmed), with its 95 % interval, larger
    where more were judged; on the diagonal the scores are right."""
    most = max(band["judged"] for band in bands)
    width, height = _LEFT + _SIDE + _RIGHT, _TOP + _SIDE + _BOTTOM
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    marks = "".join(_band(band, most) for band in bands)
    return (
        f'<svg {size} role="img" aria-label="{escape(name, quote=True)}: confirmed by score">'
        f'<text x="{_LEFT}" y="14">{escape(name)}</text>{_axes()}{marks}</svg>'
    )


def _axes() -> str:
    out = [
        f'<rect x="{_x(0)}" y="{_y(1)}" width="{_SIDE}" height="{_SIDE}" fill="none" {_QUIET}/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" {_QUIET} stroke-dasharray="3 3"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        out.append(f'<text x="{_x(share)}" y="{_y(0) + 14}" text-anchor="middle">{share:g}</text>')
        out.append(f'<text x="{_x(0) - 5}" y="{_y(share) + 4}" text-anchor="end">{share:g}</text>')
    out.append(f'<text x="{_x(0.5)}" y="{_y(0) + 28}" text-anchor="middle">mean score</text>')
    return "".join(out)


def _band(band: dict[str, Any], most: int) -> str:
    x, y = _x(band["expected_of_judged"] / band["judged"]), _y(band["share"])
    low, high = band["interval"]
    radius = 2 + 5 * (band["judged"] / most) ** 0.5
    about = f"{band['confirmed']:,} of {band['judged']:,} confirmed"
    return (
        f'<g stroke="#36c" fill="#36c"><title>{about}</title>'
        f'<line x1="{x}" y1="{_y(low)}" x2="{x}" y2="{_y(high)}"/>'
        f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill-opacity=".6"/></g>'
    )


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)
