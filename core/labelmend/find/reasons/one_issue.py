"""Issues one by one as plain numbers, for the sentences that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labelmend.find.issues import CODES, Issues


class OneIssue(NamedTuple):
    """An issue as plain numbers: read out of the columns one by one they take longer than the sentence."""

    row: int
    kind: int
    code: str
    category: int
    fix: int
    fix_category: int
    annotation: int
    other: int
    score: float
    cluster: int
    seen_by: int
    models: int
    tolerance: float
    bbox: tuple[float, ...]
    evidence: tuple[float, ...]


def one_by_one(issues: Issues, rows: NDArray[np.int64]) -> Iterator[OneIssue]:
    """Some issues of the columns, by their rows (k,)."""
    columns: dict[str, Iterable[Any]] = {"row": rows.tolist()}
    for name in OneIssue._fields[1:]:
        column = getattr(issues, name)[rows]
        # Boxes and evidence one after the other: a list of lists is work for the garbage collector.
        columns[name] = column.tolist() if column.ndim == 1 else zip(*column.T.tolist(), strict=True)
    columns["code"] = map(CODES.__getitem__, columns["code"])
    return map(OneIssue._make, zip(*columns.values(), strict=True))
