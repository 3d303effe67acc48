"""Outlines with fewer vertices, and outlines with fewer corners; both near what they were."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from labelmend.geometry.polygons import Part, Parts, is_simple

_LEAST_POINTS, _MOST_POINTS = 16, 4096
_LEAVES = 0.02
"""How far the vertices of a smoothed outline may be thinned out, in widths of the smoothing."""


def simplified(parts: Sequence[Part], tolerance: float) -> Parts:
    """Parts without vertices that lie within ``tolerance`` pixels of the line without them, by GEOS.

    Where the ring begins it may be twice that. No part crosses itself that did not before; one that does
    stays as it is, as does one that loses nothing.
    """
    return tuple(_thinned(part, tolerance) if is_simple(part) else part for part in parts)


def smoothed(parts: Sequence[Part], width: float) -> Parts:
    """Parts whose outlines are rounded over ``width`` pixels along the line, hardly shrunk.

    The outline is filtered by a Gaussian g of that standard deviation as 2g - gg, which keeps what is
    larger than a few widths where it is (Taubin 1995 says why a plain g shrinks). A part that would cross
    itself stays as it is.
    """
    return tuple(_rounded(part, width) if is_simple(part) else part for part in parts)


def _thinned(part: Part, tolerance: float) -> Part:
    ring = np.asarray(shapely.Polygon(part).simplify(tolerance).exterior.coords, np.float64)[:-1]
    return ring if 0 < len(ring) < len(part) else part


def _rounded(part: Part, width: float) -> Part:
    closed = np.concatenate([part, part[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    length = float(along[-1])
    n = int(np.clip(np.ceil(4 * length / width), _LEAST_POINTS, _MOST_POINTS))
    at = np.arange(n) / n * length
    line = np.interp(at, along, closed[:, 0]) + 1j * np.interp(at, along, closed[:, 1])
    gauss = np.exp(-2 * (np.pi * np.fft.fftfreq(n, d=length / n) * width) ** 2)
    line = np.fft.ifft(np.fft.fft(line) * (2 * gauss - gauss**2))
    ring = _thinned(np.column_stack([line.real, line.imag]), _LEAVES * width)
    return ring if is_simple(ring) else part
