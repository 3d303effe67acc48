"""One label over two objects: two detections that hardly touch each other fill one annotation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmend.find.inputs import Floats, Ints
from labelmend.find.pairs import Pairs
from labelmend.geometry.boxes import iou_pairs

INSIDE = 0.75
"""Share of an object inside the label from which it counts as part of it."""

FILLS = 0.1
APART = 0.2
"""The two objects' own IoU may be this much at most."""


@dataclass(frozen=True)
class Groups:
    """Annotations with two objects in them: rows of Annotations and Objects, and the shares they fill."""

    annotation: Ints
    first: Ints
    second: Ints
    share_first: Floats
    share_second: Floats

    def __len__(self) -> int:
        return len(self.annotation)


def candidates(
    pairs: Pairs, cover_object: Floats, cover_label: Floats, *, taken: Ints, score: Floats, box: Floats
) -> Groups:
    """The surest object inside each annotation with the surest other one apart from it.

    pairs are (annotation, object), with the share of the object inside the annotation and the share of
    the annotation that it fills. Objects that belong to another annotation do not count.
    """
    free = (taken[pairs.second] < 0) | (taken[pairs.second] == pairs.first)
    on = np.flatnonzero((cover_object > INSIDE) & (cover_label > FILLS) & free)
    on = on[np.lexsort((pairs.second[on], -score[pairs.second[on]], pairs.first[on]))]
    lead, rest = _first_of_each(pairs.first, on)
    leader = np.full(int(pairs.first.max(initial=-1)) + 1, -1, np.int64)
    leader[pairs.first[lead]] = lead
    with_leader = leader[pairs.first[rest]]
    apart = iou_pairs(box[pairs.second[rest]], box[pairs.second[with_leader]]) < APART
    follow, _ = _first_of_each(pairs.first, rest[apart])
    lead = leader[pairs.first[follow]]
    return Groups(
        annotation=pairs.first[follow],
        first=pairs.second[lead],
        second=pairs.second[follow],
        share_first=cover_label[lead],
        share_second=cover_label[follow],
    )


def _first_of_each(index: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Rows, sorted by index, split into the first of each index and the others."""
    of = index[rows]
    first = np.r_[True, of[1:] != of[:-1]] if len(of) else np.zeros(0, bool)
    return rows[first], rows[~first]


def score(groups: Groups, *, iou: Floats, label: Floats, box: Floats, sure: Floats) -> Floats:
    """How likely (n,) each group is one label over two objects.

    iou (the annotation's with its own match) and label (its box) are by row of Annotations; box and sure
    (the model's score) by row of Objects.
    """
    a, b = groups.first, groups.second
    low = np.minimum(box[a, :2], box[b, :2])
    high = np.maximum(box[a, :2] + box[a, 2:], box[b, :2] + box[b, 2:])
    around = iou_pairs(np.concatenate([low, high - low], axis=1), label[groups.annotation])
    filled = np.maximum(groups.share_first + groups.share_second, around - 0.1)
    least = np.minimum(groups.share_first, groups.share_second)
    alike: Floats = (
        sure[a]
        * sure[b]
        * np.clip((filled - 0.6) / 0.25, 0, 1)
        * np.clip((least - 0.1) / 0.15, 0, 1)
        * np.clip((0.9 - iou[groups.annotation]) / 0.3, 0, 1)
    )
    return alike**2  # a resemblance in part is next to nothing, or every list would begin with chance groups
