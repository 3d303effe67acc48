"""The open project and what is in sight: the one place that changes anything, and the one signal hub."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from labelmend.coco.detections import Detections
from labelmend.coco.faults import Fault
from labelmend.errors import LabelmendError, Refused
from labelmend.find.run import Found
from labelmend.geometry.orientation import Prefer
from labelmend.project import clusters, queues, verbs
from labelmend.project.annotation import Annotation, Suggestion
from labelmend.project.finding import store_detections, store_found
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.project.state import Changes
from labelmend.project.suggesting import suggestion
from labelmend.report.judgements import Judgements
from labelmend.review.rules import Outcome
from labelmend.review.states import QUEUES, Actor, Queue
from labelmend_desktop import going
from labelmend_desktop.asking import Asking
from labelmend_desktop.class_filter import ClassFilter
from labelmend_desktop.edits import Edits
from labelmend_desktop.making import WAIT, Making
from labelmend_desktop.opening import opened
from labelmend_desktop.pictures import Pictures
from labelmend_desktop.seeing import Seeing
from labelmend_desktop.selection import Selection
from labelmend_desktop.sitting import Sitting
from labelmend_desktop.stepping_back import SteppingBack
from labelmend_desktop.suggested import trace_suggested
from labelmend_desktop.waiting import Waiting

FLAGS: Final = ("show_detections", "show_others", "bare", "flip")
_AHEAD: Final = 3


class Session(QObject):
    """What every widget is given. Widgets ask it, call its verbs, and refresh on its signals."""

    closing = Signal()
    project_changed = Signal()
    changed = Signal(object)
    issue_changed = Signal()
    selection_changed = Signal()
    mode_changed = Signal()
    failed = Signal(object)  # a LabelmendError, or a sentence
    said = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.issue: int | None = None
        self.image = -1
        self.selection = Selection(self)
        self.editing = False
        self.edited: int | None = None
        self.queue: Queue = "fix"
        self.show_detections, self.show_others, self.bare, self.flip = False, True, False, False
        self.draw_category = 0
        self.order: NDArray[np.int64] = np.zeros(0, np.int64)
        self._waiting, self.judgements = Waiting(), Judgements()
        self.seeing, self.classes, self.asking = Seeing(self), ClassFilter(self), Asking(self)
        for part in (self.seeing, self.classes, self.asking):
            part.changed.connect(self.mode_changed)
        self.issue_changed.connect(self.asking.stop)
        self.making, self.edits = Making(self), Edits(self)
        self.sitting, self._stepping_back = Sitting(self), SteppingBack(self)
        self.pictures = Pictures(self._find_picture, self)
        self.pictures.failed.connect(self._picture_failed)

    # ---------------------------------------------------------------- the project
    def open(self, path: Path, *, actor: Actor | None = None) -> None:
        """Open a project in place of the open one; a failure is said and leaves the open one alone."""
        if self.making.under_way:
            self.failed.emit(WAIT)
            return
        self.sitting.leave()
        try:
            if self.project is not None and self.project.path.resolve() == path.resolve():
                self.close()
            project, waiting, judgements = self.making.aside(partial(opened, path, actor=actor))
        except LabelmendError as error:
            self.failed.emit(error)
            return
        self.close()
        self.project, self._waiting, self.judgements = project, waiting, judgements
        self.project_changed.emit()
        if project.tampered:
            self.failed.emit(project.tampered)

    def close(self) -> None:
        """Close the open project, if any."""
        self.sitting.leave()
        if self.project is None:
            return
        going.leave(self)
        self.closing.emit()
        self.pictures.clear()
        self.project.close()
        self.project, self.issue, self.image = None, None, -1
        self.selection.hold(None)
        self.classes.forget()
        self.order, self.editing = np.zeros(0, np.int64), False
        self._waiting.forget()
        self.project_changed.emit()

    def work_as(self, actor: Actor, *, queue: Queue | None = None) -> None:
        """Say who works from now on, in the queue in sight or in another one."""
        if self.project is not None:
            self._try(self.project.work_as, actor)
        before, self.queue = self.issue, queue or self.queue
        self.mode_changed.emit()
        if self.issue == before:  # of another one everybody has been told
            self.issue_changed.emit()

    @property
    def actor(self) -> Actor | None:
        """Who works."""
        return None if self.project is None else self.project.actor

    # ---------------------------------------------------------------- where we are
    def set_order(self, ids: NDArray[np.int64]) -> None:
        """The issue list's order, which next and previous follow."""
        self.order = ids

    def set_issue(self, issue: int | None) -> None:
        """Go to an issue: its image comes into sight and its annotation is selected."""
        if issue is not None and issue != self.issue:
            trace_suggested(self, issue)
        if self.project is None or issue == self.issue:
            return
        going.leave(self)
        self.sitting.collect()
        row = -1 if issue is None else self.project.issues.row_of(issue)
        self.issue = issue if row >= 0 else None
        self.editing = self.flip = False
        if row >= 0:
            self.image = int(self.project.issues.image[row])
            key = clusters.about(self.project, row)
            self.selection.hold(None if key is None or self.project.record(key) is None else key)
            category = int(self.project.issues.columns.fix_category[row])
            self.draw_category = category if category >= 0 else max(int(self.project.issues.category[row]), 0)
        else:
            self.selection.hold(None)
        self.issue_changed.emit()
        self.pictures.prefetch(self.neighbours())

    def set_image(self, image: int) -> None:
        """Look at an image without an issue."""
        if self.project is None or not 0 <= image < self.project.n_images:
            return
        going.leave(self)
        self.issue, self.image, self.editing = None, image, False
        self.selection.hold(None)
        self.issue_changed.emit()

    def near(self) -> NDArray[np.int64]:
        """Rows of the issues that are likely to be wanted next, the nearest first."""
        at = np.flatnonzero(self.order == self.issue)
        if self.project is None or not len(at):
            return at[:0]
        here = int(at[0])
        near = np.r_[self.order[here + 1 : here + 1 + _AHEAD], self.order[max(here - 1, 0) : here]]
        return self.project.issues.rows_of(near)

    def neighbours(self) -> list[int]:
        """Rows of the images of those issues, but for the one in sight."""
        images = [] if self.project is None else self.project.issues.image[self.near()].tolist()
        return [row for row in dict.fromkeys(images) if row >= 0 and row != self.image]

    def next_issue(self) -> None:
        """Go to the next issue of the list that is still in this queue."""
        self._go(going.following(self, 1))

    def previous_issue(self) -> None:
        """Go to the previous issue of the list that is still in this queue."""
        self._go(going.following(self, -1), otherwise="This is the first of the list.")

    def _go(self, issue: int | None, *, otherwise: str = "Nothing else waits in this list.") -> None:
        if issue is not None:
            self.set_issue(issue)
        elif self.project is not None and not self.sitting.finish():
            self.said.emit(otherwise)

    def is_waiting(self, issue: int) -> bool:
        """Whether an issue waits for this person in the queue in sight."""
        project = self.project
        row = -1 if project is None else project.issues.row_of(issue)
        return project is not None and row >= 0 and queues.waits(project, row, self.queue)

    def waiting_rows(self, queue: Queue | None = None) -> NDArray[np.int64]:
        """Rows of `project.issues` that wait for this person in a queue (the one in sight by default)."""
        if self.project is None:
            return np.zeros(0, np.int64)
        return self._waiting.rows(self.project, queue or self.queue)

    @property
    def selected(self) -> int | None:
        """The annotation in hand; None while none or several are selected."""
        return self.selection.only

    def select(self, key: int | None) -> None:
        """Select one annotation, or none."""
        self.selection.take(() if key is None else (key,))

    def set_editing(self, editing: bool) -> None:
        """Handles on for the label in hand, or off."""
        self.edited = self.selected if editing else None
        if editing != self.editing:
            self.editing = editing
            self.mode_changed.emit()

    def set_queue(self, queue: Queue) -> None:
        """Show another queue."""
        if queue != self.queue:
            self.queue = queue
            self.mode_changed.emit()

    def set_flag(self, name: str, on: bool) -> None:
        """Set one of FLAGS."""
        if name not in FLAGS:
            raise ValueError(name)
        if getattr(self, name) != on:
            setattr(self, name, on)
            self.mode_changed.emit()

    # ---------------------------------------------------------------- what is in sight
    def annotations(self) -> list[Annotation]:
        """The annotations of the image in sight."""
        return [] if self.project is None or self.image < 0 else self.project.annotations_of(self.image)

    def models(self) -> tuple[str, ...]:
        """The names of the files that the detections are from."""
        return () if self.project is None else self.project.models

    def detections(self) -> Detections | None:
        """The detections of the image in sight."""
        return None if self.project is None or self.image < 0 else self.project.detections_of(self.image)

    def suggestion(self) -> Suggestion | None:
        """What the finder suggests for the current issue, while it is flagged, or before the expert."""
        if self.project is None or self.issue is None:
            return None
        row = self.project.issues.row_of(self.issue)
        asked = QUEUES["expert"] if self.queue == "expert" else QUEUES["fix"]
        return suggestion(self.project, row) if self.project.issues.status_of(row) in asked else None

    @property
    def undo_title(self) -> str | None:
        """What undo takes back."""
        return None if self.project is None else self.project.undo_title()

    @property
    def redo_title(self) -> str | None:
        """What redo does again."""
        return None if self.project is None else self.project.redo_title()

    # ---------------------------------------------------------------- verdicts: done, then go on
    def accept(self, comment: str = "") -> None:
        """Accept the suggestion and go on; what was fixed by hand already is only left, or commented on."""
        standing = None if self.project is None or self.issue is None else self.project.standing(self.issue)
        if standing is None or standing.status not in going.JUDGED:
            self._judge(lambda p, issue: clusters.accept(p, issue, comment=comment))
        elif comment:
            self._judge(lambda p, issue: verbs.remark(p, issue, comment))
        else:
            self.next_issue()

    def take(self, make: Callable[[Project], Step], issue: int) -> None:
        """Do a step of an issue; go on if that is still in sight."""
        table = None if self.project is None else self.project.issues
        labels = 0 if table is None else 1 + len(table.members(table.row_of(issue)))
        if self.apply(lambda p: p.apply(make(p)), labels=labels) and self.issue == issue:
            self.next_issue()

    def dismiss(self, comment: str = "") -> None:
        """Not an error; go on."""
        self._judge(lambda p, issue: verbs.dismiss(p, issue, comment=comment))

    def ambiguous(self, comment: str = "") -> None:
        """Cannot tell; go on."""
        self._judge(lambda p, issue: verbs.ambiguous(p, issue, comment=comment))

    def reopen(self, comment: str = "") -> None:
        """Return the issue in sight to Fix, and stay."""
        issue = self.issue
        if issue is not None and self.apply(lambda p: p.apply(verbs.reopen(p, issue, comment=comment))):
            self.said.emit("Reopened: the issue waits in Fix again.")

    def approve(self, comment: str = "") -> None:
        """The reviewer agrees; go on."""
        self._judge(lambda p, issue: verbs.approve(p, issue, comment=comment))

    def reject(self, reason: str, comment: str = "") -> None:
        """The reviewer disagrees; go on."""
        self._judge(lambda p, issue: verbs.reject(p, issue, reason=reason, comment=comment))

    def decide(self, outcome: Outcome, comment: str = "") -> None:
        """The expert decides; go on."""
        self._judge(lambda p, issue: verbs.decide(p, issue, outcome, comment=comment))

    def take_suggestion(self, comment: str = "") -> None:
        """The expert does what is suggested; go on."""
        self._judge(lambda p, issue: verbs.take_suggestion(p, issue, comment=comment))

    def undo(self) -> None:
        """Take back the last step, and look at where it was."""
        self._stepping_back.undo()

    def redo(self) -> None:
        """Do again what was undone, and look at where it was."""
        self._stepping_back.redo()

    # ---------------------------------------------------------------- whole-project actions
    def draw(self, step: Callable[[Project], Step]) -> str:
        """Draw a review sample, an audit or a trial, which looks at all labels; what was drawn, in words, or
        nothing when it was refused."""
        titles: list[str] = []

        def drawn(project: Project) -> Changes:
            one = step(project)
            titles.append(one.title)
            return project.apply(one, op="do" if one.draw is None and one.trial is None else "draw")

        labels = 0 if self.project is None else len(self.project.dataset.annotations)
        return titles[0] if self.apply(drawn, labels=labels) else ""

    def store_found(self, found: Found) -> bool:
        """Keep what a run of the finder found."""
        return self.apply(lambda p: store_found(p, found))

    def store_detections(self, detections: Detections, faults: list[Fault], paths: Sequence[Path]) -> bool:
        """Keep the detections that were read from these files in place of the ones before."""
        return self.apply(lambda p: store_detections(p, detections, faults, paths))

    # ---------------------------------------------------------------- how it is done
    def _judge(self, make: Callable[[Project, int], Step]) -> None:
        issue = self.issue
        if issue is None:
            self.failed.emit("There is no issue in sight: choose one in the list.")
        else:
            self.take(lambda p: make(p, issue), issue)

    def apply(self, act: Callable[[Project], Changes], *, labels: int = 1) -> bool:
        """Change the project and tell everybody; False when it was refused, which is said.

        labels: about how many change; of many ``act`` is called in a thread, with a copy of the project.
        """
        if self.project is None:
            return False
        was = going.written_of(self)
        try:
            changes = self.making.do(act, self.project, labels=labels)
        except LabelmendError as error:
            self.failed.emit(error)
            return False
        self.selection.drop_deleted(changes.annotations)
        if changes.issues_replaced:
            self.issue = None
        self.changed.emit(changes)
        if changes.issues_replaced:
            going.stay(self, was)
        return True

    def _try(self, call: Callable[..., Any], *arguments: Any) -> None:
        try:
            call(*arguments)
        except LabelmendError as error:
            self.failed.emit(error)

    def _find_picture(self, image: int) -> tuple[Path, tuple[float, float] | None, Prefer]:
        if self.project is None:
            raise Refused("No project is open.")
        return self.project.image_path(image), self.project.declared_size(image), self.project.orientation

    def _picture_failed(self, image: int, why: LabelmendError) -> None:
        """A picture that cannot be shown is an issue of kind structure, noted once."""
        if self.project is None or self.project.actor is None or self.project.tampered:
            return
        if not self.project.images_folder.is_dir():
            return  # all of them fail: the window asks for the folder once
        self.making.settle()
        step = verbs.note_picture(self.project, image, why)
        if step is not None:
            self.apply(lambda p: p.apply(step, op="find"))
