"""Overlap of many pairs of masks at once, whichever pictures they are of, without visiting one by one."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from labelmend.geometry.masks import LARGEST, Rles, pieces

Array = npt.NDArray[np.int64]

AT_ONCE = 1 << 19
"""Bytes of masks that are unpacked at a time: each takes some hundred bytes of memory."""

_APART = 2 * LARGEST
"""So far the pixels of one mask lie from those of the next where all are put on one line."""


def iou_of_pairs(first: Rles, second: Rles, i: Array, j: Array) -> npt.NDArray[np.float64]:
    """IoU (n,) of mask i[k] of `first` with mask j[k] of `second`, both sound and of one picture.

    What pycocotools says of each pair: pixels that both hold over pixels that one holds, 0 where none does.
    """
    out = np.zeros(len(i))
    for part in _portions(np.diff(first.offsets)[i] + np.diff(second.offsets)[j]):
        out[part] = _iou(first, second, i[part], j[part])
    return out


def _portions(load: Array) -> Iterator[slice]:
    total = np.cumsum(load)
    begin = 0
    while begin < len(load):
        done = total[begin - 1] if begin else 0
        end = max(int(np.searchsorted(total, done + AT_ONCE, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end


def _iou(first: Rles, second: Rles, i: Array, j: Array) -> npt.NDArray[np.float64]:
    (rows_a, i), (rows_b, j) = _used(i, len(first)), _used(j, len(second))
    a, b = _Line(first.take(rows_a)), _Line(second.take(rows_b))
    few = a.count[i] <= b.count[j]  # the runs of one are looked up in the other
    shared = np.empty(len(i), np.int64)
    shared[few] = b.covered_by(a, j[few], i[few])
    shared[~few] = a.covered_by(b, i[~few], j[~few])
    out: npt.NDArray[np.float64] = shared / np.maximum(a.area[i] + b.area[j] - shared, 1)
    return out


def _used(rows: Array, n: int) -> tuple[Array, Array]:
    """Which of n rows are among these, and the place (k,) of each of these among them."""
    used = np.zeros(n, bool)
    used[rows] = True
    return np.flatnonzero(used), (np.cumsum(used) - 1)[rows]


class _Line:
    """The runs of masks, all on one line: where each begins, and how many pixels lie in those before it."""

    def __init__(self, masks: Rles) -> None:
        self.start, self.stop, self.first = pieces(masks)
        self.count = np.diff(self.first)
        self._before = np.concatenate([[0], np.cumsum(self.stop - self.start)])
        self.area = np.diff(self._before[self.first])
        self._place = self.start + np.repeat(np.arange(len(masks)), self.count) * _APART

    def covered_by(self, other: "_Line", mine: Array, others: Array) -> Array:
        """Pixels (n,) of mask mine[k] that lie in mask others[k] of `other`, which has no more runs."""
        n = other.count[others]
        total = np.concatenate([[0], np.cumsum(n)])
        run = np.arange(total[-1]) + np.repeat(other.first[others] - total[:-1], n)
        owner = np.repeat(mine, n)
        met = self._up_to(owner, other.stop[run]) - self._up_to(owner, other.start[run])
        out: Array = np.diff(np.concatenate([[0], np.cumsum(met)])[total])
        return out

    def _up_to(self, owner: Array, pixel: Array) -> Array:
        """Pixels of each owner, which has some, and of all masks before it that lie before this pixel."""
        run = np.searchsorted(self._place, owner * _APART + pixel) - 1
        run = np.maximum(run, self.first[owner])  # none begins before the pixel: nothing of the first is
        part = np.clip(pixel - self.start[run], 0, self.stop[run] - self.start[run])
        out: Array = self._before[run] + part
        return out
