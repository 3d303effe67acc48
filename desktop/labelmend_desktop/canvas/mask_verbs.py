"""What keys do with masks: brush and eraser, what is proposed for a mask, crowds split and joined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from labelmend.errors import LabelmendError, Refused
from labelmend.geometry import masks
from labelmend.progress import Progress
from labelmend_desktop.canvas import crowds, mask_proposals
from labelmend_desktop.canvas.intricate import is_intricate
from labelmend_desktop.canvas.mask_proposals import Step, Subject, as_mask, subject_of
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.taking import no_label
from labelmend_desktop.tasks import Tasks

if TYPE_CHECKING:
    from labelmend.project.annotation import Annotation
    from labelmend_desktop.canvas.canvas import Canvas

_SMALL = 200_000
"""Up to so many pixels within its bounds, a mask is changed at once; a larger one by a thread."""
Make = Callable[[Subject, int | None], Step]
Result = TypeVar("Result")


class MaskVerbs(QObject):
    """Nothing here knows a key or a menu."""

    def __init__(self, canvas: Canvas, tasks: Tasks) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tasks = tasks

    def table(self) -> dict[str, Callable[..., object]]:
        """Verbs by the names of their actions."""
        return {
            "brush": lambda: self._canvas.take_tool("brush"),
            "eraser": lambda: self._canvas.take_tool("eraser"),
            "larger": lambda: self._resize(1),
            "smaller": lambda: self._resize(-1),
            "fill_holes": lambda: self._propose(mask_proposals.fill_holes, self._subject()),
            "drop_specks": lambda: self._propose(mask_proposals.drop_specks, self._subject()),
            "convert": self._convert,
            "split_or_join": self._split_or_join,
        }

    def _label(self) -> Annotation:
        """The label in hand. Raises Refused."""
        label = self._canvas.contents.scene.annotation(self._canvas.session.selected)
        if label is None:
            raise no_label(self._canvas, "No label is selected: select one first (click, or Tab).")
        return label

    def _subject(self) -> Subject:
        label = self._label()
        return subject_of(label.key, label.rle, self._canvas.contents.masks.size)

    def _resize(self, by: int) -> None:
        """Of the brush in hand, else of the mask in hand."""
        if self._canvas.brush.in_hand:
            self._canvas.brush.resize(by)
        else:
            self._propose(mask_proposals.grow, self._subject(), by)

    def _convert(self) -> None:
        label = self._label()
        if label.rle is None:
            make = partial(as_mask, label, self._canvas.contents.masks.size)
            if is_intricate(label.polygons):
                self._offer(label, make, title="Looking at the outline")
            else:
                self._canvas.proposals.show(make())
        elif label.crowd:
            raise Refused("A crowd is kept as a mask: split it into labels first (Shift+G).")
        else:
            self._propose(mask_proposals.as_polygon, self._subject())

    def _split_or_join(self) -> None:
        session, project = self._canvas.session, self._canvas.session.project
        assert project is not None
        if keys := session.selection.several:
            scene = self._canvas.contents.scene
            before = tuple(part for key in keys for part in scene.drawn(scene.row_of[key]))
            make = partial(crowds.join, project.still(), keys, before=before, issue=session.issue)
            self._canvas.proposals.show(session.making.aside(make))
            return
        label = self._label()
        if label.rle is None or self._is_small(self._subject()):
            self._canvas.proposals.show(crowds.split(project, label.key, issue=session.issue))
        else:
            # Of the project as it stands.
            make = partial(crowds.split, project.still(), label.key, issue=session.issue)
            self._offer(label, make, title="Looking at the pieces")

    def _offer(self, label: Annotation, make: Callable[[], Proposal], *, title: str) -> None:
        """Show a proposal for a label that a thread makes, if the label is in hand still as it was."""
        session, project = self._canvas.session, self._canvas.session.project
        self._require_idle()
        asked = self._canvas.proposals.moment

        def made(proposal: Proposal) -> None:
            if session.project is not project or self._canvas.proposals.moment != asked:
                return
            if self._canvas.contents.scene.annotation(session.selected) is label:
                self._canvas.proposals.show(proposal)
            else:
                session.failed.emit("The label was changed or let go meanwhile: ask for it again.")

        def failed(error: LabelmendError) -> None:
            if session.project is project:
                session.failed.emit(error)

        self._tasks.run(partial(_made, make), title=title, on_done=made, on_failed=failed)

    def _is_small(self, subject: Subject) -> bool:
        wide, high = masks.bounds(subject.mask, height=subject.height, width=subject.width)[2:]
        return bool(wide * high <= _SMALL)

    def _require_idle(self) -> None:
        if self._tasks.busy:
            raise Refused("Something else is being worked on: wait until that is done, or cancel it.")

    # ---- proposals of more or less

    def _propose(self, make: Make, subject: Subject, level: int | None = None) -> None:
        """Show what a mask could become; a large one is worked on by a thread."""
        if self._is_small(subject):
            self._show(make, subject, make(subject, level))
            return
        self._require_idle()
        self._tasks.run(
            partial(_made, partial(make, subject, level)),
            title="Looking at the mask",
            on_done=partial(self._show_unless_late, self._canvas.proposals.moment, make, subject),
        )

    def _show_unless_late(self, asked: int, make: Make, subject: Subject, step: Step) -> None:
        if self._canvas.proposals.moment == asked:
            self._show(make, subject, step)

    def _show(self, make: Make, subject: Subject, step: Step) -> None:
        label = self._canvas.contents.scene.annotation(self._canvas.session.selected)
        if step is None or label is None or label.rle is None:
            return
        if self._subject() != subject:
            return  # it was painted on meanwhile, or another label is in hand
        level, proposal = step
        again = partial(self._again, make, subject, level)
        self._canvas.proposals.show(replace(proposal, adjusted=again))

    def _again(self, make: Make, subject: Subject, level: int, by: int) -> None:
        """Propose more or less of the same; what cannot be is said, and what is shown stays."""
        to = level + by
        if make is mask_proposals.grow and to == 0:
            to += by
        try:
            self._propose(make, subject, to)
        except LabelmendError as error:
            self._canvas.session.failed.emit(error)


def _made(make: Callable[[], Result], *, progress: Progress) -> Result:
    """As a task calls it."""
    progress(0, 1)
    return make()
