"""Spans: where every record of an array lies in the file's bytes, found without building the records."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from labelmend.coco.syntax import GAP, after_space, skip
from labelmend.errors import BadFile
from labelmend.progress import Progress, silent

SLICE = 4 << 20
"""Bytes of records that are looked at at a time: one Raw costs 110 bytes, whatever it stands for."""
REACH = 8 << 20
"""How far the end of a record is looked for before the record is walked by itself."""
LONGEST = 64 << 20
"""The longest record, in bytes, that is still believed."""

_BOUNDARY = re.compile(rb"\}[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_ENDINGS = b"]", b"]}]", b"]}}]", b"]}]}]"
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])
_VIEW: Callable[[Any], memoryview] = memoryview


_Places = npt.NDArray[np.int64]
_Pair = tuple[_Places, _Places]


@dataclass(frozen=True, slots=True)
class Spans:
    """An array in a file: `open`, `close`: the places of its brackets; record i is data[start[i]:end[i]]."""

    open: int
    close: int
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)


def find_spans(text: bytes, opening: int, closing: int, *, progress: Progress = silent) -> Spans:
    """Spans of the records between the brackets at `opening` and `closing` of valid JSON text.

    Raises BadFile for an array that is no list of records (millions of bare values, or a record above
    LONGEST).
    """
    starts, ends = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    at = after_space(text, opening + 1)
    while at < closing:
        start, end = _slice_spans(text, at, closing)
        starts.append(start)
        ends.append(end)
        gap = GAP.match(text, int(end[-1]))
        at = gap.end() if gap else closing
        progress(at, len(text))
    return Spans(opening, closing, np.concatenate(starts), np.concatenate(ends))


def _slice_spans(text: bytes, at: int, closing: int) -> _Pair:
    """Spans of one or more whole records from `at` on.

    A cut may fall inside a record, where that holds a list of objects: then the brackets that are open there
    are closed for the decoder, and the last, broken record is left to the next slice.
    """
    view = memoryview(text)
    for cut in _cuts(text, at, closing):
        for ending in _ENDINGS:
            try:
                raws = _RAWS.decode(b"".join((b"[", view[at:cut], ending)))
            except msgspec.DecodeError:
                continue
            if ending != b"]":
                raws.pop()
            if raws:
                return _from_lengths(text, at, raws)
    return _walk(text, at, closing)


def _cuts(text: bytes, at: int, closing: int) -> Iterator[int]:
    """Places where a slice from `at` may end: after a closing brace that is followed by another object."""
    if closing - at <= SLICE:
        yield closing
        return
    place = at + SLICE
    for _ in range(3):
        found = _BOUNDARY.search(text, place, min(at + REACH, closing))
        if not found:
            break
        yield found.start() + 1
        place = found.end()


def _walk(text: bytes, at: int, closing: int) -> _Pair:
    """Spans of records from `at` on, found token by token: slow, but sure."""
    start: list[int] = []
    end: list[int] = []
    place = at
    while place < closing and place - at < SLICE:
        if text[place] != ord("{"):
            raise BadFile(f"the array holds something that is no record at byte {place:,}")
        start.append(place)
        end.append(skip(text, place))
        if end[-1] - place > LONGEST:
            raise BadFile(f"the record at byte {place:,} is longer than {LONGEST >> 20} MB")
        match = GAP.match(text, end[-1])
        place = match.end() if match else closing
    return np.array(start, np.int64), np.array(end, np.int64)


def _from_lengths(text: bytes, at: int, raws: list[msgspec.Raw]) -> _Pair:
    """Spans from the records' lengths: all at once when every gap is the same bytes, else gap by gap."""
    n = len(raws)
    length = np.fromiter(map(len, map(_VIEW, raws)), np.int64, n)
    match = GAP.match(text, at + int(length[0])) if n > 1 else None
    gap = match[0] if match else b""
    start = at + np.concatenate([[0], np.cumsum(length[:-1] + len(gap))])
    end = start + length
    if end[-1] <= len(text) and _even(text, start, end, gap):
        return start, end
    place = at
    for i, size in enumerate(length.tolist()):
        start[i] = place
        place += size
        match = GAP.match(text, place)
        place = match.end() if match else place
    return start, start + length


def _even(text: bytes, start: _Places, end: _Places, gap: bytes) -> bool:
    """Whether every gap is exactly `gap`, and no record begins with what belongs to a longer gap."""
    at = int(start[0])
    data = np.frombuffer(text, np.uint8, int(end[-1]) - at, at)
    firsts, lasts = start - at, end[:-1] - at
    same = all(bool((data[lasts + k] == byte).all()) for k, byte in enumerate(gap))
    return same and not np.isin(data[firsts], np.frombuffer(b" \t\r\n", np.uint8)).any()
