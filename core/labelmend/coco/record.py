"""One record: read, changed in the fewest bytes, or written new in the style of its neighbours."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from labelmend.coco.blocks import four, is_set, number
from labelmend.coco.style import Styles
from labelmend.coco.syntax import Member, check_depth, loads, members
from labelmend.coco.wording import Wording, plain, wording_of
from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.polygons import bounds

KNOWN = "id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd"
"""The keys of an annotation whose meaning is known, in COCO's usual order of importance."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an annotation's record says.

    `bbox` (4,) xywh pixels, of its outline when it has none, else nan; a polygon part is (k, 2).

    `rle` is the segmentation when it is a mask. `values` is the whole record.
    """

    bbox: npt.NDArray[np.float64]
    polygons: tuple[npt.NDArray[np.float64], ...]
    rle: dict[str, Any] | None
    crowd: bool
    area: float | None
    category_id: Any
    image_id: Any
    id: Any
    values: dict[str, Any]


def read_record(record: bytes) -> dict[str, Any]:
    """The values of a record; raises BadFile when it is no object."""
    try:
        value = loads(record)
    except (ValueError, RecursionError):
        raise BadFile("This record cannot be read; repair it in the file.") from None
    if not isinstance(value, dict):
        raise BadFile("This record is no object in braces, so it has no values; repair it in the file.")
    return value


@lru_cache(4096)  # a step asks several times for what it is about, of thousands; nobody changes a shape
def annotation_of(record: bytes) -> Shape:
    """The shape of an annotation's record; what cannot be used of it is left out, never an error."""
    try:
        values = read_record(record)
    except BadFile:
        values = {}
    segmentation = values.get("segmentation")
    area = number(values.get("area"))
    parts = polygons_of(segmentation)
    rle = segmentation if isinstance(segmentation, dict) and segmentation.get("counts") else None
    bbox = np.array(four(values.get("bbox")))
    if not np.isfinite(bbox).all():
        bbox = bounds(parts) if parts else _bounds_of(rle)
    return Shape(
        bbox=bbox,
        polygons=parts,
        rle=rle,
        crowd=is_set(values.get("iscrowd")) or is_set(values.get("ignore")),
        area=None if math.isnan(area) else area,
        category_id=values.get("category_id"),
        image_id=values.get("image_id"),
        id=values.get("id"),
        values=values,
    )


def _bounds_of(rle: dict[str, Any] | None) -> npt.NDArray[np.float64]:
    """The box (4,) of a mask by its own size; nan of none and of one that cannot be read."""
    size = rle.get("size") if rle else None
    if (
        rle is None
        or not isinstance(size, list)
        or len(size) != 2
        or not all(type(one) is int for one in size)
    ):
        return np.full(4, np.nan)
    try:
        counts = masks.counts(rle, height=size[0], width=size[1])
    except BadFile:
        return np.full(4, np.nan)
    found = masks.bounds(counts, height=size[0], width=size[1])
    return found if (found[2:] > 0).all() else np.full(4, np.nan)


def polygons_of(segmentation: Any) -> tuple[npt.NDArray[np.float64], ...]:
    """The parts (k, 2) of a list of flat lists, or of one flat list, but those that cannot be used."""
    if not isinstance(segmentation, list):
        return ()
    if segmentation and all(type(one) in (int, float) for one in segmentation):
        segmentation = [segmentation]
    parts = []
    for part in segmentation:
        if not isinstance(part, list) or len(part) < 6 or len(part) % 2:
            continue
        points = _points(part)
        if np.isfinite(points).all():
            parts.append(points)
    return tuple(parts)


def _points(part: list[Any]) -> npt.NDArray[np.float64]:
    """The corners (k, 2) of a flat list, nan for what is no number."""
    if set(map(type, part)) == {float} and max(part) < 1e300 and min(part) > -1e300:
        return np.array(part).reshape(-1, 2)
    return np.array([number(one) for one in part]).reshape(-1, 2)


def patch(record: bytes, values: Mapping[str, Any], *, style: Styles) -> bytes:
    """The record with these values; every byte of a value that stays equal, and of all else, is kept.

    A value None leaves its key alone. A missing key goes after the last member; of duplicate keys the last is
    changed. Raises BadFile when the record is no object.
    """
    if record[:1] != b"{":
        raise BadFile("This record is no object in braces, so it cannot be changed; repair it in the file.")
    check_depth(record)
    own = members(record)
    place_of = {member.key: member for member in own}
    wording = wording_of(record, own=own)
    changes: list[tuple[int, int, bytes]] = []
    new: list[bytes] = []
    for key, value in values.items():
        if value is None:
            continue
        value, number_style = plain(value), style.get(key)
        if key in place_of:
            member = place_of[key]
            changes += wording.changes(record, member.start, member.end, value, number_style)
        else:
            new.append(wording.member(key, value, number_style))
    if new:
        end = own[-1].end if own else 1
        joined = wording.gap.join(new)
        changes.append((end, end, wording.gap + joined if own else joined))
    pieces: list[bytes] = []  # put together once: an outline has many numbers
    at = 0
    for start, stop, text in sorted(changes):
        pieces += record[at:start], text
        at = stop
    return b"".join([*pieces, record[at:]])


def compose(values: Mapping[str, Any], *, template: bytes | None, style: Styles) -> bytes:
    """A new record laid out as `template` is: its order of keys, its gaps; `values` alone are written."""
    usable = template if template is not None and template[:1] == b"{" else b"{}"
    own, wording = _layout(usable)
    place_of = {member.key: member for member in own}
    written = []
    order = [member.key for member in own if member.key in values]
    for key in dict.fromkeys([*order, *values]):
        if key is None or (value := values[key]) is None:
            continue
        like = place_of.get(key)
        example = usable[like.start : like.end] if like else None
        written.append(wording.member(key, plain(value), style.get(key), example=example))
    return b"{" + wording.lead + wording.gap.join(written) + wording.tail + b"}"


@lru_cache(8)
def _layout(template: bytes) -> tuple[list[Member], Wording]:
    """The members of a record and their gaps; of thousands of new records most have the same template."""
    check_depth(template)
    own = members(template)
    return own, wording_of(template, own=own) if own else Wording()
