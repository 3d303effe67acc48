"""Which classes are hidden and which locked, and which labels are hidden one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from labelmend.errors import Refused
from labelmend.project.annotation import Annotation
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.words import counted

_NAMED = 12
"""So many classes are named one by one."""


class ClassFilter(QObject):
    """``hidden`` and ``locked`` are category rows, ``labels`` keys of annotations; nothing of it is kept.

    A hidden class is not drawn and cannot be selected; a locked one is drawn, but its labels cannot be
    selected or changed by hand. The suspect of the current issue is drawn all the same.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hidden: frozenset[int] = frozenset()
        self.locked: frozenset[int] = frozenset()
        self.labels: frozenset[int] = frozenset()

    def turn_eye(self, category: int) -> None:
        """Hide a class, or show it again."""
        self._set(hidden=self.hidden ^ {category})

    def turn_lock(self, category: int) -> None:
        """Lock a class, or unlock it."""
        self._set(locked=self.locked ^ {category})

    def only(self, category: int, *, of: int) -> None:
        """Show one of ``of`` classes and no other; where that is so already, show all again."""
        others = frozenset(range(of)) - {category}
        self._set(hidden=frozenset() if self.hidden == others else others)

    def hide_labels(self, keys: Iterable[int]) -> None:
        """Hide these labels too."""
        self._set(labels=self.labels | set(keys))

    def show_labels(self) -> None:
        """Hide no label any more but by its class."""
        self._set(labels=frozenset())

    def show_all(self) -> None:
        """Hide no class and no label any more."""
        self._set(hidden=frozenset(), labels=frozenset())

    def forget(self) -> None:
        """Another project: nothing is hidden or locked."""
        self._set(hidden=frozenset(), locked=frozenset(), labels=frozenset())

    def _set(self, **wish: frozenset[int]) -> None:
        if any(getattr(self, name) != value for name, value in wish.items()):
            for name, value in wish.items():
                setattr(self, name, value)
            self.changed.emit()

    def shown(self, category: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether shapes of these classes (n,) are drawn."""
        return _none_of(category, self.hidden)

    def open(self, category: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether labels of these classes (n,) can be selected, as far as locks go."""
        return _none_of(category, self.locked)

    def hides(self, annotation: Annotation) -> bool:
        """Whether this label is hidden, by its class or by itself."""
        return annotation.category in self.hidden or annotation.key in self.labels

    def in_words(self) -> str:
        """What is hidden, in few words; empty when nothing is."""
        classes = f"{len(self.hidden):,} class{'' if len(self.hidden) == 1 else 'es'}" if self.hidden else ""
        labels = counted(len(self.labels)) if self.labels else ""
        both = " and ".join(word for word in (classes, labels) if word)
        return f"{both} hidden" if both else ""

    def require_open(self, project: Project, step: Step) -> None:
        """Refuse a step that changes a label of a locked class."""
        if not self.locked:
            return
        for edit in step.edits:
            if edit.before is None:
                continue
            category = project.read_annotation(edit.key, edit.before).category
            if category in self.locked:
                name = project.categories.name[category]
                raise Refused(f"The class {name} is locked: unlock it in the list of classes (Ctrl+L).")


def _none_of(category: NDArray[np.int32], rows: frozenset[int]) -> NDArray[np.bool_]:
    if not rows:
        return np.ones(len(category), bool)
    return ~np.isin(category, list(rows))


def names_of(categories: Iterable[int], names: Sequence[str]) -> str:
    """The names of classes, and how many more there are."""
    rows = sorted(categories)
    told = ", ".join(names[row] for row in rows[:_NAMED])
    return f"{told} and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else told
