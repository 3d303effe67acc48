"""What a label would become if it were fitted to something: proposals, each with its numbers in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from labelmend.errors import BadFile, Refused
from labelmend.fit.edges import fit_edges
from labelmend.fit.outlines import fit_outline
from labelmend.fit.sides import SIDES, ends
from labelmend.geometry import masks
from labelmend.geometry.polygons import Parts, bounds, flat, is_upright, scaled
from labelmend.geometry.tracing import trace
from labelmend_desktop.canvas.close_up import CloseUp, close_up
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.scene import corners
from labelmend_desktop.decoding import Loaded

if TYPE_CHECKING:
    from labelmend.coco.detections import Detections
    from labelmend.project.annotation import Annotation
    from labelmend_desktop.session import Session

Box = NDArray[np.float64]
Adjust = Callable[[int], Proposal | None]
SAME = 0.01
"""Pixels by which places may differ and still be the same: what files round to."""

STRENGTHS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8)
"""How far edges are looked for, weakest first."""

LONGEST = 600.0
"""Pixels of the longer side at which edges are looked for: larger labels in a smaller picture."""
_TO_EDGES = "snap to the picture's edges"
USUAL = STRENGTHS.index(1.0)


@dataclass(frozen=True, eq=False)
class Seen:
    """One detection near a label: what it is called, its box (4,) and its mask's compressed counts."""

    name: str
    box: Box
    mask: bytes
    height: int
    width: int


def seen(detections: Detections, row: int, *, names: list[str], size: tuple[float, float] | None) -> Seen:
    """A row of the detections of a picture of ``size`` (width, height)."""
    category = int(detections.category[row])
    name = names[category] if 0 <= category < len(names) else "unknown class"
    mask = detections.masks[row] if detections.masks is not None and size is not None else b""
    width, height = (round(side) for side in size or (0, 0))
    return Seen(f"{name} {detections.score[row]:.2f}", detections.bbox[row], mask, height, width)


def extent(label: Annotation) -> Box:
    """The box that a label covers: of a polygon that of its outline."""
    return bounds(label.polygons) if label.polygons else label.bbox


def is_box(label: Annotation) -> bool:
    """Whether a label is a box alone, be it written as a polygon of four corners."""
    return label.rle is None and (not label.polygons or is_upright(label.polygons))


def moves_in_words(before: Box, after: Box) -> str:
    """Which sides move how far: ``left 3.5 px out, top 1.0 px in``."""
    outward = (ends(after) - ends(before)) * [-1, -1, 1, 1]
    told = [
        f"{name} {abs(by):.1f} px {'out' if by > 0 else 'in'}"
        for name, by in zip(SIDES, outward.tolist(), strict=True)
        if abs(by) >= SAME
    ]
    return ", ".join(told)


def boxed(
    label: Annotation, box: Box, *, title: str, of: str, adjusted: Adjust | None = None
) -> Proposal | None:
    """Another box for a label; a polygon is stretched with it. None where it lies so already.

    ``of`` begins the words. Raises Refused for a mask.
    """
    if label.rle is not None:
        raise Refused("A mask has no sides to move: paint it, or take the whole of the detection (T).")
    moves = moves_in_words(extent(label), box)
    if not moves:
        return None
    words = f"{of}: {moves}."
    if not label.polygons:
        return Proposal(label.key, title, words, box=box, adjusted=adjusted)
    parts = scaled(label.polygons, extent(label), box)
    words += "" if is_upright(label.polygons) else " The polygon is stretched."
    return Proposal(label.key, title, words, parts=parts, adjusted=adjusted)


def at_detection(label: Annotation, found: Seen, *, adjusted: Adjust | None = None) -> Proposal | None:
    """A label as the detection has it: mask for mask, outline for polygon, where it has one; else its box."""
    title, of = "snap to the detection", f"As the detection, {found.name}"
    if label.rle is not None:
        if not found.mask:
            raise Refused(
                "This label is a mask, and the detection near it has none: there is nothing to take."
            )
        rle = masks.written(found.mask, like=label.rle, height=found.height, width=found.width)
        area = masks.area(found.mask, height=found.height, width=found.width)
        words = f"{of}: its mask of {area:,} px."
        return Proposal(label.key, title, words, rle=rle, adjusted=adjusted)
    outline = trace(found.mask, height=found.height, width=found.width) if found.mask else None
    if label.polygons and outline:
        words = f"{of}: its outline of {sum(map(len, outline)):,} points."
        return Proposal(label.key, title, words, parts=outline, adjusted=adjusted)
    return boxed(label, found.box, title=title, of=of, adjusted=adjusted)


