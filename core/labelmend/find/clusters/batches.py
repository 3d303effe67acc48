"""Which images may have come together, read from their file names: an error of a batch is one error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from labelmend.find.inputs import Ints

WAYS = ("all", "folder", "prefix", "run", "pictures")
ALL, FOLDER, PREFIX, RUN, PICTURES = range(5)
"""How a batch hangs together: the whole file, a folder, names that begin alike, neighbours by name, or
pictures here and there that have the same fault. Stored with cards: new ones go to the end."""

NUMBERS = 3
"""So many numbers in a name may follow each other: camera, sequence, picture."""

MOST = 2000
"""With more batches in one way of parting, the names part single pictures."""

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Parting:
    """One way of parting the images: of (n,) is the number of each image's batch, names are theirs.

    detail is the depth of the folder (1: the outermost), or before which number in the name a prefix ends
    (1: the first); 0 for the other ways.
    """

    way: int
    detail: int
    of: Ints
    names: tuple[str, ...]


@dataclass(frozen=True)
class Batches:
    """partings: some ways of parting the images; rank (n,): the place of each image by its name."""

    partings: tuple[Parting, ...]
    rank: Ints


NO_BATCHES = Batches((), np.zeros(0, np.int64))


def batches(files: Sequence[str]) -> Batches:
    """The partings that the file names (one an image) offer; the same whatever the order of the images.

    Folders at each depth, and names up to each of their first numbers. Ways that part nothing, or into
    more than MOST or into single pictures, are left out, and those that part just as another does.
    """
    names = [name.replace("\\", "/") for name in files]
    found = [_parting(ALL, 0, ["" for _ in names])]
    deepest = max((name.count("/") for name in names), default=0)
    depths, places = range(1, min(deepest, 6) + 1), range(1, NUMBERS + 1)
    found += [_parting(FOLDER, depth, [_folder(name, depth) for name in names]) for depth in depths]
    prefixes = [_prefixes(name) for name in names]
    found += [_parting(PREFIX, place, [all_of[place - 1] for all_of in prefixes]) for place in places]
    some = found[:1]
    for parting in found[1:]:
        told_apart = 1 < len(parting.names) <= min(MOST, len(names) - 1)
        if told_apart and not any(np.array_equal(parting.of, other.of) for other in some):
            some.append(parting)
    if len({len(name) for name in names}) == 1:  # numbers are padded: the text's order is theirs
        order = sorted(range(len(names)), key=names.__getitem__)
    else:
        order = sorted(range(len(names)), key=lambda i: _natural(names[i]))
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    return Batches(tuple(some), rank)


def batch_in_words(way: int, detail: float, *, first: str, last: str) -> str:
    """Where a card's error is, as its sentence begins; first and last are file names of the batch.

    detail is the parting's, or how many pictures there are.
    """
    if way == FOLDER:
        return f"In batch '{_folder(first.replace(chr(92), '/'), int(detail))}'"
    if way == PREFIX:
        return f"In batch '{_prefix(first.replace(chr(92), '/'), int(detail))}…'"
    if way == RUN:
        return f"From '{first}' to '{last}'"
    if way == PICTURES:
        return f"In {detail:,.0f} pictures"
    return "In the whole file"


def _parting(way: int, detail: int, keys: list[str]) -> Parting:
    names = sorted(set(keys))
    number = {name: n for n, name in enumerate(names)}
    return Parting(way, detail, np.array([number[key] for key in keys], np.int64), tuple(names))


def _folder(name: str, depth: int) -> str:
    """The first folders of a path; a file that lies higher is in the folder it lies in."""
    parts = name.split("/")[:-1]
    return "/".join(parts[:depth]) + "/" if parts else "./"


def _prefix(name: str, place: int) -> str:
    return _prefixes(name)[place - 1]


def _prefixes(name: str) -> tuple[str, ...]:
    """The path up to each of the first NUMBERS numbers in the file's own name, or to its last one."""
    begin = name.rfind("/") + 1
    starts = [found.start() for found in islice(_DIGITS.finditer(name, begin), NUMBERS)]
    ends = starts or [max(name.rfind(".", begin), begin)]
    return tuple(name[:end] for end in ends + ends[-1:] * (NUMBERS - len(ends)))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that puts img_9 before img_10."""
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in _DIGITS.split(name)]
