"""Labels as text, to be put into another picture: COCO records, which people can read and write too."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.record import KNOWN, Shape, annotation_of
from labelmend.coco.syntax import loads
from labelmend.errors import BadFile, Refused
from labelmend.geometry import masks
from labelmend.geometry.polygons import Parts, bounds, moved
from labelmend.geometry.repainting import Cut, cut, encoded
from labelmend.project.editing import composed, edited, following
from labelmend.project.history import Edit, Step
from labelmend.project.project import Project
from labelmend.words import counted

MOST: Final = 10_000
"""So many labels are put into a picture at once."""
_LONGEST: Final = 100_000_000
_ASIDE: Final = 10.0
"""Pixels by which a label is put aside from one of its class that is there already in its very place."""
_NO_LABELS: Final = "The clipboard holds no labels: select some and copy them first (Ctrl+C)."


@dataclass(frozen=True, eq=False)
class _Read:
    """One label of the text: its class row, its box (4,) xywh and its outline, if it has one."""

    category: int
    bbox: NDArray[np.float64]
    polygons: Parts
    mask: Cut | None
    more: dict[str, Any]


def copied(project: Project, keys: Sequence[int]) -> str:
    """The labels and their classes as a COCO file has them, a record a line. Raises Refused for none."""
    records = [record for key in keys if (record := project.record(key)) is not None]
    if not records:
        raise Refused("There is no label to copy: select one first (click, or Tab).")
    rows = sorted({one.category for key in keys if (one := project.annotation(key)) and one.category >= 0})
    classes = [{"id": project.category_ids.id_of(row), "name": project.categories.name[row]} for row in rows]
    lines = ",\n".join(record.decode(errors="replace") for record in records)
    told = ",\n".join(json.dumps(one, ensure_ascii=False) for one in classes)
    return f'{{"annotations": [\n{lines}\n],\n"categories": [\n{told}\n]}}\n'


def paste(project: Project, text: str, image: int, *, size: tuple[float, float]) -> Step:
    """Add the labels of such a text to an image of this size (width, height), where they were.

    What would reach beyond the picture is moved into it; where a label of its class lies in the very place,
    as on the picture that it was copied from, it is put a little aside.
    Raises Refused for a text that holds no labels, or one that cannot be here: then none is added.
    """
    there = _boxes(project, image)
    labels = [_placed(label, size, there) for label in _read(project, text)]
    large = sum(label is None for label in labels)
    if large:
        word = "The label is" if len(labels) == 1 else f"All {counted(len(labels))} are"
        if large < len(labels):
            word = f"Of {counted(len(labels))} {large:,} {'is' if large == 1 else 'are'}"
        picture = f"this picture of {size[0]:g} × {size[1]:g} pixels"
        raise Refused(f"{word} larger than {picture}: nothing was pasted.")
    edits: list[Edit] = []
    identity: Any = None
    for label in labels:
        assert label is not None
        edit = _composed(project, image, label, size, beside=edits, identity=identity)
        edits.append(edit)
        identity = following(project, edit)
    return edited(project, f"paste {counted(len(edits))}", edits, kind="missing", issue=None)


# ---------------------------------------------------------------- reading
def _read(project: Project, text: str) -> list[_Read]:
    if not text.strip() or len(text) > _LONGEST:
        raise Refused(_NO_LABELS)
    try:
        told = loads(text.encode())
    except (ValueError, RecursionError):
        raise Refused(_NO_LABELS) from None
    names: dict[str, Any] = {}
    if isinstance(told, dict) and isinstance(told.get("annotations"), list):
        given = told.get("categories")
        classes = given if isinstance(given, list) else []
        names = {_id(one.get("id")): one.get("name") for one in classes if isinstance(one, dict)}
        told = told["annotations"]
    records = told if isinstance(told, list) else [told]
    if not records or not all(
        isinstance(one, dict) and ("bbox" in one or "segmentation" in one) for one in records
    ):
        raise Refused(_NO_LABELS)
    if len(records) > MOST:
        raise Refused(f"The clipboard holds {len(records):,} labels; paste {MOST:,} at most at once.")
    return [_label(project, one, names, place=place, of=len(records)) for place, one in enumerate(records, 1)]


def _id(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _label(
    project: Project, values: dict[str, Any], names: Mapping[str, Any], *, place: int, of: int
) -> _Read:
    which = "The label in the clipboard" if of == 1 else f"Label {place:,} of {of:,} in the clipboard"
    shape = annotation_of(json.dumps(values).encode())
    category = _category(project, shape.category_id, names, which)
    mask = _mask(shape, which)
    box = shape.bbox
    if mask is not None:
        high, wide = mask.pixels.shape
        box = np.array([mask.left, mask.top, wide, high], np.float64)
    elif shape.polygons:
        box = bounds(shape.polygons)
    if not np.isfinite(box).all() or not (box[2:] > 0).all():
        raise Refused(f"{which} has no box and no outline that can be drawn: nothing was pasted.")
    more = {name: value for name, value in values.items() if name not in KNOWN}
    if shape.crowd and mask is not None:
        more["iscrowd"] = 1
    return _Read(category, box, () if mask is not None else shape.polygons, mask, more)


def _category(project: Project, told: Any, names: Mapping[str, Any], which: str) -> int:
    """The class row: by its name where the text tells it, else by its id."""
    name = names.get(_id(told))
    if isinstance(name, str):
        rows = [row for row, own in enumerate(project.categories.name) if own == name]
        if not rows:
            raise Refused(
                f"{which} is of the class {name[:40]!r}, which is not in this project: nothing was pasted."
            )
        return rows[0]
    row = project.category_ids.row_of(told)
    if row < 0:
        raise Refused(f"{which} is of no class that this project has: nothing was pasted.")
    return row


def _mask(shape: Shape, which: str) -> Cut | None:
    if shape.rle is None:
        return None
    try:
        height, width = (int(side) for side in shape.rle["size"])
        counts = masks.counts(shape.rle, height=height, width=width)
        if masks.area(counts, height=height, width=width):
            return cut(counts, height=height, width=width)
    except (BadFile, KeyError, TypeError, ValueError, OverflowError):
        pass
    raise Refused(f"{which} has a mask that cannot be read: nothing was pasted.")


# ---------------------------------------------------------------- placing
def _boxes(project: Project, image: int) -> dict[int, NDArray[np.float64]]:
    """The boxes (n, 4) that are on an image, by class."""
    boxes: dict[int, list[NDArray[np.float64]]] = {}
    for one in project.annotations_of(image):
        boxes.setdefault(one.category, []).append(one.bbox)
    return {category: np.array(own) for category, own in boxes.items()}


def _placed(
    label: _Read, size: tuple[float, float], there: Mapping[int, NDArray[np.float64]]
) -> _Read | None:
    """The label within a picture; None where it is larger than that."""
    box, room = label.bbox, np.array(size, np.float64)
    if (box[2:] > room).any():
        return None
    corner = np.clip(box[:2], 0, room - box[2:])
    own = there.get(label.category, np.zeros((0, 4)))
    if np.isclose(own, [*corner, *box[2:]], atol=0.01).all(axis=1).any():
        # Where there is no room to the right or below, it goes the other way.
        aside = corner + _ASIDE
        corner = np.clip(np.where(aside + box[2:] > room, corner - _ASIDE, aside), 0, room - box[2:])
    by = corner - box[:2]
    mask = label.mask
    if mask is not None:
        by = np.round(by)
        mask = Cut(mask.pixels, mask.left + int(by[0]), mask.top + int(by[1]))
    polygons = moved(label.polygons, by) if by.any() else label.polygons
    return _Read(label.category, np.concatenate([box[:2] + by, box[2:]]), polygons, mask, label.more)


def _composed(
    project: Project,
    image: int,
    label: _Read,
    size: tuple[float, float],
    *,
    beside: Sequence[Edit],
    identity: Any,
) -> Edit:
    rle = None
    if label.mask is not None:
        width, height = (round(side) for side in size)
        rle = masks.written(encoded(label.mask, height=height, width=width), height=height, width=width)
    return composed(
        project,
        image,
        label.category,
        bbox=None if label.polygons or rle else label.bbox,
        polygons=label.polygons or None,
        rle=rle,
        beside=beside,
        identity=identity,
        more=label.more,
    )