def tight(label: Annotation, found: Seen | None) -> Proposal:
    """The box of a label's own outline or mask; of a box alone that of the detection's mask.

    Raises Refused, with the reason, where there is nothing to take or nothing to change.
    """
    title = "take the tight extent"
    if label.polygons or label.rle is not None:
        box = bounds(label.polygons) if label.polygons else _mask_box(label.rle or {})
        moves = moves_in_words(label.bbox, box) if np.isfinite(label.bbox).all() else "it had none"
        if moves:
            words = f"The box as its own outline has it: {moves}."
            before = (corners(label.bbox),) if np.isfinite(label.bbox).all() else ()
            return Proposal(label.key, title, words, box=box, make=_agreeing(label, title), before=before)
        if not is_box(label):
            raise Refused("The box is the extent of its outline already: nothing to change.")
    if found is None or not found.mask:
        raise Refused(
            "This label is a box alone, and no detection near it has a mask: there is no extent to take."
        )
    box = masks.bounds(found.mask, height=found.height, width=found.width)
    proposal = boxed(label, box, title=title, of=f"The extent of the detection's mask, {found.name}")
    if proposal is None:
        raise Refused("The box is the extent of the detection's mask already: nothing to change.")
    return proposal


def _agreeing(label: Annotation, title: str) -> Callable[[Session], bool]:
    """Writes a label's own outline again: its box and area follow from it."""
    if label.rle is not None:
        rle = label.rle
        return lambda session: session.edits.set_mask(label.key, rle, title=title)
    return lambda session: session.edits.set_polygons(label.key, label.polygons, title=title)


def _mask_box(rle: dict[str, Any]) -> Box:
    try:
        height, width = (int(side) for side in rle["size"])
        return masks.bounds(masks.counts(rle, height=height, width=width), height=height, width=width)
    except (KeyError, TypeError, ValueError, BadFile) as error:
        raise Refused("The mask of this label cannot be read: paint or draw it anew.") from error


def at_edges(label: Annotation, loaded: Loaded) -> Proposal:
    """A label with the sides of its box, or the lines of its polygon, on edges of the picture near them.

    Raises Refused where none lies near.
    """
    if label.rle is not None:
        raise Refused("Edges are for boxes and polygons: paint this mask, or cut it out anew (Shift+Y).")
    for place in (USUAL, USUAL + 2):
        proposal = _with_strength(label, loaded, place)
        if proposal is not None:
            return proposal
    raise Refused("No clear edge of the picture lies near the sides of this label: nothing is proposed.")


def _with_strength(label: Annotation, loaded: Loaded, place: int) -> Proposal | None:
    """None where no side moves, or where there is nothing stronger or gentler."""
    if not 0 <= place < len(STRENGTHS):
        return None
    close = close_up(loaded, extent(label), longest=LONGEST)
    make = _sides_at_edges if is_box(label) else _lines_at_edges
    proposal = make(label, close, STRENGTHS[place])
    if proposal is None:
        return None
    adjusted = partial(_from_strength, label, loaded, place)
    return replace(proposal, adjusted=adjusted, ways="look nearer and further")


def _from_strength(label: Annotation, loaded: Loaded, place: int, by: int) -> Proposal | None:
    return _with_strength(label, loaded, place + by)


def _sides_at_edges(label: Annotation, close: CloseUp, strength: float) -> Proposal | None:
    box = extent(label)
    fitted = fit_edges(close.pixels, close.into(box), strength=strength)
    count = int(fitted.moved.sum())
    new = np.where(np.isin(np.arange(4) % 2, _axes(fitted.moved)), close.back(fitted.box), box)
    return boxed(label, new, title=_TO_EDGES, of=f"To {count} edge{'s' if count > 1 else ''} of the picture")


def _lines_at_edges(label: Annotation, close: CloseUp, strength: float) -> Proposal | None:
    inside = tuple(close.points_into(part) for part in label.polygons)
    fitted = fit_outline(close.pixels, inside, strength=strength)
    pairs = [
        (old, np.where(new == before, old, close.points_back(new)))
        for old, before, new in zip(label.polygons, inside, fitted, strict=True)
    ]
    away = np.concatenate([np.hypot(*(new - old).T) for old, new in pairs])
    count = int((away >= SAME).sum())
    if not count:
        return None
    words = f"To edges of the picture: {count} of {len(away)} vertices move, by {away.max():.1f} px at most."
    return Proposal(label.key, _TO_EDGES, words, parts=tuple(new for _, new in pairs))


def _axes(moved: NDArray[np.bool_]) -> list[int]:
    """The axes, 0 across and 1 down, along which a side was moved; the others keep their very numbers."""
    return [axis for axis in (0, 1) if moved[axis] or moved[axis + 2]]


def outlined(label: Annotation, parts: Parts, *, adjusted: Adjust) -> Proposal:
    """A label with an outline that was cut out of the picture; a mask stays a mask."""
    title = "cut out of the picture"
    points = sum(len(part) for part in parts)
    words = f"Cut out of the picture: {points} points, {len(parts)} part{'s' if len(parts) > 1 else ''}."
    ways = "keep more and less of the box"
    if label.rle is None:
        return Proposal(label.key, title, words, parts=parts, adjusted=adjusted, ways=ways)
    height, width = (int(side) for side in label.rle["size"])
    counts = masks.counts(flat(parts), height=height, width=width)
    rle = masks.written(counts, like=label.rle, height=height, width=width)
    return Proposal(label.key, title, words, rle=rle, adjusted=adjusted, ways=ways)
