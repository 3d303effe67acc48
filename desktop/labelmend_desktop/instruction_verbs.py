"""What the actions about the instructions do: labels become pictures; files in and out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from labelmend.errors import Refused
from labelmend.files import require_place, written
from labelmend.progress import Progress
from labelmend.project.inputs_kept import inputs
from labelmend.project.instructing import add_reference, instructions_of, may_instruct
from labelmend.project.instructions_folder import read_folder, write_folder
from labelmend.project.project import Project
from labelmend.project.references import Made, cut_of, cut_of_place, made_of_file, made_of_label, picture_of
from labelmend.review.instructions import ClassInstructions, Instructions, pictures_of
from labelmend_desktop.action_set import Verb
from labelmend_desktop.instructions.document import print_pdf
from labelmend_desktop.instructions.window import InstructionsWindow
from labelmend_desktop.large_reference import LargeReference
from labelmend_desktop.prompts import Prompts
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.review.panel import ReviewPanel
from labelmend_desktop.session import Session
from labelmend_desktop.tasks import Tasks

_Read = tuple[Instructions, dict[str, bytes]]


class InstructionVerbs(QObject):
    """Pictures are made, files read and written by a thread: they may be large."""

    def __init__(
        self,
        session: Session,
        *,
        tasks: Tasks,
        panel: ReviewPanel,
        images: ReferenceImages,
        window: InstructionsWindow,
        prompts: Prompts,
    ) -> None:
        super().__init__(session)
        self._session, self._tasks, self._panel = session, tasks, panel
        self.window, self._prompts = window, prompts
        self.large = LargeReference(images, window.parentWidget())
        panel.instructions.opened.connect(self._show_large)
        window.opened.connect(self._show_drafted)
        window.picture_wanted.connect(self._add_file)
        window.read_wanted.connect(self._read)
        window.write_wanted.connect(self._write)
        window.print_wanted.connect(self._print)
        session.project_changed.connect(self.large.close)

    def table(self) -> dict[str, Verb]:
        """Verbs by the names of their actions."""
        return {
            "instructions": self._open,
            "use_as_reference": partial(self._use, good=True),
            "use_as_counter_example": partial(self._use, good=False),
            "add_to_instructions": partial(self._use, good=True, hard=True),
        }

    def _open(self) -> None:
        """Open the window at the class at hand."""
        project, label = self._session.project, self._panel.annotation()
        named = project is not None and label is not None and label.category >= 0
        self.window.come(project.categories.name[label.category] if named and project and label else "")

    # ---------------------------------------------------------------- pictures
    def _show_large(self, name: str, at: int) -> None:
        project = self._session.project
        if project is not None:
            self.large.show_picture(name, instructions_of(project).of(name).pictures, at)

    def _show_drafted(self, one: ClassInstructions, at: int) -> None:
        self.large.show_picture(one.name, one.pictures, at)

    def _use(self, *, good: bool, hard: bool = False) -> None:
        """Make a picture of the label at hand, or of a missing one.

        hard: without a comment now, what was said of it last is its caption.
        """
        project, label = self._session.project, self._panel.annotation()
        suggested = self._session.suggestion() if label is None else None
        if project is None or (label is None and suggested is None):
            raise Refused("There is no label here: select the one to show in the instructions.")
        may_instruct(project, adds_only=True)
        if label is not None:
            cut, category = cut_of(project, label), label.category
        elif suggested is not None:
            cut, category = cut_of_place(project, self._session.image, suggested), suggested.category
        caption = self._panel.take_comment()
        if hard and not caption and self._session.issue is not None:
            said = [entry.comment for entry in project.story(self._session.issue) if entry.comment]
            caption = said[-1] if said else ""

        def made(one: Made) -> None:
            if self._session.project is project and self._session.apply(
                lambda p: add_reference(p, category, one, good=good, caption=caption)
            ):
                word = "reference" if good else "counter-example"
                name = project.categories.name[category]
                self._session.said.emit(f"{name} has a new {word}; Z takes it back.")

        self._tasks.run(
            made_of_label,
            cut,
            title="Making a reference picture",
            on_done=made,
        )

    def _add_file(self, name: str) -> None:
        project = self._session.project
        path = None if project is None else self._prompts.picture_file(project.images_folder)
        if path is None:
            return

        def made(one: Made) -> None:
            if self._session.project is project:
                self.window.draft.add_picture(name, one)

        self._tasks.run(
            made_of_file,
            path,
            title=f"Reading {path.name}",
            on_done=made,
        )

    # ---------------------------------------------------------------- files
    def _read(self) -> None:
        """Take what a file says into the window, where it can be looked at before it is saved."""
        project = self._session.project
        path = None if project is None else self._prompts.instructions_file(project.path.parent)
        if project is None or path is None:
            return

        def read(found: _Read) -> None:
            if self._session.project is project:
                self.window.draft.take(*found)
                self._session.said.emit(f"{path.name} was read; Save makes it one step.")

        self._tasks.run(
            _read_files,
            path,
            list(project.categories.name),
            title=f"Reading {path.name}",
            on_done=read,
        )

    def _write(self) -> None:
        project = self._session.project
        if project is None:
            return
        proposed = project.path.with_name(f"{project.path.stem}-instructions")
        folder = self._prompts.instructions_folder(proposed)
        if folder is not None:
            self._tasks.run(
                _write_folder,
                project.still(),
                folder,
                title="Writing the instructions",
                on_done=lambda said: self._session.said.emit(f"Written: {said}"),
            )

    def _print(self) -> None:
        project = self._session.project
        if project is None:
            return
        path = self._prompts.pdf_file(project.path.with_name(f"{project.path.stem}-instructions.pdf"))
        if path is not None:
            self._tasks.run(
                _print_file,
                project.still(),
                path,
                title="Printing the instructions",
                on_done=lambda _: self._session.said.emit(f"Printed to {path}"),
            )


def _read_files(path: Path, categories: list[str], *, progress: Progress) -> _Read:
    progress(0, 100)
    return read_folder(path, categories=categories)


def _write_folder(project: Project, folder: Path, *, progress: Progress) -> str:
    progress(0, 100)
    return write_folder(project, folder)


def _print_file(project: Project, path: Path, *, progress: Progress) -> None:
    """Print what is saved; the file takes its place when it is whole. Refused for the place of an input."""
    require_place(path, beside=[project.path])
    inputs(project).keep(path)
    given = instructions_of(project)
    pictures = {name: picture_of(project, name) for name in sorted(pictures_of(given))}
    data = print_pdf(given, pictures, progress=progress)
    with written(path) as file:
        file.buffer.write(data)
