"""What the actions about the instructions do: labels become their pictures; a picture is shown large."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from labelmend.errors import Refused
from labelmend.project.instructing import add_reference, instructions_of
from labelmend.project.references import Made, cut_of, made_of_label
from labelmend_desktop.action_set import Verb
from labelmend_desktop.large_reference import LargeReference
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.review.panel import ReviewPanel
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks


class InstructionVerbs(QObject):
    """The picture of a label is made by a thread: its file may be large."""

    def __init__(
        self, session: Session, *, tasks: Tasks, panel: ReviewPanel, images: ReferenceImages
    ) -> None:
        super().__init__(session)
        self._session = session
        self._tasks = tasks
        self._panel = panel
        self.large = LargeReference(images, panel)
        panel.instructions.opened.connect(self.show_large)
        session.project_changed.connect(self.large.close)

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {
            "use_as_reference": partial(self._use, good=True),
            "use_as_counter_example": partial(self._use, good=False),
            "add_to_instructions": partial(self._use, good=True, hard=True),
        }

    def show_large(self, name: str, at: int) -> None:
        """Show a picture of the class of that name large, beside the work."""
        project = self._session.project
        if project is not None:
            self.large.show_picture(name, instructions_of(project).of(name).pictures, at)

    def _use(self, *, good: bool, hard: bool = False) -> None:
        """Make a picture of the label at hand; `hard`: what was said of it last is its caption otherwise."""
        project, label = self._session.project, self._panel.annotation()
        if project is None or label is None:
            raise Refused("There is no label here: select the one to show in the instructions.")
        caption = self._panel.take_comment()
        if hard and not caption and self._session.issue is not None:
            said = [entry.comment for entry in project.story(self._session.issue) if entry.comment]
            caption = said[-1] if said else ""
        category = label.category

        def made(one: Made) -> None:
            if self._session.project is project and self._session.apply(
                lambda p: add_reference(p, category, one, good=good, caption=caption)
            ):
                word = "reference" if good else "counter-example"
                self._session.said.emit(
                    f"{project.categories.name[category]} has a new {word}; Z takes it back."
                )

        self._tasks.run(
            made_of_label,
            cut_of(project, label),
            title="Making a reference picture",
            on_done=made,
            on_failed=self._session.failed.emit,
        )
