"""Outlines that cross themselves: where they do, and what they come to when they are mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from labelmend.geometry.differences import pieces
from labelmend.geometry.polygons import LEAST_POINTS, Part, Parts, is_simple


def crossings(points: Part, *, closed: bool = True) -> NDArray[np.float64]:
    """Where an outline (k, 2) crosses or touches itself, (m, 2); a line still open if not ``closed``.

    Where it runs along itself, the ends of that stretch.
    """
    few = len(points) < (LEAST_POINTS if closed else 2)
    if few or not np.isfinite(points).all() or not (points != points[0]).any():
        return np.zeros((0, 2))
    line = shapely.LinearRing(points) if closed else shapely.LineString(points)
    if line.is_simple:
        return np.zeros((0, 2))
    # Cut up at every crossing, its pieces' ends meet there in threes or more.
    places, piece = shapely.get_coordinates(shapely.get_parts(shapely.node(line)), return_index=True)
    between = piece[1:] != piece[:-1]
    starts, ends = places[np.append(True, between)], places[np.append(between, True)]
    # Asked for in every frame of a drag: of so few places numpy's count takes three times as long.
    times = Counter(map(tuple, starts.tolist() + ends.tolist()))
    found = sorted(place for place, often in times.items() if often > 2)
    return np.array(found) if found else _turning_points(points)


def _turning_points(points: Part) -> NDArray[np.float64]:
    """The ends of spikes: where the outline goes back the way it came."""
    ahead, behind = np.roll(points, -1, axis=0) - points, np.roll(points, 1, axis=0) - points
    turned = ahead[:, 0] * behind[:, 1] == ahead[:, 1] * behind[:, 0]
    found: NDArray[np.float64] = points[turned & ((ahead * behind).sum(axis=1) > 0)]
    return found


def mended(parts: Sequence[Part], *, least: int = 0) -> Parts:
    """Parts of which none crosses itself and which draw the same, but for holes, which are filled.

    Sound parts stay as they are and come first. Of the pieces that the others fall into, the largest come
    first; ``least`` of the smallest are left out, as long as one part stays.
    """
    sound = [part for part in parts if is_simple(part)]
    found: list[shapely.Polygon] = []
    for part in parts:
        if not is_simple(part) and len(part) >= LEAST_POINTS and np.isfinite(part).all():
            found += pieces(shapely.make_valid(shapely.Polygon(part)))
    found.sort(key=lambda piece: -float(shapely.Polygon(piece.exterior).area))
    stay = max(len(found) - least, 0 if sound else 1)
    return (*sound, *(np.asarray(piece.exterior.coords, np.float64)[:-1] for piece in found[:stay]))
