"""Pairs annotations with the objects that the model believes in, one to one."""

from __future__ import annotations

import numpy as np

from labelmend.find.inputs import Bools, Floats, Ints

SAME_CLASS_IOU = 0.2
"""Loose on purpose: a shifted label is one location issue, not one spurious and one missing. What lies
further apart is two objects: of labels moved on purpose (see `moved`) one in thousands keeps less."""

ANY_CLASS_IOU = 0.35
"""What is said to be of another class must lie nearer: further off it is mostly another object."""

CLASS_SUPPORT = 0.3
"""Share of a hypothesis's score from which another class counts as fired too."""

SAME_CLASS = 0.25
"""What one class is worth beside IoU: of two objects that lie about as near, a label is of the one of its
class. A label aside takes no object from one that it fits, though it is said to be of another class."""

SURE = 0.1
"""What a score of 1 is worth beside IoU when two hypotheses want one annotation."""


def match(
    annotation: Ints,
    hypothesis: Ints,
    iou: Floats,
    *,
    same_class: Bools,
    score: Floats,
    n_annotations: int,
) -> Ints:
    """The hypothesis (n_annotations,) of each annotation, -1 for none.

    Pairs are rows of annotation, hypothesis, iou and same_class, and score is the hypothesis's own of
    each pair. Pairs of the same class may lie further apart than others, and go first where they lie alike.
    """
    near = iou >= np.where(same_class, SAME_CLASS_IOU, ANY_CLASS_IOU)
    on = np.flatnonzero(near)
    value = iou[on] + SURE * score[on] + SAME_CLASS * same_class[on]
    chosen = on[one_to_one(annotation[on], hypothesis[on], value)]
    got = np.full(n_annotations, -1, np.int64)
    got[annotation[chosen]] = hypothesis[chosen]
    return got


def one_to_one(left: Ints, right: Ints, value: Floats) -> Ints:
    """Rows (k,) of the pairs (n,) that a greedy choice by falling value takes, each left and right once.

    In rounds: a pair that is the best one left for both its ends is what the greedy choice would take,
    so all such pairs are taken at once. Of equal values the earlier row goes first.
    """
    order = np.argsort(-value, kind="stable")
    left, right = left[order], right[order]
    best_left = np.zeros(int(left.max(initial=-1)) + 1, np.int64)
    best_right = np.zeros(int(right.max(initial=-1)) + 1, np.int64)
    used_left, used_right = np.zeros(len(best_left), bool), np.zeros(len(best_right), bool)
    live, taken = np.arange(len(order)), []
    while len(live):
        backward = live[::-1]
        best_left[left[backward]] = backward  # the last writer wins: the best pair of each end
        best_right[right[backward]] = backward
        new = live[(best_left[left[live]] == live) & (best_right[right[live]] == live)]
        taken.append(new)
        used_left[left[new]] = True
        used_right[right[new]] = True
        live = live[~used_left[left[live]] & ~used_right[right[live]]]
    return order[np.concatenate(taken)] if taken else np.zeros(0, np.int64)
