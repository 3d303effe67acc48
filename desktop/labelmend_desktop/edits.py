"""Mending by hand: one gesture is one call here, and one named step of the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from labelmend.errors import LabelmendError
from labelmend.geometry.polygons import Parts
from labelmend.project import clipboard, editing, many, outlining, regrouping
from labelmend.project.history import Step
from labelmend.project.outlining import Shaped
from labelmend.project.project import Project
from labelmend.project.state import Changes
from labelmend.words import counted
from labelmend_desktop.making import MANY, labels_of
from labelmend_desktop.words import done_to_many

if TYPE_CHECKING:
    from labelmend_desktop.session import Session

_BYTES = 16
"""Of a point of a polygon, about."""


class Edits:
    """Changes of labels, each under the issue in sight; every call says whether it was done."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def may_change(self, key: int) -> bool:
        """Whether who works may change this annotation now; if not, it is said why."""
        session = self._session
        try:
            if session.project is not None:
                editing.require_editable(session.project, key, session.issue)
        except LabelmendError as error:
            session.failed.emit(error)
            return False
        return True

    def set_box(self, key: int, bbox: ArrayLike, *, title: str = "move the box") -> bool:
        """Give an annotation another box (4,) xywh; a polygon is stretched with it."""
        session = self._session
        had = None if session.project is None else session.project.annotation(key)
        labels = labels_of(_BYTES * sum(map(len, () if had is None else had.polygons)))
        done = self._do(
            lambda p: editing.set_box(p, key, bbox, title=title, issue=session.issue), labels=labels
        )
        if done and had is not None and had.polygons:
            session.said.emit("The polygon was stretched too.")
        return done

    def set_polygons(self, key: int, polygons: Parts, *, title: str = "reshape the polygon") -> bool:
        """Give an annotation other polygons; its box and area follow."""
        issue, labels = self._session.issue, labels_of(_BYTES * sum(map(len, polygons)))
        return self._do(
            lambda p: editing.set_polygons(p, key, polygons, title=title, issue=issue), labels=labels
        )

    def set_mask(self, key: int, rle: dict[str, Any], *, title: str = "repaint the mask") -> bool:
        """Give an annotation another mask (COCO's dictionary); its box and area follow."""
        issue, labels = self._session.issue, labels_of(len(rle["counts"]))
        return self._do(lambda p: editing.set_mask(p, key, rle, title=title, issue=issue), labels=labels)

    def set_category(self, key: int, category: int) -> bool:
        """Give an annotation another class."""
        self._session.draw_category = category
        return self._do(lambda p: editing.set_category(p, key, category, issue=self._session.issue))

    def delete(self, key: int) -> bool:
        """Delete an annotation."""
        return self._do(lambda p: editing.delete(p, key, issue=self._session.issue))

    def split(self, key: int) -> bool:
        """Make a label of each piece of a mask."""
        return self._do(lambda p: regrouping.split(p, key, issue=self._session.issue))

    def take(self, step: Step) -> bool:
        """Do a step that a thread has made of the project as it stood then."""
        size = sum(len(edit.after or b"") for edit in step.edits)
        return self._do(lambda _project: step, labels=labels_of(size))

    # ---- several at once: the selected labels
    def join(self) -> bool:
        """Make a crowd of the selected annotations."""
        keys = self._session.selection.keys
        return self._do(lambda p: regrouping.join(p, keys, issue=self._session.issue), labels=len(keys))

    def set_category_of_several(self, category: int) -> bool:
        """Give the selected annotations another class."""
        self._session.draw_category = category
        return self._several(lambda p, keys, issue: many.set_category(p, keys, category, issue=issue))

    def delete_several(self) -> bool:
        """Delete the selected annotations."""
        return self._several(lambda p, keys, issue: many.delete(p, keys, issue=issue))

    def move_several(self, by: ArrayLike) -> bool:
        """Move the selected annotations by (dx, dy) pixels."""
        return self._several(lambda p, keys, issue: many.move(p, keys, by, issue=issue))

    def reshape_several(self, shapes: Mapping[int, many.Shape], *, title: str) -> bool:
        """Give those of the selected annotations other shapes."""

        def make(project: Project, keys: list[int], issue: int | None) -> Step:
            known = {key: shapes[key] for key in keys if key in shapes}
            return many.reshape(project, known, title=title, issue=issue)

        return self._several(make)

    def paste(self, text: str, *, size: tuple[float, float]) -> bool:
        """Add the labels of a text (`labelmend.project.clipboard`) to the image in sight, and select them."""
        session = self._session
        new: list[int] = []

        def make(project: Project) -> Step:
            step = clipboard.paste(project, text, session.image, size=size)
            new[:] = [edit.key for edit in step.edits]
            return step

        done = self._do(make, labels=max(text.count("\n"), MANY + 1))  # one may be a large mask
        if done:
            session.set_editing(False)
            session.selection.take(new)
            session.said.emit(f"Pasted: {counted(len(new))}, selected now.")
        return done

    def _several(self, make: Callable[[Project, list[int], int | None], Step]) -> bool:
        """One step for those of the selected labels that are free, and words on what became of them all."""
        session, keys = self._session, self._session.selection.keys
        words: list[str] = []

        def step(project: Project) -> Step:
            free = many.free(project, keys, issue=session.issue)
            made = make(project, free, session.issue)
            words.append(
                done_to_many(made.title, stayed=len(keys) - len(made.edits), held=len(keys) - len(free))
            )
            return made

        done = self._do(step, labels=len(keys))
        if done:
            session.said.emit(words[-1])
        return done

    def create(
        self,
        category: int,
        *,
        bbox: ArrayLike | None = None,
        polygons: Parts | None = None,
        rle: dict[str, Any] | None = None,
        suggested: bool = False,
        comment: str = "",
    ) -> bool:
        """Add an annotation to the image in sight, with what is said of its issue, and select it.

        ``suggested``: it is what the issue suggests, changed by hand.
        """
        session = self._session
        image, new = session.image, 0 if session.project is None else session.project.new_key()
        done = self._do(
            lambda p: editing.create(
                p,
                image,
                category,
                bbox=bbox,
                polygons=polygons,
                rle=rle,
                issue=session.issue,
                suggested=suggested,
                comment=comment,
            ),
            labels=labels_of(0 if rle is None else len(rle["counts"])),
        )
        if done:
            session.select(new)
        return done

    # ---- outlines joined and divided
    def make_one(self, keys: Sequence[int], shape: Shaped) -> bool:
        """Make one label of several, of this shape; the first one stays, and is selected."""
        done = self._do(lambda p: outlining.join(p, keys, shape, issue=self._session.issue))
        if done:
            self._session.select(keys[0])
        return done

    def divide(self, key: int, groups: Sequence[Parts]) -> bool:
        """Make a label of each group of a polygon's parts."""
        return self._do(lambda p: outlining.divide(p, key, groups, issue=self._session.issue))

    def _do(self, make: Callable[[Project], Step], *, labels: int = 1) -> bool:
        def step(project: Project) -> Changes:
            made = make(project)
            self._session.classes.require_open(project, made)
            self._session.sitting.require_asked(made)
            return project.apply(made)

        return self._session.apply(step, labels=labels)
