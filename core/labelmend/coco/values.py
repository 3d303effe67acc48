"""Tells values of records that nobody can mean: ids that are none, names and files that two records share."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from labelmend.coco.blocks import AnnotationBlock
from labelmend.coco.faults import FaultBook, shown
from labelmend.coco.identity import Ids, repeated


def tell_ids(book: FaultBook, array: str, ids: Ids, broken: list[int], advice: str) -> None:
    """Faults of identity: records that are no objects, records without an id or with none that can be, ids
    used twice."""
    for row in broken:
        book.tell(array, row, "not-an-object", "is not a record in braces; it is kept as it is and not used.")
    unreadable = set(broken)
    lacking = [row for row, odd in ids.odd.items() if odd is None and row not in unreadable]
    book.tell_rows(array, lacking, "no-id", f"has no id; {advice}", ids)
    strange = [row for row, odd in ids.odd.items() if odd is not None and not _can_be_an_id(odd)]
    what = f"has an id that is neither a whole number nor a text; {advice}"
    book.tell_rows(array, strange, "bad-id", what, ids)
    for row, first in repeated(ids).items():
        book.tell(
            array, row, "duplicate-id", f"has the same id as {array}[{first}]; {advice}", identity=ids.of(row)
        )


def _can_be_an_id(odd: object) -> bool:
    return type(odd) is int or (isinstance(odd, str) and bool(odd.strip()))


def tell_files_twice(book: FaultBook, names: list[str], ids: Ids) -> None:
    """Say which images have a picture that an earlier one has: the labels of one are missing in the other."""
    for first, *others in _alike(names):
        what = f"has the same file_name as images[{first}]; put the annotations of both under one of them."
        for row in others:
            book.tell("images", row, "same-file", what, identity=ids.of(row))


def part_names(book: FaultBook, names: list[str], ids: Ids, used: npt.NDArray[np.int64]) -> None:
    """Have every class a name of its own (names, changed in place), and say which had not: in lists, rates
    and tallies two classes of one name would be one.

    The one class with annotations of several keeps the name; each of the others is called by its id too.
    used (n,): how many annotations each has. Names that differ in capitals or spaces stay, and are told.
    """
    taken = set(names)
    for rows in _alike(names):
        with_labels = [row for row in rows if used[row]]
        for row in rows if len(with_labels) != 1 else (one for one in rows if one != with_labels[0]):
            name, identity = names[row], ids.of(row)
            names[row] = f"{name} (id {identity})"
            if identity is None or names[row] in taken:
                names[row] = f"{name} (categories[{row}])"
            taken.add(names[row])
            told = f"has a name that another category has too, {shown(name)}; here it is called"
            advice = "Give each a name of its own, or make them one category."
            book.tell(
                "categories", row, "same-name", f"{told} {shown(names[row])}. {advice}", identity=identity
            )
    for first, *others in _alike([name.strip().casefold() for name in names]):
        what = (
            f"has the name of categories[{first}] but for capitals or spaces, {shown(names[first])}; they "
            "stay two classes. If one is meant, make them one category."
        )
        for row in others:
            book.tell("categories", row, "like-name", what, identity=ids.of(row))


def _alike(texts: list[str]) -> Iterable[list[int]]:
    """The rows of each text that several rows have."""
    if len(set(texts)) == len(texts):
        return ()
    rows = defaultdict[str, list[int]](list)
    for row, text in enumerate(texts):
        if text:
            rows[text].append(row)
    return [some for some in rows.values() if len(some) > 1]


def tell_areas_and_flags(book: FaultBook, block: AnnotationBlock) -> None:
    """Say which annotations have an area that none can have, or an iscrowd that is no flag."""
    areas = sorted({*np.flatnonzero(block.area < 0).tolist(), *block.bad_areas})
    what = "has an area that is below 0 or no number; correct it in the file."
    book.tell_rows("annotations", areas, "bad-area", what, block.id)
    for row in block.odd_flags:
        read = "a crowd region" if block.crowd[row] else "no crowd region"
        what = f"has an iscrowd that is neither 0 nor 1; it is read as {read}. Correct it in the file."
        book.tell("annotations", row, "bad-flag", what, identity=block.id.of(row))


class ClassNames:
    """Finds classes by their names: as they are written, or else but for capitals and spaces around them.

    A name that several classes have but for these is none: nobody can tell which of them is meant.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._rows: dict[str, int] = {}
        self._loose: dict[str, int] = {}
        for row, name in enumerate(names):
            self._rows[name] = row if self._rows.get(name, row) == row else -1
            loose = name.strip().casefold()
            self._loose[loose] = row if self._loose.get(loose, row) == row else -1

    def row(self, name: str) -> int:
        """The row of the class of this name, or -1."""
        return self._rows.get(name, self._loose.get(name.strip().casefold(), -1))
