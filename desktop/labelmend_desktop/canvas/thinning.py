"""The selected polygon proposed simpler or smoother, the stronger the more; with what that costs in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from labelmend.errors import Refused
from labelmend.geometry.differences import difference
from labelmend.geometry.polygons import Parts, bounds
from labelmend.geometry.smoothing import simplified, smoothed
from labelmend_desktop.canvas.gestures.story import Limits
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.taking import no_label

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_STEP = 1.5
"""One step stronger is this many times as strong."""
_TRIES = 16
"""Over so many steps something that changes the outline is looked for."""
_FIRST_TOLERANCE, _FIRST_WIDTH = 1 / 400, 1 / 100
"""What is proposed first, in diagonals of the shape."""


def propose_simplified(canvas: Canvas) -> None:
    """Propose the selected polygon with fewer vertices."""
    key, parts = _selected(canvas)
    first = _FIRST_TOLERANCE * _diagonal(parts)
    proposal = _simpler(key, parts, parts, first, _STEP)
    if proposal is None:
        raise Refused("This outline cannot be simplified further.")
    canvas.proposals.show(proposal)


def propose_smoothed(canvas: Canvas) -> None:
    """Propose the selected polygon with rounder corners."""
    key, parts = _selected(canvas)
    proposal = _smoother(key, parts, canvas.limits(), max(_FIRST_WIDTH * _diagonal(parts), 0.5))
    if proposal is None:
        raise Refused(
            "This outline cannot be smoothed: it is too small, or it crosses itself (R mends that)."
        )
    canvas.proposals.show(proposal)


def _selected(canvas: Canvas) -> tuple[int, Parts]:
    annotation = canvas.contents.scene.annotation(canvas.session.selected)
    if annotation is None or not annotation.polygons:
        told = "Only a polygon can be made simpler or smoother: select one first (click, or Tab)."
        raise no_label(canvas, told)
    return annotation.key, annotation.polygons


def _diagonal(parts: Parts) -> float:
    return float(np.hypot(*bounds(parts)[2:]))


def _simpler(key: int, parts: Parts, shown: Parts, tolerance: float, factor: float) -> Proposal | None:
    """The next tolerance, each ``factor`` times the one before, at which the count of vertices is another."""
    for _ in range(_TRIES):
        new = simplified(parts, tolerance)
        if _count(new) not in (_count(shown), _count(parts)):
            return _proposal(
                key,
                parts,
                new,
                "simplify the polygon",
                "Simplified",
                _next(partial(_simpler, key, parts, new), tolerance),
            )
        tolerance *= factor
    return None


def _next(
    find: Callable[[float, float], Proposal | None], strength: float
) -> Callable[[int], Proposal | None]:
    return lambda by: find(strength * _STEP**by, _STEP**by)


def _smoother(key: int, parts: Parts, limits: Limits, width: float) -> Proposal | None:
    low, size = bounds(parts)[:2], bounds(parts)[2:]
    new = tuple(
        np.clip(part, np.minimum(0, low), np.maximum(limits, low + size)) for part in smoothed(parts, width)
    )
    if all(np.array_equal(a, b) for a, b in zip(new, parts, strict=True)) or width > _diagonal(parts):
        return None
    return _proposal(
        key,
        parts,
        new,
        "smooth the polygon",
        "Smoothed",
        lambda by: _smoother(key, parts, limits, width * _STEP**by),
    )


def _proposal(
    key: int, parts: Parts, new: Parts, title: str, word: str, adjusted: Callable[[int], Proposal | None]
) -> Proposal:
    change = difference(parts, new)
    count = f"{_count(parts):,} → {_count(new):,} vertices"
    words = f"{word}: {count}, IoU {change.iou:.3f} with the outline as it is."
    return Proposal(key, title, words, parts=new, change=change, adjusted=adjusted)


def _count(parts: Parts) -> int:
    return sum(map(len, parts))
