"""The sums over cases that regressions need, classes kept apart; the same with any number of cores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.inputs import Floats, Ints

Reals = NDArray[np.floating[Any]]
"""In double or in single precision."""

AT_ONCE = 4096
"""Cases that are summed at a time: their columns stay in the processor's cache."""

SMALL, SMALL_ROW = 200_000, 8_000
"""Multiplications in a product of two matrices, and of a matrix and a vector, that a BLAS does not split.

What is split among cores is rounded differently, and where cores are busy its threads wait for each other.
"""

WIDE = 32
"""Columns multiplied at a time: with fewer of them a portion holds more rows, and fewer are to be added."""


@dataclass(frozen=True)
class Squares:
    """Weighted sums of squares and products: of knots (w, w), classes by knots (k, w), of classes (k,)."""

    knots: Floats
    crossed: Floats
    classes: Floats

    def solve(self, of_knots: Floats, of_classes: Floats) -> tuple[Floats, Floats]:
        """What of the knots (w,) and of the classes (k,) gives these right-hand sides."""
        share = self.crossed / self.classes[:, None]
        left = self.knots - _products(share, self.crossed)
        knots = _solution(left, of_knots - (share * of_classes[:, None]).sum(axis=0))
        return knots, (of_classes - (self.crossed * knots).sum(axis=1)) / self.classes

    def inverse(self) -> tuple[Floats, Floats]:
        """The inverse (w, w) of what the classes leave of the knots, and the share (k, w) that they take."""
        share = self.crossed / self.classes[:, None]
        return _inverse(self.knots - _products(share, self.crossed)), share


@dataclass(frozen=True)
class Cases:
    """Rows of a design matrix x (n, w) sorted by class; order says which row of the input each one is.

    A class's own column, 1 in its cases, is never written out: a thousand classes cost no more than one.
    """

    x: Reals
    category: Ints
    order: Ints
    n_categories: int

    @staticmethod
    def of(x: Floats, category: Ints, n_categories: int) -> Cases:
        """The cases of this matrix, each of a class."""
        few = category.astype(np.uint16) if n_categories < 1 << 16 else category  # sorted without comparing
        order = np.argsort(few, kind="stable")
        return Cases(x[order], category[order], order, n_categories)

    def rough(self) -> Cases:
        """The same in single precision: squares take half the time, and are right to six digits."""
        return replace(self, x=self.x.astype(np.float32))

    def values(self, of_knots: Floats, of_classes: Floats) -> Floats:
        """What the model with these weights (w,) and (k,) says (n,) of each case."""
        return _times(self.x, of_knots) + of_classes[self.category]

    def sums(self, values: Floats) -> tuple[Floats, Floats]:
        """Sums of values (n,) times each column (w,), and by class (k,)."""
        of_classes: Floats = np.bincount(self.category, values, self.n_categories).astype(np.float64)
        return _products(values[:, None], self.x)[0], of_classes

    def leverage(self, squares: Squares) -> Floats:
        """By how much (n,) a push of 1 on each case moves what is fitted there, with these squares."""
        inverse, share = (part.astype(self.x.dtype) for part in squares.inverse())
        out = []
        for begin in range(0, len(self.x), AT_ONCE):
            rows = slice(begin, begin + AT_ONCE)
            own = self.x[rows] - share[self.category[rows]]
            pushed = [np.matmul(part, inverse) for part in _portions(own, own.shape[1])]
            there = np.concatenate([part.reshape(-1, own.shape[1]) for part in pushed])
            out.append((there * own).sum(axis=1))
        return np.concatenate(out) + 1 / squares.classes[self.category]

    def squares(self, weight: Floats, penalty: Floats, ridge: float) -> Squares:
        """Weighted sums of squares and products; penalty (w,) and ridge are added to the squares."""
        knots, crossed = np.diag(penalty), np.zeros((self.n_categories, self.x.shape[1]))
        for begin in range(0, len(self.x), AT_ONCE):
            rows = slice(begin, begin + AT_ONCE)
            x, category = self.x[rows], self.category[rows]
            weighted = x * weight[rows, None].astype(x.dtype)
            for k in range(0, x.shape[1], WIDE):  # the rest is its mirror image
                knots[k : k + WIDE, k:] += _products(weighted[:, k : k + WIDE], x[:, k:])
            for of_class in _runs(category):
                crossed[category[of_class.start]] += weighted[of_class].sum(axis=0)
        below = np.tril_indices(len(knots), -1)
        knots[below] = knots.T[below]
        classes: Floats = np.bincount(self.category, weight, self.n_categories).astype(np.float64) + ridge
        return Squares(knots, crossed, classes)


def _runs(category: Ints) -> Iterator[slice]:
    """The rows of each class, of some that are sorted by it."""
    ends = np.flatnonzero(np.r_[category[1:] != category[:-1], True]) + 1
    return map(slice, [0, *ends[:-1].tolist()], ends.tolist())


def _solution(a: Floats, b: Floats) -> Floats:
    """x (w,) with a x = b; a (w, w) is symmetric and positive, so its columns may be taken in any order.

    LAPACK does a few at a time, which no BLAS splits.
    """
    if len(b) <= WIDE:
        return np.asarray(np.linalg.solve(a, b), np.float64)
    beside = a[:WIDE, WIDE:]
    share = np.linalg.solve(a[:WIDE, :WIDE], np.concatenate([beside, b[:WIDE, None]], axis=1))
    less = _products(beside, share)
    rest = _solution(a[WIDE:, WIDE:] - less[:, :-1], b[WIDE:] - less[:, -1])
    return np.concatenate([share[:, -1] - (share[:, :-1] * rest).sum(axis=1), rest])


def _inverse(a: Floats) -> Floats:
    """The inverse of a (w, w), which is symmetric and positive, by blocks as in `_solution`."""
    if len(a) <= WIDE:
        return np.asarray(np.linalg.inv(a), np.float64)
    head, beside = np.linalg.inv(a[:WIDE, :WIDE]), np.ascontiguousarray(a[:WIDE, WIDE:])
    share = _products(head, beside)
    rest = _inverse(a[WIDE:, WIDE:] - _products(beside, share))
    cross = _products(np.ascontiguousarray(share.T), rest)
    first = head + _products(np.ascontiguousarray(cross.T), np.ascontiguousarray(share.T))
    return np.block([[first, -cross], [-cross.T, rest]])


def _products(a: Reals, b: Reals) -> Floats:
    """Sums (v, w) over the rows of a (n, v) and b (n, w), taken in portions of rows."""
    if a.shape[1] > WIDE:
        some = range(0, a.shape[1], WIDE)
        return np.concatenate([_products(np.ascontiguousarray(a[:, k : k + WIDE]), b) for k in some])
    out = np.zeros((a.shape[1], b.shape[1]))
    for left, right in zip(_portions(a, b.shape[1]), _portions(b, a.shape[1]), strict=True):
        out += np.matmul(left.transpose(0, 2, 1), right).sum(axis=0)
    return out


def _times(a: Reals, b: Floats) -> Floats:
    """a (n, w) times b (w,), in portions of rows."""
    return np.concatenate([np.matmul(part, b).reshape(-1) for part in _portions(a, 1)])


def _portions(a: Reals, width: int) -> tuple[Reals, Reals]:
    """The rows of a (n, w), whose products are `width` wide, as a stack of equal portions, and the rest."""
    few, many = sorted((a.shape[1], width))
    rows = max(min(SMALL // (few * many), SMALL_ROW // many), 1)
    whole = len(a) // rows * rows
    return a[:whole].reshape(-1, rows, a.shape[1]), a[None, whole:]
