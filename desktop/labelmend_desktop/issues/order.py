"""Which issues the list shows and in which order: pure rules on columns, fast for a million rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from labelmend.words import counted

Column = Literal["score", "kind", "class", "image", "state"]
COLUMNS: tuple[Column, ...] = ("score", "kind", "class", "image", "state")

Rows = NDArray[np.int64]
_FEW, _PART = 10_000, 4
"""So few rows, or less than such a part of all, are put in order sooner than they are taken out of the order
of all."""


class Columns(Protocol):
    """What is read of the issue table: columns of equal length."""

    id: NDArray[np.int64]

    @property
    def called(self) -> NDArray[np.uint8]: ...  # noqa: D102
    @property
    def image(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def category(self) -> NDArray[np.int32]: ...  # noqa: D102
    @property
    def score(self) -> NDArray[np.float64]: ...  # noqa: D102

    status: NDArray[np.uint8]

    def rows_told(self, words: str) -> list[int]: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Chosen:
    """Certain labels that somebody wants to see, by the ids of their issues, and what they have in common.

    ``check``: they are judged so that the scores of all others follow when errors are found again.
    """

    title: str
    issues: Rows
    check: bool = False

    @property
    def words(self) -> str:
        """Which labels, and how many there are."""
        return f"{self.title}, {counted(len(self.issues))}"


@dataclass(frozen=True)
class Filter:
    """What the filter line asks for; None asks for nothing. Scores are kept from ``low`` to ``high``.

    ``called`` is what an issue is called, an index of `labelmend.find.issues.CALLED`.
    """

    called: int | None = None
    category: int | None = None
    status: int | None = None
    low: float = 0.0
    high: float = 1.0
    text: str = ""
    chosen: Chosen | None = None

    def is_empty(self) -> bool:
        """Whether everything passes."""
        return self == Filter()


@dataclass(frozen=True)
class Sorting:
    """The column that orders the list; equal ones come worst first."""

    column: Column = "score"
    descending: bool = True


class Names:
    """Names that the text filter searches and the class order needs, made ready once per project."""

    def __init__(self, *, called: Sequence[str], categories: Sequence[str], files: Sequence[str]) -> None:
        self._called = [name.casefold() for name in called]
        self._categories = [name.casefold() for name in categories]
        self._files = files
        order = sorted(range(len(categories)), key=self._categories.__getitem__)
        self.rank = np.empty(len(categories) + 1, np.int32)
        self.rank[order] = np.arange(len(categories))
        self.rank[-1] = len(categories)  # row -1: unknown, last

    def holds(self, text: str, columns: Columns) -> NDArray[np.bool_]:
        """Rows of which what they are called, the class, the file name or the note holds ``text``, (n,)."""
        text = text.strip().casefold()
        called = np.array([text in name for name in self._called], bool)
        categories = np.array([*(text in name for name in self._categories), False], bool)
        files = np.array([*(text in name.casefold() for name in self._files), False], bool)
        out: NDArray[np.bool_] = called[columns.called] | categories[columns.category] | files[columns.image]
        out[columns.rows_told(text)] = True
        return out


def passing(columns: Columns, rows: Rows, wanted: Filter, names: Names) -> Rows:
    """Those of ``rows`` that the filter lets through, in their order; scores are not looked at."""
    if replace(wanted, low=0.0, high=1.0).is_empty():
        return rows
    keep = np.ones(len(rows), bool)
    if wanted.called is not None:
        keep &= columns.called[rows] == wanted.called
    if wanted.category is not None:
        keep &= columns.category[rows] == wanted.category
    if wanted.status is not None:
        keep &= columns.status[rows] == wanted.status
    if wanted.chosen is not None:
        keep &= np.isin(columns.id[rows], wanted.chosen.issues)
    if wanted.text.strip():
        keep &= names.holds(wanted.text, columns)[rows]
    return rows[keep]


def between(columns: Columns, rows: Rows, wanted: Filter) -> Rows:
    """Those of ``rows`` whose score the filter lets through, in their order."""
    score = columns.score[rows]
    return rows[(score >= wanted.low) & (score <= wanted.high)]


def arranged(columns: Columns, rows: Rows, sorting: Sorting, names: Names) -> Rows:
    """``rows`` in the order of the list; ties by score, worst first, then by row."""
    rows = np.sort(rows, kind="stable")  # the quick one where they are in order
    # Issues lie nearly in the order of their scores, which this sort makes use of.
    rows = rows[np.argsort(-columns.score[rows], kind="stable")]
    return rows if sorting == Sorting() else _by_keys(columns, rows, sorting, names)


def _by_keys(columns: Columns, rows: Rows, sorting: Sorting, names: Names) -> Rows:
    """Rows that lie worst first in another order."""
    keys = _keys(columns, rows, sorting.column, names)
    if sorting.descending:
        keys = keys.max(initial=0) - keys
    # Digits of sixteen bits numpy sorts by counting: a million in a few milliseconds.
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    if keys.max(initial=0) >> 16:
        order = order[np.argsort((keys >> 16).astype(np.uint16)[order], kind="stable")]
    return rows[order]


def _keys(columns: Columns, rows: Rows, column: Column, names: Names) -> NDArray[np.integer[Any]]:
    """What rows that lie worst first are ordered by, from 0 on, below 2 ** 32."""
    if column == "score":
        score = columns.score[rows]
        levels = np.cumsum(np.diff(score, prepend=score[:1]) != 0)
        return np.asarray(levels.max(initial=0) - levels)
    if column == "class":
        return np.asarray(names.rank[columns.category[rows]])
    if column == "image":
        return columns.image[rows] + 1  # row -1: no image
    return (columns.called if column == "kind" else columns.status)[rows]


def place_of(columns: Columns, rows: Rows, row: int, sorting: Sorting, names: Names) -> int:
    """Where ``row`` belongs among rows that are `arranged`."""

    def key(other: np.int64 | int) -> tuple[float, float, int]:
        score, one = float(columns.score[other]), np.array([other])
        first = score if sorting.column == "score" else int(_keys(columns, one, sorting.column, names)[0])
        return (-first if sorting.descending else first), -score, int(other)

    return bisect_left(rows, key(row), key=key)


class Order:
    """Arranges rows after the order of all of them, which is remembered: that of a million takes its time.

    Any thread may `learn` it.
    """

    def __init__(self) -> None:
        self._since: tuple[NDArray[np.int64], Names] | None = None
        self._all: dict[Sorting, Rows] = {}

    def knows(self, columns: Columns, sorting: Sorting, names: Names) -> bool:
        """Whether the order of all rows is known; that of states, which change, is made of the usual one."""
        since = self._since
        known = since is not None and since[0] is columns.id and since[1] is names
        return known and (Sorting() if sorting.column == "state" else sorting) in self._all

    def learn(self, columns: Columns, sorting: Sorting, names: Names) -> None:
        """Put all rows in order: the usual one, which stays known, and the one that is asked for."""
        if self.knows(columns, sorting, names):
            return
        usual = Sorting()
        known = self._all.get(usual) if self.knows(columns, usual, names) else None
        if known is None:
            known = arranged(columns, np.arange(len(columns.id)), usual, names)
        kept = {usual: known}
        if sorting.column != "state" and sorting != usual:
            kept[sorting] = _by_keys(columns, known, sorting, names)
        self._since, self._all = (columns.id, names), kept

    def arranged(self, columns: Columns, rows: Rows, sorting: Sorting, names: Names) -> Rows:
        """The same as `arranged`."""
        if len(rows) < max(_FEW, len(columns.id) // _PART):
            return arranged(columns, rows, sorting, names)
        self.learn(columns, sorting, names)
        among = np.zeros(len(columns.id), bool)
        among[rows] = True
        if sorting in self._all:
            return self._all[sorting][among[self._all[sorting]]]
        usual = self._all[Sorting()]
        return _by_keys(columns, usual[among[usual]], sorting, names)
