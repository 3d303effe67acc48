"""Identity: ids of any JSON kind compared as Python compares them, and references joined to rows."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

NUMBER = re.compile(r"(0|-?[1-9]\d*)\Z", re.ASCII)
ODD = -(1 << 63)
"""In a column of ids: this id is no int64; the real one is among the odd ones."""


@dataclass(slots=True)
class Ids:
    """A column of ids: int64 where they fit, else ODD there and the value (None: no id) in `odd` by row."""

    value: npt.NDArray[np.int64]
    odd: dict[int, Any] = field(default_factory=dict)

    def of(self, row: int) -> Any:
        """The id of a row as the file has it."""
        return self.odd[row] if row in self.odd else int(self.value[row])

    def put(self, row: int, identity: Any) -> None:
        """Set the id of a row: 5.0 is 5, but neither is "5" or true."""
        identity = whole(identity)
        if type(identity) is int and ODD < identity < 1 << 63:
            self.value[row] = identity
        else:
            self.value[row] = ODD
            self.odd[row] = identity


def whole(identity: Any) -> Any:
    """An id as a whole number where it is one that is written with a point, as 5.0; else as it is."""
    return int(identity) if type(identity) is float and identity.is_integer() else identity


def key(identity: Any) -> Any:
    """Something hashable that is equal for equal odd ids only."""
    return identity if type(identity) is int else json.dumps(identity)


def in_other_form(identity: Any) -> Any:
    """The same id as a text where it is a number, and as a number where it is the text of one; else None."""
    if type(identity) is int:
        return str(identity)
    whole_number = isinstance(identity, str) and len(identity) < 19 and NUMBER.match(identity)
    return int(identity) if whole_number else None


class Joiner:
    """Finds the rows of referenced ids; of several rows with one id the last, as a Python dict has it.

    Some writers have ids as numbers here and as texts there: what is no id as it is written is asked for in
    the other form. rows (n,): what the rows of the ids stand for, where not for themselves.
    """

    def __init__(self, to: Ids, rows: npt.NDArray[np.int32] | None = None) -> None:
        own = np.arange(len(to.value), dtype=np.int32) if rows is None else rows
        order = np.argsort(to.value, kind="stable")
        self._sorted, self._own = to.value[order], own[order]
        self._odd = {key(odd): int(own[row]) for row, odd in to.odd.items() if odd is not None}
        self._asked: dict[Any, int] = {}

    def rows(self, references: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """The row of each plain reference, or -1."""
        found = np.full(len(references), -1, np.int32)
        if len(self._sorted):
            place = np.maximum(np.searchsorted(self._sorted, references, "right") - 1, 0)
            found = np.where(self._sorted[place] == references, self._own[place], np.int32(-1))
        for at in np.flatnonzero(found < 0).tolist() if self._odd else ():
            found[at] = self._odd.get(key(in_other_form(int(references[at]))), -1)
        return found

    def row(self, identity: Any) -> int:
        """The row of one reference of any kind, or -1."""
        asked = type(identity), identity if type(identity) in (int, str) else key(identity)
        if asked not in self._asked:
            self._asked[asked] = self._row(identity)
        return self._asked[asked]

    def _row(self, identity: Any) -> int:
        if type(identity) is int and ODD < identity < 1 << 63:
            return int(self.rows(np.array([identity], np.int64))[0])
        if identity is None:
            return -1
        found, other = self._odd.get(key(identity), -1), in_other_form(identity)
        if found < 0 and other is not None:
            is_plain = type(other) is int
            return self._row(other) if is_plain else self._odd.get(key(other), -1)
        return found

    def join(self, references: Ids) -> npt.NDArray[np.int32]:
        """The row of each reference, or -1."""
        rows = self.rows(references.value)
        for place, odd in references.odd.items():
            rows[place] = self.row(odd)
        return rows


def repeated(ids: Ids) -> dict[int, int]:
    """The rows whose id an earlier row has, each with that first row."""
    order = np.argsort(ids.value, kind="stable")
    values = ids.value[order]
    same = np.flatnonzero((values[1:] == values[:-1]) & (values[1:] != ODD)) + 1
    first = order[np.searchsorted(values, values[same], "left")]
    found = dict(zip(order[same].tolist(), first.tolist(), strict=True))
    seen: dict[Any, int] = {}
    for row, odd in ids.odd.items():
        if odd is not None and seen.setdefault(key(odd), row) != row:
            found[row] = seen[key(odd)]
    return dict(sorted(found.items()))


def fresh(ids: Ids, *, taken: Mapping[Any, Any] | set[Any] | frozenset[Any] = frozenset()) -> int | str:
    """An id that no row and nothing in `taken` has: the next integer, or a text where all ids are texts."""
    used = set(map(whole, taken)) | {odd for odd in ids.odd.values() if isinstance(odd, (int, str))}
    plain = ids.value[ids.value != ODD]
    numbers = [int(plain.max())] if len(plain) else []
    numbers += [one for one in used if type(one) is int and one < 1 << 63]
    texts = [one for one in used if isinstance(one, str)]
    if texts and not numbers:
        known = [int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < 19]
        nxt = max(known, default=0) + 1
        while str(nxt) in used:
            nxt += 1
        return str(nxt)
    nxt = max([0, *numbers]) + 1
    if nxt < 1 << 63:
        return nxt
    every = set(plain.tolist()) | used
    return next(number for number in range(1, len(every) + 2) if number not in every)
