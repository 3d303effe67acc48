"""What a mask could become, as proposals: filled, freed of specks, grown or shrunk, a polygon; and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from labelmend.errors import LabelmendError, Refused
from labelmend.geometry import masks, repainting
from labelmend.geometry.contours import borders
from labelmend.geometry.differences import difference, mask_difference
from labelmend.geometry.polygons import flat
from labelmend.geometry.repainting import Sizes
from labelmend.geometry.tracing import HOLDS, outlined
from labelmend.project.annotation import Annotation
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.canvas.pixel_change import INTRICATE, pixel_change
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.scene import corners

TOLERANCES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
"""Pixels by which a polygon may leave the pixels' edges, from the gentlest on."""
_ROUGHEST_FIRST = range(len(TOLERANCES) - 1, -1, -1)
_SPECK = 0.01
"""Pieces of up to this share of a mask are taken for specks at first."""


@dataclass(frozen=True)
class Subject:
    """The mask of annotation ``key``, by its compressed counts, and the size of its picture in pixels."""

    key: int
    mask: bytes
    height: int
    width: int

    @property
    def size(self) -> dict[str, int]:
        """As the functions of the engine take it."""
        return {"height": self.height, "width": self.width}

    def becomes(self, mask: bytes, title: str, words: str) -> Proposal:
        """Another mask for it."""
        rle = masks.written(mask, height=self.height, width=self.width)
        if max(len(self.mask), len(mask)) > INTRICATE:
            pixels = pixel_change(self.mask, mask, **self.size)
            return Proposal(self.key, title, words, rle=rle, pixels=pixels)
        change = mask_difference(self.mask, mask, **self.size)
        return Proposal(self.key, title, words, rle=rle, change=change)


def subject_of(key: int, rle: dict[str, Any] | None, size: tuple[int, int]) -> Subject:
    """The mask (COCO's dictionary) of a label in a picture of ``size`` (width, height). Raises Refused."""
    width, height = size
    if rle is None:
        raise Refused("This label has no mask: Shift+P makes one of it.")
    try:
        mask = masks.counts(rle, height=height, width=width)
    except LabelmendError as error:
        raise Refused(f"This mask cannot be changed: {error}.") from error
    return Subject(key, mask, height, width)


# Each takes the subject and how far it goes, None at first, and returns how far it went with the proposal;
# None instead where it goes no further. All raise Refused where there is nothing to do.
Step = tuple[int, Proposal] | None


def fill_holes(subject: Subject, level: int | None) -> Step:
    """Fill the holes up to the size at ``level`` among their sizes; all at first."""
    sizes = repainting.hole_sizes(subject.mask, **subject.size)
    if not len(sizes):
        raise Refused("This mask has no holes to fill.")
    at, up_to = _size_at(sizes, level, first=len(sizes))
    if not up_to:
        return None
    mask = repainting.fill_holes(subject.mask, up_to, **subject.size)
    words = f"Fills {_told(sizes, up_to, 'hole')}."
    return at, subject.becomes(mask, "fill holes of the mask", words)


def drop_specks(subject: Subject, level: int | None) -> Step:
    """Drop the pieces up to the size at ``level`` among their sizes; at first those that are tiny."""
    sizes = repainting.piece_sizes(subject.mask, **subject.size)
    if len(sizes) < 2:
        raise Refused("This mask is one piece: there are no specks to drop.")
    sizes = sizes[sizes < sizes[-1]]
    if not len(sizes):
        raise Refused("The pieces of this mask are all of one size: none of them is a speck.")
    tiny = _SPECK * masks.area(subject.mask, **subject.size)
    at, up_to = _size_at(sizes, level, first=int((sizes <= tiny).sum()))
    if not up_to:
        return None
    mask = repainting.drop_specks(subject.mask, up_to, **subject.size)
    words = f"Drops {_told(sizes, up_to, 'piece')}."
    return at, subject.becomes(mask, "drop specks of the mask", words)


