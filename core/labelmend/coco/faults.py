"""Faults: what is wrong in a file that can still be used, each told in one sentence that names its place."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from labelmend.coco.identity import Ids

LIMIT = 200
"""At most this many faults of one code and array are told one by one; the others are counted in one more."""
FEW = 3
"""So many faults of one code and array are read out at a time; of more their number is."""
_LONGEST = 60
"""Letters of a value that a sentence carries."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `array` is images, categories, annotations, detections or file; `row` -1: a whole file.

    `number`: how many records it counts, where it is the last of many alike.
    """

    array: str
    row: int
    code: str
    sentence: str
    number: int = 1


def place(file: str, array: str, row: int, identity: object = None) -> str:
    """Where a record is, e.g. `a.json: annotations[17] (id 908)`; rows count from 0, as in JSON paths."""
    told = "" if identity is None else f" (id {shown(identity)})"
    return f"{file}: {array}[{row}]{told}"


def shown(value: object) -> str:
    """A value of the file as a sentence may carry it: short, on one line, strings in quotes."""
    try:
        told = str(value).lower() if isinstance(value, bool) else repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a number of thousands of digits"
    told = told.encode("utf-8", "backslashreplace").decode()
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


class FaultBook:
    """Collects the faults of one file; tells at most LIMIT of a kind one by one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._faults: list[Fault] = []
        self._count: Counter[tuple[str, str]] = Counter()

    def tell(self, array: str, row: int, code: str, what: str, *, identity: object = None) -> None:
        """Record one fault; `what` says what is wrong and what to do, the place is put before it."""
        self._count[array, code] += 1
        if self._count[array, code] <= LIMIT:
            where = place(self.file, array, row, identity) if row >= 0 else self.file
            self._faults.append(Fault(array, row, code, f"{where} {what}"))

    def tell_rows(self, array: str, rows: list[int], code: str, what: str, ids: Ids) -> None:
        """Tell what is wrong with each of these records; where most have it, once for all of them."""
        if len(rows) > max(FEW, len(ids.value) // 2):
            first = place(self.file, array, rows[0], ids.of(rows[0]))
            shared = f"has a fault that {len(rows):,} of its {len(ids.value):,} {array} share"
            self.tell("file", -1, code, f"{shared}: {first} {what}")
            return
        for row in rows:
            self.tell(array, row, code, what, identity=ids.of(row))

    def count(self, array: str, codes: Iterable[str]) -> int:
        """How many faults of these codes were told, the merely counted ones included."""
        return sum(self._count[array, code] for code in codes)

    def faults(self) -> list[Fault]:
        """All faults in the order they were told, then one for each kind that was cut off."""
        more = [
            Fault(
                array,
                -1,
                code,
                f"{self.file}: {n - LIMIT:,} more records of {array} have the fault “{code}”, "
                f"{n:,} in all; only the first {LIMIT} are listed.",
                n - LIMIT,
            )
            for (array, code), n in self._count.items()
            if n > LIMIT
        ]
        return self._faults + more


def in_short(faults: Iterable[Fault]) -> list[str]:
    """The sentences of all faults; of many records alike the first few, and how many more there are."""
    alike: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        alike[fault.array, fault.code].append(fault)
    told = []
    for (array, code), same in alike.items():
        whole = array == "file"  # each is of another file, or says another thing
        told += [fault.sentence for fault in (same if whole else same[:FEW])]
        more = sum(fault.number for fault in same[FEW:])
        if more and not whole:
            have = "1 more record of {} has" if more == 1 else f"{more:,} more records of {{}} have"
            told.append(f"{have.format(array)} the fault “{code}” too.")
    return told
