"""Which labels are selected: the one in hand, or several that are treated alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelmend_desktop.session import Session


class Selection:
    """``keys`` are the selected labels, in the order in which they were selected."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.keys: tuple[int, ...] = ()

    @property
    def only(self) -> int | None:
        """The label in hand: None while none or several are selected."""
        return self.keys[0] if len(self.keys) == 1 else None

    @property
    def several(self) -> tuple[int, ...]:
        """The selected labels where they are two or more, else ()."""
        return self.keys if len(self.keys) > 1 else ()

    def hold(self, key: int | None) -> None:
        """Have this one label in hand, or none; nobody is told."""
        self.keys = () if key is None else (key,)

    def take(self, keys: Iterable[int]) -> None:
        """Select these labels in place of those before."""
        keys = tuple(dict.fromkeys(keys))
        if keys == self.keys:
            return
        self.keys = keys
        if len(keys) > 1:
            self._session.editing = False
        self._session.selection_changed.emit()

    def toggle(self, key: int) -> None:
        """Select one more label, or one less."""
        others = [other for other in self.keys if other != key]
        self.take(others if key in self.keys else [*self.keys, key])

    def keep(self, wanted: Iterable[int]) -> None:
        """Let go of those labels that are none of these."""
        known = set(wanted)
        self.take(key for key in self.keys if key in known)

    def drop_deleted(self, changed: frozenset[int]) -> None:
        """Let go of those of the labels that just changed that are there no more; nobody is told."""
        project = self._session.project
        records = {} if project is None else project.state.records
        gone = {key for key in changed.intersection(self.keys) if records.get(key, b"") is None}
        self.keys = tuple(key for key in self.keys if key not in gone)
