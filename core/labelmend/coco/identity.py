"""Identity: ids of any JSON kind compared as Python compares them, and references joined to rows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

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


class Joiner:
    """Finds the rows of referenced ids; of several rows with one id the last, as a Python dict has it."""

    def __init__(self, to: Ids) -> None:
        self._order = np.argsort(to.value, kind="stable").astype(np.int32)
        self._sorted = to.value[self._order]
        self._odd = {key(odd): row for row, odd in to.odd.items() if odd is not None}

    def rows(self, references: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """The row of each plain reference, or -1."""
        if not len(self._sorted):
            return np.full(len(references), -1, np.int32)
        place = np.maximum(np.searchsorted(self._sorted, references, "right") - 1, 0)
        return np.where(self._sorted[place] == references, self._order[place], np.int32(-1))

    def row(self, odd: Any) -> int:
        """The row of an odd reference, or -1."""
        return -1 if odd is None else self._odd.get(key(odd), -1)

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
