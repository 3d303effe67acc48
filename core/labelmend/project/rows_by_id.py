"""From an id as the file has it to the row of its record, and back."""

from typing import Any

import numpy as np

from labelmend.coco import identity
from labelmend.coco.identity import Ids


class RowsById:
    """The rows of one array by id; of several rows with one id the last, as everywhere."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._rows: dict[Any, int] | None = None

    def id_of(self, row: int) -> Any:
        """The id of a row as the file has it."""
        return self._ids.of(row)

    def row_of(self, value: Any) -> int:
        """The row of an id, -1 when there is none."""
        if self._rows is None:
            self._rows = {identity.key(self._ids.of(row)): row for row in range(len(self._ids.value))}
        if type(value) is int and identity.ODD < value < 1 << 63:
            return self._rows.get(value, -1)
        one = Ids(np.zeros(1, np.int64))
        one.put(0, value)
        return self._rows.get(identity.key(one.of(0)), -1)
