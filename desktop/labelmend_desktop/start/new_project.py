"""Asks for what a project is made of: a COCO file, its pictures, perhaps detections, and a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from labelmend.project.creation import SUFFIX
from labelmend_desktop import theme
from labelmend_desktop.start.dropped import Dropped, pictures_near, sort_out
from labelmend_desktop.there import is_file, is_folder, is_there

_COCO = "COCO files (*.json *.json.gz)"


@dataclass(frozen=True)
class NewProject:
    """What to make a project of, and where."""

    annotations: Path
    images: Path
    detections: tuple[Path, ...]
    project: Path


class NewProjectDialog(QDialog):
    """Files can be typed, chosen or dropped on it; they are told apart by what is in them."""

    def __init__(self, given: Dropped, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_project")
        self.setWindowTitle("New project")
        self.setAcceptDrops(True)
        self.setMinimumWidth(640)
        self.annotations = self._field("annotations", "instances.json")
        self.images = self._field("images", "folder of the pictures")
        self.detections = self._field("detections", "results.json of one or more models (can be added later)")
        self.project = self._field("project", "name.labelmend")
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setProperty("tone", "quiet")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.make = self._buttons.addButton("Make the project", QDialogButtonBox.ButtonRole.AcceptRole)
        self.make.setObjectName("make_project")
        self.make.setProperty("primary", True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._named = False
        self._near: Path | None = None
        self._lay_out()
        self.project.textEdited.connect(self._name_by_hand)
        for field in (self.annotations, self.images, self.detections, self.project):
            field.textChanged.connect(self._look)
        self.annotations.textChanged.connect(self._follow_annotations)
        self.take(given)
        self._look()

    def _field(self, name: str, placeholder: str) -> QLineEdit:
        field = QLineEdit()
        field.setObjectName(name)
        field.setPlaceholderText(placeholder)
        return field

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GRID)
        grid.setVerticalSpacing(theme.GRID)
        rows = (
            ("Annotations", self.annotations, self._browse_annotations),
            ("Pictures", self.images, self._browse_images),
            ("Detections", self.detections, self._browse_detections),
            ("Project", self.project, self._browse_project),
        )
        for row, (title, field, browse) in enumerate(rows):
            button = QPushButton("Browse…")
            button.setAutoDefault(False)
            button.clicked.connect(browse)
            grid.addWidget(QLabel(title), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(button, row, 2)
        hint = QLabel("Drop the files here, or choose them. They are read, never written to.")
        hint.setProperty("tone", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * theme.GRID, 3 * theme.GRID, 3 * theme.GRID, 2 * theme.GRID)
        layout.setSpacing(2 * theme.GRID)
        layout.addWidget(hint)
        layout.addLayout(grid)
        layout.addWidget(self._problem)
        layout.addWidget(self._buttons)

    # ---------------------------------------------------------------- what was given
    def take(self, given: Dropped) -> None:
        """Fill in what was dropped, or tried before; the rest stays."""
        for field, path in ((self.annotations, given.annotations), (self.images, given.images)):
            if path is not None:
                field.setText(str(path))
        if given.detections:
            self.detections.setText(_listed([str(path) for path in given.detections]))
        if given.project is not None:
            of = given.annotations
            self._named = of is None or given.project != _free_name(of)
            if self._named or (of is not None and is_file(of)):
                self.project.setText(str(given.project))

    def answer(self) -> NewProject:
        """What the fields say."""
        project = Path(self.project.text().strip())
        if project.suffix != SUFFIX:
            project = project.with_name(project.name + SUFFIX)
        return NewProject(
            annotations=Path(self.annotations.text().strip()),
            images=Path(self.images.text().strip()),
            detections=tuple(_paths(self.detections.text())),
            project=project,
        )

    def _follow_annotations(self, text: str) -> None:
        path = Path(text.strip())
        if not text.strip() or not is_file(path):
            if not self._named:  # the name of another file is none for this one
                self.project.clear()
            return
        near, before = pictures_near(path), self._near
        if near is not None and self.images.text().strip() in ("", str(before)):  # nobody chose other ones
            self.images.setText(str(near))
        self._near = near
        if not self._named:
            self.project.setText(str(_free_name(path)))

    def _name_by_hand(self) -> None:
        self._named = True

    def _look(self) -> None:
        problem = self._problem_of()
        self._problem.setText(problem)
        self.make.setEnabled(not problem)

    def _problem_of(self) -> str:
        """What is wanting, in a sentence; asked at every letter that is typed."""
        annotations = self.annotations.text().strip()
        if not annotations:
            return "Choose the COCO file with the annotations."
        if not is_file(Path(annotations)):
            return f"There is no annotations file {annotations}."
        for path in _paths(self.detections.text()):
            if not is_file(path):
                return f"There is no detections file {path}."
        if not self.images.text().strip():
            return "Choose the folder that holds the pictures."
        if not is_folder(Path(self.images.text().strip())):
            return f"{self.images.text().strip()} is not a folder."
        return self._problem_of_target()

    def _problem_of_target(self) -> str:
        text = self.project.text().strip()
        if not text:
            return "Choose a name for the project."
        if is_folder(Path(text)) or not Path(text).name:
            return f"{text} is a folder: add a name for the project."
        target = self.answer().project
        if not is_folder(target.parent):
            return f"There is no folder {target.parent}."
        return f"{target} exists already: choose another name, or open it." if is_there(target) else ""

    # ---------------------------------------------------------------- choosing and dropping
    def _browse_annotations(self) -> None:
        self._put(
            self.annotations, QFileDialog.getOpenFileName(self, "Annotations", self._folder(), _COCO)[0]
        )

    def _browse_detections(self) -> None:
        names = QFileDialog.getOpenFileNames(self, "Detections", self._folder(), _COCO)[0]
        self._put(self.detections, _listed(names))

    def _browse_images(self) -> None:
        self._put(
            self.images, QFileDialog.getExistingDirectory(self, "Folder of the pictures", self._folder())
        )

    def _browse_project(self) -> None:
        name = QFileDialog.getSaveFileName(
            self, "Project", self.project.text() or self._folder(), "Labelmend projects (*.labelmend)"
        )[0]
        if name:
            self._named = True
            self._put(self.project, name)

    def _folder(self) -> str:
        text = self.annotations.text().strip()
        return str(Path(text).parent) if text else ""

    def _put(self, field: QLineEdit, name: str) -> None:
        if name:
            field.setText(name)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        self.take(sort_out(local_files(event.mimeData())))
        event.acceptProposedAction()


def local_files(data: QMimeData) -> list[Path]:
    """The files of a drag that lie on this computer."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


_BETWEEN = "; "
"""What stands between the files of several models in their field."""


def _listed(names: Sequence[str]) -> str:
    return _BETWEEN.join(names)


def _paths(text: str) -> list[Path]:
    """The files that a field names; a name that itself holds what stands between names is one file."""
    if is_file(Path(text.strip())):
        return [Path(text.strip())]
    return [Path(part.strip()) for part in text.split(_BETWEEN.strip()) if part.strip()]


def _free_name(annotations: Path) -> Path:
    stem = annotations.name.removesuffix(".gz").removesuffix(".json")
    if stem in ("annotations", "instances", "labels", "_annotations.coco"):
        stem = annotations.absolute().parent.name or stem
    target = annotations.with_name(f"{stem}.labelmend")
    number = 2
    while target.exists():
        target = annotations.with_name(f"{stem}-{number}.labelmend")
        number += 1
    return target
