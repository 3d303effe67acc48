"""The small dialogs: find, review sample, export, and what an import or an export has to report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from labelmend_desktop import theme
from labelmend_desktop.actions import unbroken

PICTURES_UNASKED = 5000
"""Up to so many pictures are looked at unless somebody says no, where there is no model to ask."""

PICTURES_A_MINUTE = 6000
"""What an ordinary computer looks at, about."""


@dataclass(frozen=True)
class FindChoice:
    """Whether the pictures are looked at too."""

    pictures: bool = False


@dataclass(frozen=True)
class ExportChoice:
    """Where to write, and whether fixes that nobody has approved go out too."""

    path: Path
    every_fix: bool


class Dialog(QDialog):
    """A column of content above Cancel and one button that does it."""

    def __init__(self, title: str, do: str, *, parent: QWidget | None, cancel: bool = True) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(520)
        self.column = QVBoxLayout()
        self.column.setSpacing(theme.GRID)
        self.buttons = QDialogButtonBox()
        self.do = self.buttons.addButton(do, QDialogButtonBox.ButtonRole.AcceptRole)
        if cancel:  # after it, so that Tab comes to it after it too
            self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.do.setObjectName("do")
        self.do.setProperty("primary", True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * theme.GRID, 3 * theme.GRID, 3 * theme.GRID, 2 * theme.GRID)
        layout.setSpacing(2 * theme.GRID)
        layout.addLayout(self.column)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.do.setDefault(True)  # once it is in the dialog, else Enter presses Cancel

    def fill(self, widget: QWidget) -> None:
        """Add what takes all the height that there is."""
        self.column.addWidget(widget, 1)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setStretch(0, 1)
        layout.setStretch(1, 0)

    def say(self, text: str, *, quiet: bool = False) -> QLabel:
        """Add a paragraph."""
        label = QLabel(unbroken(text))
        label.setWordWrap(True)
        if quiet:
            label.setProperty("tone", "quiet")
        self.column.addWidget(label)
        return label

    def choice(self, name: str, text: str, *, on: bool = False) -> QRadioButton:
        """Add one of several ways, of which one is taken."""
        button = QRadioButton(text)
        button.setObjectName(name)
        button.setChecked(on)
        self.column.addWidget(button)
        return button

    def place(self, name: str, target: Path, *, kinds: str) -> tuple[QLineEdit, QHBoxLayout]:
        """A field for the place of a new file, and its line with a button to choose it; `kinds` as Qt writes
        them. The button that does it waits until something is there."""
        field = QLineEdit(str(target))
        field.setObjectName(name)
        field.textChanged.connect(lambda text: self.do.setEnabled(is_named(text)))
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(lambda: self._browse(field, kinds))
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        line.addWidget(field, 1)
        line.addWidget(browse)
        return field, line

    def _browse(self, field: QLineEdit, kinds: str) -> None:
        name = QFileDialog.getSaveFileName(
            self,
            self.windowTitle(),
            field.text(),
            kinds,
            options=QFileDialog.Option.DontConfirmOverwrite,
        )[0]
        if name:
            field.setText(name)


class FindDialog(Dialog):
    """Says what is compared before it begins."""

    def __init__(
        self,
        *,
        detections: int,
        models: Sequence[str] = (),
        judged: int,
        images: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Find errors", "Find", parent=parent)
        self.setObjectName("find_dialog")
        if detections and len(models) > 1:
            self.say(
                f"The annotations are compared with {detections:,} detections of {len(models)} models, and "
                f"these with each other: {', '.join(models)}."
            )
        elif detections:
            self.say(f"The annotations are compared with {detections:,} detections.")
        else:
            self.say(
                "The project has no detections yet: duplicates, faulty records, boxes of odd size or shape "
                "and boxes that lie on no edge of the picture can be found. Missing labels and wrong "
                "classes need a model's results file (File › Choose detections)."
            )
        self.pictures = QCheckBox("Look at the pictures too")
        self.pictures.setObjectName("look_at_pictures")
        self.pictures.setChecked(not detections and images <= PICTURES_UNASKED)
        self.column.addWidget(self.pictures)
        looks = " What labels look like tells missing ones and those on nothing better." if detections else ""
        edges = "Boxes whose sides lie on no edge are listed, with low scores."
        self.say(f"{edges}{looks} {_time_for(images)}.", quiet=True)
        self.say("This runs in the background; Cancel leaves the list as it is.", quiet=True)
        if judged:
            kept, they = f"All {judged:,} verdicts given so far are", "them"
            if judged == 1:
                kept, they = "The verdict given so far is", "it"
            self.say(f"{kept} kept; scores of the other issues follow {they}.", quiet=True)

    def answer(self) -> FindChoice:
        """What was chosen."""
        return FindChoice(pictures=self.pictures.isChecked())


def is_named(text: str) -> bool:
    """Whether a field names a file: "" does not, nor does "/", from which a path is typed."""
    return bool(Path(text.strip()).name)


def _time_for(images: int) -> str:
    minutes = round(images / PICTURES_A_MINUTE)
    if images < PICTURES_A_MINUTE / 6:
        return "It takes a few seconds"
    return f"{images:,} pictures take about {f'{minutes} minutes' if minutes > 1 else 'a minute'}"


class ExportDialog(Dialog):
    """Where the corrected file goes and which fixes go out."""

    def __init__(
        self,
        *,
        target: Path,
        approved: tuple[int, int],
        everything: tuple[int, int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Export", "Export", parent=parent)
        self.setObjectName("export_dialog")
        self.path, line = self.place("export_path", target, kinds="COCO files (*.json *.json.gz)")
        self.say("Corrected COCO file")
        self.column.addLayout(line)
        going, held = approved
        self.choice("default", f"Fixes that are approved or were not drawn for review: {going:,}", on=True)
        if held:
            one = "1 label keeps its original: it waits"
            they = one if held == 1 else f"{held:,} labels keep their original: they wait"
            self.say(f"{they} to be fixed again, reviewed or decided.", quiet=True)
        self.every = self.choice("every_fix", f"All fixes: {everything[0]:,}")
        self.say(
            "Every other record keeps its bytes. A certificate with the hashes is written beside the file.",
            quiet=True,
        )

    def answer(self) -> ExportChoice:
        """What was chosen."""
        return ExportChoice(Path(self.path.text().strip()), self.every.isChecked())


class CertificateDialog(Dialog):
    """What the export did, in sentences and hashes."""

    def __init__(self, *, sentences: Sequence[str], path: Path, parent: QWidget | None = None) -> None:
        super().__init__("Certificate", "Close", parent=parent, cancel=False)
        self.setObjectName("certificate")
        self.setMinimumWidth(680)
        heading = self.say("Exported and read back")
        heading.setFont(theme.font(theme.SIZE_HEADING, bold=True))
        for sentence in sentences[:-2]:
            self.say(sentence)
        hashes = QPlainTextEdit("\n".join(sentences[-2:]))
        hashes.setReadOnly(True)
        hashes.setObjectName("hashes")
        hashes.setFont(_fixed())
        hashes.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        hashes.setFixedHeight(64)
        self.column.addWidget(hashes)
        self.say(str(path), quiet=True)
        copy = QPushButton("Copy")
        copy.setToolTip("Copy the certificate's text.")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(sentences)))
        self.buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)


class ReportDialog(Dialog):
    """What was met, and a list of sentences that a person may want to read or copy, if there are any. What to
    ``do`` then can be cancelled."""

    def __init__(
        self,
        *,
        title: str,
        head: str,
        sentences: Sequence[str],
        do: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, do or "Close", parent=parent, cancel=bool(do))
        self.setObjectName("report")
        self.say(head)
        if not sentences:
            return
        self.resize(680, min(480, 200 + 28 * len(sentences)))
        text = QTextEdit()
        text.setPlainText("\n".join(sentences))
        text.setReadOnly(True)
        apart = QTextBlockFormat()
        apart.setBottomMargin(theme.GRID)  # else one that takes several lines runs into the next
        whole = QTextCursor(text.document())
        whole.select(QTextCursor.SelectionType.Document)
        whole.mergeBlockFormat(apart)
        self.fill(text)


def _fixed() -> QFont:
    found = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    found.setPixelSize(theme.SIZE_SMALL)
    return found
