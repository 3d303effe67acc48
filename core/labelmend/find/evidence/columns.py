"""What the two files say about each annotation and each object the model sees: the columns all kinds use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, TypeVar

import numpy as np

from labelmend.find.evidence.parts import PARTS, Groups
from labelmend.find.evidence.pieces import Fragments
from labelmend.find.evidence.twins import Twins
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.workers.side_by_side import Together

EDGE = 0.003
"""A side this near to the image's border, as a share of the image, counts as cut off by it."""

ALONE = 0.3
"""Overlap with other annotations and surer objects up to which an object stands alone."""


@dataclass(frozen=True)
class Annotations:
    """One row an annotation that is no crowd. seen is the row of Objects it is matched with, or -1."""

    label: Ints
    category: Ints
    box: Floats
    seen: Ints
    iou: Floats
    own_score: Floats  # of the annotation's class at the matched object, or lying on it as well
    near: Floats  # largest IoU with any object; of labels that none is matched with, with any detection
    near_score: Floats  # the score of that one
    near_weight: Floats  # largest IoU x score
    crowded: Floats  # largest IoU with another annotation
    density: Ints  # annotations in the image
    kin: Ints  # other annotations of the same class in the image
    edge: Bools
    crowd: Bools  # it lies inside a crowd region
    covered: Bools  # the image has detections at all

    def __len__(self) -> int:
        return len(self.label)


@dataclass(frozen=True)
class Objects:
    """One row an object the model believes in. taken is the row of Annotations it is matched with, or -1."""

    detection: Ints
    category: Ints
    box: Floats
    score: Floats
    members: Ints
    taken: Ints
    iou: Floats
    other_iou: Floats  # largest IoU with an annotation that is not its own
    other_cover: Floats  # largest share of it inside such an annotation
    stronger: Floats  # largest IoU with an object of higher score
    weaker: Floats  # largest IoU with an object of lower score
    rival: Floats  # score of the second class as a share of the leading one's
    runner_up: Ints  # that second class, or -1
    company: Floats  # best score of another object of its class in the image
    kin: Ints  # annotations of its class in the image that are not its own
    crowd: Bools
    edge: Bools
    by_source: Floats  # (n, m) each model's best score of the class, 0 where it does not see the object

    def __len__(self) -> int:
        return len(self.detection)

    def alone(self) -> Bools:
        """Those (n,) that overlap nothing much but their own label: no part, no second box of an object."""
        touched = np.maximum(np.maximum(self.other_cover, self.other_iou), self.stronger)
        return np.asarray(touched < ALONE)


@dataclass(frozen=True)
class Evidence:
    """All that was collected, of one block or of the whole dataset."""

    annotations: Annotations
    objects: Objects
    twins: Twins
    groups: Groups
    fragments: Fragments
    joined: Groups  # made from sound neighbours, to learn from; annotation is the first of the two


Table = TypeVar("Table", Annotations, Objects, Twins, Groups, Fragments)


def join(parts: Sequence[Evidence], tick: Callable[[], None]) -> Evidence:
    """The evidence of several blocks as one, with the rows that name each other moved along."""
    before_a = np.cumsum([0, *(len(p.annotations) for p in parts)])
    before_o = np.cumsum([0, *(len(p.objects) for p in parts)])
    parts_of = {"annotation": before_a} | dict.fromkeys((*PARTS, "keeps"), before_o)
    shifts: dict[str, dict[str, Ints]] = {
        "objects": {"taken": before_a},
        "annotations": {"seen": before_o},
        "twins": {"first": before_a, "second": before_a},
        "groups": parts_of,
        "joined": parts_of,
        "fragments": {"object": before_o} | dict.fromkeys(PARTS, before_a),
    }
    with Together(tick) as together:  # copies of all columns: long ones take their time
        stacks: dict[str, Callable[[], Any]] = {
            name: together.begin(partial(_stack, [getattr(part, name) for part in parts], by, tick))
            for name, by in shifts.items()
        }
        return Evidence(**{name: stacked() for name, stacked in stacks.items()})


def _stack(tables: Sequence[Table], shifts: dict[str, Ints], tick: Callable[[], None]) -> Table:
    columns = {}
    for f in fields(tables[0]):
        tick()
        parts = [getattr(t, f.name) for t in tables]
        if f.name in shifts:
            parts = [np.where(p >= 0, p + by, -1) for p, by in zip(parts, shifts[f.name], strict=False)]
        columns[f.name] = np.concatenate(parts)
    return type(tables[0])(**columns)
