"""From an id as the file has it to the row of its record, and back."""

from typing import Any

from labelmend.coco import identity
from labelmend.coco.identity import Ids


class RowsById:
    """The rows of one array by id, as identity.Joiner finds them."""

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
        value = identity.whole(value)
        found = self._rows.get(identity.key(value), -1)
        if found < 0 and (other := identity.in_other_form(value)) is not None:
            return self._rows.get(identity.key(other), -1)
        return found