def _size_at(sizes: Sizes, level: int | None, *, first: int) -> tuple[int, int]:
    """The level and the size there, 0 beyond the ends; without a level, that of the first so many sizes."""
    own = np.unique(sizes)
    at = max(int(np.searchsorted(own, sizes[max(first, 1) - 1])), 0) if level is None else level
    return at, int(own[at]) if 0 <= at < len(own) else 0


def _told(sizes: Sizes, up_to: int, what: str) -> str:
    gone = sizes[sizes <= up_to]
    pixels = f"{int(gone.sum()):,} pixel{'s' if gone.sum() > 1 else ''}"
    if len(gone) == 1:
        return f"1 {what} of {pixels}"
    return f"{len(gone):,} {what}s of up to {up_to:,}, {pixels} in all"


def grow(subject: Subject, by: int | None) -> Step:
    """Grow by so many pixels, or shrink below 0."""
    by = 1 if by is None else by
    mask = repainting.grown(subject.mask, by, **subject.size)
    before, after = (masks.area(one, **subject.size) for one in (subject.mask, mask))
    if not after:
        raise Refused(f"Nothing would be left of this mask if it shrank by {-by} pixels.")
    if before == after:
        raise Refused("This mask fills the picture: it cannot grow or shrink.")
    way = "grow" if by > 0 else "shrink"
    pixels = f"{abs(by)} pixel{'s' if abs(by) > 1 else ''}"
    words = f"{way.capitalize()}s by {pixels}: {before:,} pixels become {after:,}."
    return by, subject.becomes(mask, f"{way} the mask by {pixels}", words)


def as_polygon(subject: Subject, level: int | None) -> Step:
    """Its outlines, as polygons with few corners; at first nearly as near to it as polygons can be."""
    if level is None:
        enough = HOLDS * outlined(subject.mask, TOLERANCES[0], **subject.size)[1]
        found = ((at, outlined(subject.mask, TOLERANCES[at], **subject.size)) for at in _ROUGHEST_FIRST)
        level, (parts, iou) = next((at, polygon) for at, polygon in found if polygon[1] >= enough)
    elif 0 <= level < len(TOLERANCES):
        parts, iou = outlined(subject.mask, TOLERANCES[level], **subject.size)
    else:
        return None
    if not parts:
        return None
    points = sum(map(len, parts))
    polygon = f"{len(parts)} polygons" if len(parts) > 1 else "a polygon"
    words = f"Becomes {polygon} of {points:,} points, IoU {iou:.3f} with the mask."
    holes = len(repainting.hole_sizes(subject.mask, **subject.size))
    if holes:
        words += f" Polygons have no holes: {'the one' if holes == 1 else f'all {holes:,}'} would be filled."
    title = "make the mask a polygon"
    if max(len(subject.mask), points) > INTRICATE:
        pixels = pixel_change(subject.mask, masks.counts(flat(parts), **subject.size), **subject.size)
        return level, Proposal(subject.key, title, words, parts=parts, pixels=pixels)
    change = difference(borders(subject.mask, **subject.size), parts)
    return level, Proposal(subject.key, title, words, parts=parts, change=change)


def as_mask(annotation: Annotation, size: tuple[int, int]) -> Proposal:
    """A label's polygon, or its box, as the mask of the pixels that it covers. Raises Refused.

    Of an intricate polygon it takes long: a thread is to ask.
    """
    width, height = size
    outline: Any = flat(annotation.polygons or (corners(annotation.bbox),))
    try:
        mask = masks.counts(outline, height=height, width=width)
    except LabelmendError as error:
        raise Refused(f"This label cannot become a mask: {error}.") from error
    area = masks.area(mask, height=height, width=width)
    if not area:
        raise Refused("This label covers no pixel of the picture, so it cannot become a mask.")
    what = "polygon" if annotation.polygons else "box"
    intricate = is_intricate(annotation.polygons)
    return Proposal(
        annotation.key,
        f"make the {what} a mask",
        f"This label is a {what}: it would become a mask of {area:,} pixels.",
        rle=masks.written(mask, height=height, width=width),
        pixels=pixel_change(mask, mask, height=height, width=width) if intricate else None,
    )
