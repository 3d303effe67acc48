"""Compares what two people made of one label: in a word, by class, and by how far the shapes overlap."""

from typing import NamedTuple

import numpy as np

from labelmend.errors import BadFile
from labelmend.geometry import masks
from labelmend.geometry.boxes import iou_pairs
from labelmend.geometry.differences import region
from labelmend.project.annotation import Annotation
from labelmend.project.project import Project
from labelmend.review.opinions import Judged, Word, limit


class Compared(NamedTuple):
    """Two answers about a label: a word each; where both left it there, a class each, and the IoU.

    enough: whether the IoU is as large as it has to be.
    """

    words: tuple[Word, Word]
    classes: tuple[str, str] | None
    iou: float | None
    enough: bool

    @property
    def alike(self) -> bool:
        """Whether both say the same; who cannot tell agrees with nobody."""
        one, other = self.words
        same_class = self.classes is None or self.classes[0] == self.classes[1]
        return one == other != "cannot tell" and same_class and self.enough


def word(project: Project, key: int, judged: Judged) -> Word:
    """What somebody says of a label, by what became of it."""
    if judged.verdict == "ambiguous":
        return "cannot tell"
    original = project.original(key)
    if judged.record == original:
        return "no error"
    return "deleted" if judged.record is None else "added" if original is None else "changed"


def compare(project: Project, key: int, one: Judged, other: Judged) -> Compared:
    """The two answers side by side; `one` is what the other is measured by.

    `key` is a label of the source, or NO_KEY for a place where one was missing. The IoU is that of the masks
    where both are masks, of the polygons where both are, else of the boxes.
    """
    words = (word(project, key, one), word(project, key, other))
    if one.record is None or other.record is None or "cannot tell" in words:
        return Compared(words, None, None, True)
    a, b = (project.read_annotation(key, record) for record in (one.record, other.record))
    classes = (class_name(project, a.category), class_name(project, b.category))
    if one.record == other.record:
        return Compared(words, classes, 1.0, True)
    shared, original = shape_iou(project, a, b), project.original(key)
    was = 1.0  # it came right
    if original is not None and original != one.record:
        was = shape_iou(project, project.read_annotation(key, original), a)
    return Compared(words, classes, shared, shared >= limit(was))


def class_name(project: Project, category: int) -> str:
    """A class by its row."""
    names = project.categories.name
    return names[category] if 0 <= category < len(names) else "unknown class"


def shape_iou(project: Project, a: Annotation, b: Annotation) -> float:
    """The area that two shapes of a label share over what they cover together; 1 of one box without area."""
    shared = _mask_iou(project, a, b)
    if shared is not None:
        return shared
    if a.polygons and b.polygons:
        one, other = region(a.polygons), region(b.polygons)
        whole = one.union(other).area
        return float(one.intersection(other).area / whole) if whole > 0 else 0.0
    if np.array_equal(a.bbox, b.bbox, equal_nan=True):
        return 1.0
    boxes = np.array([a.bbox, b.bbox])
    return float(iou_pairs(boxes[:1], boxes[1:])[0]) if np.isfinite(boxes).all() else 0.0


def _mask_iou(project: Project, a: Annotation, b: Annotation) -> float | None:
    """The same of two masks; None where they are none, or cannot be used."""
    size = project.declared_size(a.image)
    if a.rle is None or b.rle is None or size is None:
        return None
    width, height = size
    try:
        both = [masks.counts(one.rle, height=height, width=width) for one in (a, b)]
    except BadFile:
        return None
    return float(masks.iou(both[:1], both[1:], height=height, width=width, crowd=[False])[0, 0])
