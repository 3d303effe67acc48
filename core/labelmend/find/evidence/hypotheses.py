"""Gathers detections of one object: the objects that the model believes in, each with a score per class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labelmend.find.evidence.pairs import crossing_within, pair_iou
from labelmend.find.inputs import Bools, Floats, Ints
from labelmend.find.lots import lot
from labelmend.find.sorting import begins, by_group, in_order, settled

SAME_OBJECT = 0.65
"""IoU from which two detections are taken to be of one object, whatever their classes."""


LOOKS = 3
"""Classes of an object that are looked through one by one; most have no more, and any search takes longer."""


@dataclass(frozen=True)
class Votes:
    """The best score of every class at every hypothesis; key is hypothesis * n_categories + category."""

    key: Ints
    score: Floats
    n_categories: int

    def of(self, hypothesis: Ints, category: Ints) -> Floats:
        """The score (n,) of that class at that hypothesis; 0 where it has none."""
        out, key = np.zeros(len(hypothesis)), hypothesis * self.n_categories + category
        if not len(self.key):
            return out
        at, row, last = self._begin[hypothesis], np.arange(len(key)), len(self.key) - 1
        for _ in range(LOOKS):
            met = self.key[at]
            same, on = np.flatnonzero(met == key), np.flatnonzero((met < key) & (at < last))
            out[row[same]] = self.score[at[same]]
            row, at, key = row[on], at[on] + 1, key[on]
        at = np.minimum(np.searchsorted(self.key, key), last)
        out[row] = np.where(self.key[at] == key, self.score[at], 0.0)
        return out

    @cached_property
    def _begin(self) -> Ints:
        """Where the votes of each hypothesis begin."""
        count = np.bincount(self.key // self.n_categories)
        return np.cumsum(count) - count

    def second(self, n: int) -> tuple[Floats, Ints]:
        """Score (n,) and class of the second-best class at each hypothesis; 0, -1 where one alone fired."""
        owner = self.key // self.n_categories
        count = np.bincount(owner, minlength=n)
        score, category = np.zeros(n), np.full(n, -1, np.int64)
        two = np.flatnonzero(count > 1)
        rows = np.flatnonzero(count[owner] > 1)  # few: most hypotheses are of one class
        order = rows[np.lexsort((-self.score[rows], owner[rows]))]
        at = order[np.cumsum(count[two]) - count[two] + 1]
        score[two], category[two] = self.score[at], self.key[at] % self.n_categories
        return score, category


@dataclass(frozen=True)
class Hypotheses:
    """Objects by image, then falling score. head is the detection (row of the input) that stands for each.

    by_source (n, m) is each model's best score of the leading class, 0 where it does not see the object.
    """

    image: Ints
    box: Floats
    score: Floats
    category: Ints
    head: Ints
    members: Ints
    votes: Votes
    by_source: Floats

    def __len__(self) -> int:
        return len(self.score)


def gather(
    image: Ints,
    category: Ints,
    box: Floats,
    score: Floats,
    source: Ints,
    *,
    n_categories: int,
    n_sources: int,
    masked: Bools | None,
) -> Hypotheses:
    """Groups detections by non-maximum suppression over all classes.

    A hypothesis's box is the mean of its members of the leading class, weighted by squared score, which
    is steadier than any one of them. masked (n,) tells the detections that have a mask, None where masks are
    not compared: with it the box is the head's own (its mask's box), and of several models, some without
    masks, the surest detection of the leading class that has one is the head.
    """
    order = _in_order(image, category, box, score)
    image, category, box, score = image[order], category[order], box.take(order, axis=0), score[order]
    pairs = crossing_within(image, box)
    pairs = pairs.take(pair_iou(pairs, box, box) >= SAME_OBJECT)
    head = suppress(len(score), pairs.first, pairs.second)
    heads = np.flatnonzero(head == np.arange(len(score)))
    owner = np.searchsorted(heads, head)
    leading = category == category[head]
    shown = heads
    if masked is not None and n_sources > 1:
        shown = _with_mask(heads, owner, leading & masked[order])
    return Hypotheses(
        image=image[heads],
        box=box.take(shown, axis=0) if masked is not None else _mean_box(box, score, owner, leading),
        score=score[heads],
        category=category[heads],
        head=order[shown],
        members=np.bincount(owner, minlength=len(heads)),
        votes=_votes(owner, category, score, n_categories),
        by_source=_by_source(owner, source[order], score * leading, len(heads), n_sources),
    )


def _in_order(image: Ints, category: Ints, box: Floats, score: Floats) -> Ints:
    """Rows by image and falling score; of equal scores, what they hold decides who goes first."""
    order = by_group(image, -score)
    first = begins(image[order]) | begins(score[order])
    return settled(order, first, lambda rows: [category[rows], lot(box.take(rows, axis=0))])


def _with_mask(heads: Ints, owner: Ints, fit: Bools) -> Ints:
    """The first row (h,) of each hypothesis that is fit, its head where none is."""
    rows = np.flatnonzero(fit)
    first = np.full(len(heads), len(owner))
    np.minimum.at(first, owner[rows], rows)
    return np.where(first < len(owner), first, heads)


def suppress(n: int, strong: Ints, weak: Ints) -> Ints:
    """The head (n,) of each of n rows in falling strength, given pairs strong < weak that are too close.

    The result of visiting rows one by one, reached in as many rounds as the longest chain of pairs.
    """
    undecided, is_head = np.ones(n, bool), np.zeros(n, bool)
    s, w = strong, weak
    while undecided.any():
        waiting = np.zeros(n, bool)
        waiting[w] = True
        new = undecided & ~waiting
        is_head |= new
        undecided &= ~new
        undecided[w[is_head[s]]] = False
        live = undecided[w] & undecided[s]
        s, w = s[live], w[live]
    head = np.arange(n)
    on = np.flatnonzero(is_head[strong] & ~is_head[weak])
    order = on[np.argsort(-strong[on], kind="stable")]  # the strongest head is written last, and stays
    head[weak[order]] = strong[order]
    return head


def company(objects: Hypotheses) -> Floats:
    """The best score (n,) of another object of the same class in the same image; 0 where it is alone."""
    key = objects.image * (int(objects.category.max(initial=0)) + 1) + objects.category
    order = in_order(key)  # within an image the best come first already
    key, score = key[order], objects.score[order]
    n, new = len(order), begins(key)
    first = np.flatnonzero(new)[np.cumsum(new) - 1]
    at = np.where(first == np.arange(n), np.minimum(first + 1, n - 1), first)
    other = (at != np.arange(n)) & (first[at] == first)
    out = np.zeros(n)
    out[order] = np.where(other, score[at], 0.0)
    return out


def agreement(by_source: Floats, rows: Ints | slice = slice(None)) -> list[Floats]:
    """What several models say of each object, as columns for what is learned; none with one model.

    by_source (n, m) is each model's best score of the object's class, 0 where it does not see it. The
    columns: the share of models that see it, and the mean of their scores.
    """
    if by_source.shape[1] < 2:
        return []
    of = by_source[rows]
    return [(of > 0).mean(axis=1), of.mean(axis=1)]


def _mean_box(box: Floats, score: Floats, owner: Ints, of_leading_class: Bools) -> Floats:
    n = int(owner.max(initial=-1)) + 1
    weight = np.maximum(score, 1e-6) ** 2 * of_leading_class
    total = np.bincount(owner, weight, n)
    return np.stack([np.bincount(owner, weight * box[:, k], n) / total for k in range(4)], axis=1)


def _by_source(owner: Ints, source: Ints, score: Floats, n: int, n_sources: int) -> Floats:
    out = np.zeros(n * n_sources)
    np.maximum.at(out, owner * n_sources + source, score)
    return out.reshape(n, n_sources)


def _votes(owner: Ints, category: Ints, score: Floats, n_categories: int) -> Votes:
    key = owner * n_categories + category
    order = in_order(key)  # rows come in falling score
    key, score = key[order], score[order]
    first = np.flatnonzero(begins(key))
    return Votes(key[first], score[first], n_categories)
