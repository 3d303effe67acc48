"""All issues of a project as columns, with the state of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import (
    CODES,
    KINDS,
    Issues,
    called_in,
    empty,
    group_of,
    is_card,
    issues,
)
from labelmend.find.kinds.structure import told_twice
from labelmend.find.reasons.sentences import sentences, short
from labelmend.project.history import AUDIT, LOOK, Note
from labelmend.review.states import FLAGGED, QUEUES, STATUS_INDEX, STATUSES, Queue, Standing, Status

_UNSUSPECTED = (AUDIT, LOOK)
"""Kinds of notes on labels of which nothing is suspected: in the columns structure, by codes of their own."""
GONE = 255
"""The status code of an issue that a person noted and took back: it is in no queue."""

ROOM = 1024
"""Rows of room behind the last one: a note does not copy a million rows."""


class IssueTable:
    """Found issues first, noted ones after; rows keep their numbers while the program runs.

    Columns: id (n,) int64; status (n,) uint8, index in STATUSES or GONE; called (n,) uint8, index in CALLED;
    and those of find.Issues. all_parts (k,): rows of what is part of a label over several objects.
    """

    def __init__(
        self,
        found: Issues,
        ids: NDArray[np.int64],
        *,
        categories: Sequence[str],
        texts: Mapping[int, str],
        name: Callable[[int], str] = str,
        file: Callable[[int], str] = str,
    ) -> None:
        self._name = name
        self._file = file
        self._categories = categories
        self._texts = dict(texts)
        self._noted: set[int] = set()
        self.columns = found
        self.id = ids
        self.called = called_in(found)
        self.status = np.zeros(len(ids), np.uint8)
        self._stands = np.zeros(len(ids), np.int32)  # places in _standings, which holds each value once
        self._standings = {FLAGGED: 0}
        cards = np.flatnonzero(is_card(found) & (found.cluster >= 0)).tolist()
        self._card_of = {int(found.cluster[row]): row for row in cards}
        self._group_of = group_of(found)
        self.all_parts = np.flatnonzero(self._group_of >= 0)
        self._groups = frozenset(self._group_of[self.all_parts].tolist())
        self._repeats = np.flatnonzero(told_twice(found))
        self._sort()
        self._room: dict[str, NDArray[Any]] = {}
        self._append(empty(), ids[:0])

    def _sort(self) -> None:
        self._order = np.argsort(self.id, kind="stable")
        self._sorted = self.id[self._order]

    def __len__(self) -> int:
        return len(self.id)

    kind = property(lambda self: self.columns.kind)
    image = property(lambda self: self.columns.image)
    annotation = property(lambda self: self.columns.annotation)
    other = property(lambda self: self.columns.other)
    category = property(lambda self: self.columns.category)
    score = property(lambda self: self.columns.score)
    bbox = property(lambda self: self.columns.bbox)
    fix = property(lambda self: self.columns.fix)
    cluster = property(lambda self: self.columns.cluster)

    def row_of(self, issue: int) -> int:
        """The row of an issue; -1 when there is none of that id."""
        at = int(np.searchsorted(self._sorted, issue))
        return int(self._order[at]) if at < len(self._sorted) and self._sorted[at] == issue else -1

    def rows_of(self, issues: NDArray[np.int64]) -> NDArray[np.int64]:
        """`row_of` of many issues (k,)."""
        if not len(self):
            return np.full(len(issues), -1)
        at = np.minimum(np.searchsorted(self._sorted, issues), len(self) - 1)
        return np.where(self._sorted[at] == issues, self._order[at], -1)

    def rows_on(self, key: int) -> NDArray[np.int64]:
        """Rows of the issues about this annotation."""
        return np.flatnonzero(self.columns.annotation == key)

    def is_card(self, row: int) -> bool:
        """Whether this issue stands for a cluster of others."""
        return row >= 0 and self._card_of.get(int(self.columns.cluster[row])) == row

    def are_cards(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """`is_card` of some rows (k,)."""
        return np.isin(rows, np.fromiter(self._card_of.values(), np.int64, len(self._card_of)))

    def members(self, row: int) -> NDArray[np.int64]:
        """Rows of the issues that this card stands for; none for any other issue."""
        if not self.is_card(row):
            return np.zeros(0, np.int64)
        rows = np.flatnonzero(self.columns.cluster == self.columns.cluster[row])
        return np.asarray(rows[rows != row], np.int64)

    def group_of(self, row: int) -> int:
        """The row of the label over several objects that this missing one is part of; -1 for none."""
        return int(self._group_of[row])

    def parts(self, row: int) -> NDArray[np.int64]:
        """Rows of the missing labels that are part of this label over several objects, likeliest first."""
        if row not in self._groups:
            return np.zeros(0, np.int64)
        rows = np.flatnonzero(self._group_of == row)
        return np.asarray(rows[np.lexsort((rows, -self.columns.score[rows]))], np.int64)

    def is_folded(self, row: int) -> bool:
        """Whether this issue is shown by another's card only: it is so while nobody judged that, and where it
        says the same, while nobody judged this one."""
        if row in self._repeats:
            return not self._stands[row]
        group = self._group_of[row]
        if group >= 0 and int(self.status[group]) == STATUS_INDEX["flagged"]:
            return True
        card = self._card_of.get(int(self.columns.cluster[row]), row)
        return card != row and int(self.status[card]) == STATUS_INDEX["flagged"]

    def folded(self) -> NDArray[np.bool_]:
        """`is_folded` of all rows, (n,)."""
        out = np.zeros(len(self), bool)
        open_ones = [n for n, row in self._card_of.items() if self.status[row] == STATUS_INDEX["flagged"]]
        if open_ones:
            out = np.isin(self.columns.cluster, open_ones)
            out[list(self._card_of.values())] = False
        out[self.all_parts] |= self.status[self._group_of[self.all_parts]] == STATUS_INDEX["flagged"]
        out[self._repeats] = self._stands[self._repeats] == 0
        return out

    def are_in(self, queue: Queue) -> NDArray[np.bool_]:
        """Which issues (n,) are in a queue, whoever looks."""
        out = np.zeros(len(self), bool)
        for status in QUEUES[queue]:
            out |= self.status == STATUS_INDEX[status]
        return out

    def rows_in(self, queue: Queue) -> NDArray[np.int64]:
        """Rows of the issues in a queue, whoever looks."""
        return np.flatnonzero(self.are_in(queue))

    def where(self, rows: NDArray[np.int64], holds: Callable[[Standing], bool]) -> NDArray[np.int64]:
        """Those of some rows whose standing a rule holds for: it is asked once for all that stand alike."""
        said = np.array([holds(standing) for standing in self._standings], bool)
        if not said.any():
            return rows[:0]
        return np.asarray(rows[said[self._stands[rows]]])

    def status_of(self, row: int) -> Status | None:
        """The state of a row, None for one that was taken back."""
        code = int(self.status[row])
        return None if code == GONE else STATUSES[code]

    def kind_of(self, row: int) -> str:
        """The kind of a row, as a word."""
        return KINDS[int(self.columns.kind[row])]

    def counts(self) -> dict[str, int]:
        """How many issues there are of each kind, the kinds without any left out; nothing is suspected of
        what was drawn for an audit."""
        unsuspected = np.isin(self.columns.code, [CODES.index(kind) for kind in _UNSUSPECTED])
        kinds = self.columns.kind[(self.status != GONE) & ~unsuspected]
        number = np.bincount(kinds, minlength=len(KINDS)).tolist()
        return {kind: n for kind, n in zip(KINDS, number, strict=True) if n}

    def text(self, issue: int) -> str:
        """The sentence that was written down with an issue; empty when it follows from the columns."""
        return self._texts.get(issue, "")

    def rows_told(self, words: str) -> list[int]:
        """Rows of the issues whose written sentence holds these words, whatever their case."""
        words = words.casefold()
        rows = (self.row_of(issue) for issue, text in self._texts.items() if words in text.casefold())
        return [row for row in rows if row >= 0]

    def sentence(self, row: int) -> str:
        """Why this is an issue, in one sentence with its numbers."""
        return self.sentences(np.array([row]))[0]

    def sentences(self, rows: NDArray[np.int64]) -> list[str]:
        """`sentence` of many rows (k,)."""
        texts = [self._texts.get(issue) for issue in self.id[rows].tolist()]
        said = sentences(
            self.columns,
            rows[[not text for text in texts]],
            categories=self._categories,
            name=self._name,
            file=self._file,
        )
        others = iter(said)
        return [text or next(others) for text in texts]

    def short(self, row: int) -> str:
        """The same in a few words."""
        text = self._texts.get(int(self.id[row]))
        if text is None:
            return short(self.columns, row, categories=self._categories)
        return text if len(text) <= 48 else text[:47].rstrip() + "…"

    def note(self, row: int) -> Note:
        """A row as a note: for whoever has not found it, or has it no longer."""
        x, y, w, h = self.columns.bbox[row].tolist()
        return Note(
            int(self.id[row]),
            self.kind_of(row),
            int(self.columns.image[row]),
            int(self.columns.annotation[row]),
            int(self.columns.category[row]),
            (x, y, w, h),
            self.sentence(row),
        )

    # ---------------------------------------------------------------- used by the project only
    def still(self) -> "IssueTable":
        """A copy that the next steps do not change."""
        other = copy(self)
        other.status, other._texts, other._noted = self.status.copy(), dict(self._texts), set(self._noted)
        other._stands, other._standings = self._stands.copy(), dict(self._standings)
        other._room = {}  # what is behind the rows is this table's
        return other

    def take_room(self, other: "IssueTable") -> None:
        """Go on in the room behind the rows of the table that this is a copy of, which is given up."""
        self._room = self._room or other._room

    def set_standings(self, standings: Mapping[int, Standing | None]) -> None:
        """Show the states that the history says."""
        rows = self.rows_of(np.fromiter(standings, np.int64, len(standings))).tolist()
        for row, (issue, standing) in zip(rows, standings.items(), strict=True):
            if row >= 0:
                untouched = GONE if issue in self._noted else STATUS_INDEX["flagged"]
                self.status[row] = untouched if standing is None else STATUS_INDEX[standing.status]
                self._stands[row] = self._standings.setdefault(standing or FLAGGED, len(self._standings))

    def add_notes(self, notes: Iterable[Note]) -> None:
        """Append noted issues; those already here keep their row."""
        new = [note for note in notes if self.row_of(note.id) < 0]
        if not new:
            return
        self._noted |= {note.id for note in new}
        self._texts |= {note.id: note.sentence for note in new}
        self._append(_columns(new), np.array([note.id for note in new], np.int64))

    def point_at(self, stands_for: Mapping[int, int]) -> None:
        """Have the issues about these labels be about those that stand for them."""
        if not stands_for:
            return
        old, new = np.array(sorted(stands_for.items())).T

        def pointed(column: NDArray[np.int64]) -> NDArray[np.int64]:
            at = np.searchsorted(old, column).clip(max=len(old) - 1)
            return np.where(old[at] == column, new[at], column)

        columns = self.columns
        self.columns = replace(columns, annotation=pointed(columns.annotation), other=pointed(columns.other))

    def _append(self, noted: Issues, ids: NDArray[np.int64]) -> None:
        """Add rows that no history speaks of yet; none is a card, or part of a label over several objects."""
        columns = {f.name: (getattr(self.columns, f.name), getattr(noted, f.name)) for f in fields(Issues)}
        self.columns = Issues(**{name: self._longer(name, *pair) for name, pair in columns.items()})
        self.called = self._longer("called", self.called, called_in(noted))
        self.id = self._longer("id", self.id, ids)
        self.status = self._longer("status", self.status, np.full(len(ids), GONE, np.uint8))
        self._stands = self._longer("stands", self._stands, np.zeros(len(ids), np.int32))
        self._group_of = self._longer("group", self._group_of, np.full(len(ids), -1, np.int64))
        if (np.diff(np.r_[self._sorted[-1:], ids]) > 0).all():
            rows = np.arange(len(self) - len(ids), len(self))
            self._order = self._longer("order", self._order, rows)
            self._sorted = self._longer("sorted", self._sorted, ids)
        else:
            self._sort()

    def _longer(self, name: str, rows: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
        """These rows of a column and more, put into the room behind them while it lasts."""
        held, size = self._room.get(name), len(rows) + len(more)
        if held is None or rows.base is not held or len(held) < size:
            held = self._room[name] = np.empty((size + ROOM, *rows.shape[1:]), rows.dtype)
            held[: len(rows)] = rows
        held[len(rows) : size] = more
        return held[:size]


def _columns(notes: Sequence[Note]) -> Issues:
    columns = issues(
        0,
        np.ones(len(notes)),
        image=[note.image for note in notes],
        annotation=[note.annotation for note in notes],
        category=[note.category for note in notes],
        bbox=[note.bbox for note in notes],
    )
    kinds = ["structure" if note.kind in _UNSUSPECTED else note.kind for note in notes]
    codes = [note.kind if note.kind in _UNSUSPECTED else "no_picture" * note.no_picture for note in notes]
    return replace(
        columns,
        kind=np.array([KINDS.index(kind) for kind in kinds], np.uint8),
        code=np.array([CODES.index(code) for code in codes], np.uint8),
    )
