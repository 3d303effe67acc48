"""Every question that a dialog asks, in one class: a test replaces it by one that answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox, QWidget

from labelmend.find.offers import Offer
from labelmend.project.drawable import Drawable
from labelmend.project.trials import Result
from labelmend.review.policy import Policy
from labelmend.review.states import Actor
from labelmend_desktop.counting import Later
from labelmend_desktop.dialogs import (
    CertificateDialog,
    ExportChoice,
    ExportDialog,
    FindChoice,
    FindDialog,
    ReportDialog,
)
from labelmend_desktop.policy_dialog import PolicyDialog
from labelmend_desktop.report_dialog import ReportChoice, WriteReportDialog
from labelmend_desktop.sample_dialog import SampleChoice, SampleDialog
from labelmend_desktop.share_dialog import Choose, ShareChoice, ShareDialog, Tell
from labelmend_desktop.start.dropped import Dropped
from labelmend_desktop.start.new_project import NewProject, NewProjectDialog
from labelmend_desktop.start.who import WhoDialog
from labelmend_desktop.trial_dialogs import TrialChoice, TrialDialog
from labelmend_desktop.trial_result import TrialResultDialog


class Prompts:
    """Asks by dialogs; None is the answer of one who cancels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._window = parent

    @property
    def parent(self) -> QWidget | None:
        """The window that asks: a dialog lies over it, and it is in front again afterwards."""
        return QApplication.activeWindow() or self._window

    def who(self, default: Actor | None) -> Actor | None:
        """Who works, and as what."""
        dialog = WhoDialog(default, self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def new_project(self, given: Dropped) -> NewProject | None:
        """What to make a project of."""
        dialog = NewProjectDialog(given, self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def open_project(self, folder: Path) -> Path | None:
        """A project file."""
        name = QFileDialog.getOpenFileName(
            self.parent, "Open a project", str(folder), "Labelmend projects (*.labelmend)"
        )[0]
        return Path(name) if name else None

    def detections_files(self, folder: Path) -> list[Path]:
        """Detections files, one of each model; none when cancelled."""
        names = QFileDialog.getOpenFileNames(
            self.parent, "Choose detections", str(folder), "COCO files (*.json *.json.gz)"
        )[0]
        return [Path(name) for name in names]

    def read_so(self, offers: Sequence[Offer]) -> bool:
        """Whether detections that fit only when read otherwise than written shall be read so."""
        files = "their file" if len(offers) == 1 else "their files"
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Detections",
            "The detections fit the annotations only when they are read otherwise than they are written. "
            "Read them so?",
            parent=self.parent,
        )
        told = "\n\n".join(f"{offer.sentence()}\nRead: {offer.reading.sentence()}" for offer in offers)
        box.setInformativeText(f"{told}\n\nNothing is written to {files}; the history notes how it was read.")
        so = box.addButton("Read them so", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("As they are written", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(so)
        box.exec()
        return box.clickedButton() is so

    def use_detections(self, *, head: str, sentences: Sequence[str]) -> bool:
        """Whether detections that are not faultless shall take the place of those before."""
        dialog = ReportDialog(
            title="Choose detections", head=head, sentences=sentences, do="Use them", parent=self.parent
        )
        return _accepted(dialog)

    def images_folder(self, folder: Path) -> Path | None:
        """The folder that the pictures are in."""
        name = QFileDialog.getExistingDirectory(self.parent, "Folder of the pictures", str(folder))
        return Path(name) if name else None

    def find(self, *, detections: int, models: Sequence[str], judged: int, images: int) -> FindChoice | None:
        """Whether to look for errors now, and where."""
        dialog = FindDialog(
            detections=detections, models=models, judged=judged, images=images, parent=self.parent
        )
        return dialog.answer() if _accepted(dialog) else None

    def sample(self, *, known: Later[Drawable]) -> SampleChoice | None:
        """What the review sample is drawn from, and how much of it."""
        dialog = SampleDialog(known=known, parent=self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def policy(self, given: Policy) -> Policy | None:
        """The rules of review."""
        dialog = PolicyDialog(given, self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def trial(self, *, known: Later[Sequence[int]], words: Callable[[int], str]) -> TrialChoice | None:
        """What a trial of the instructions is made of: of issues whose right answer is ``known``, each with
        ``words``."""
        dialog = TrialDialog(known=known, words=words, parent=self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def show_trial(self, result: Result) -> None:
        """Show what came out of a trial."""
        TrialResultDialog(result, parent=self.parent).exec()

    def export(
        self, *, target: Path, approved: tuple[int, int], everything: tuple[int, int]
    ) -> ExportChoice | None:
        """Where to export; the pairs count the changes that go out and the labels held back."""
        dialog = ExportDialog(target=target, approved=approved, everything=everything, parent=self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def share(self, *, target: Path, choose: Choose, tell_out: Tell) -> ShareChoice | None:
        """Which images go to somebody else, to whom, and where to."""
        dialog = ShareDialog(target=target, choose=choose, tell_out=tell_out, parent=self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def packages(self, folder: Path) -> list[Path]:
        """Packages that came back; none when cancelled."""
        names = QFileDialog.getOpenFileNames(
            self.parent, "Merge packages", str(folder), "Labelmend projects (*.labelmend)"
        )[0]
        return [Path(name) for name in names]

    def replace(self, path: Path) -> bool:
        """Whether a file that exists may be replaced."""
        text = f"{path.name} exists already. Replace it?"
        box = QMessageBox(QMessageBox.Icon.Warning, "Replace", text, parent=self.parent)
        box.setInformativeText(str(path))
        replace = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is replace

    def write_report(self, *, target: Path, has_detections: bool) -> ReportChoice | None:
        """Where the report goes, and what comes with it."""
        dialog = WriteReportDialog(target=target, has_detections=has_detections, parent=self.parent)
        return dialog.answer() if _accepted(dialog) else None

    def show_page(self, path: Path) -> None:
        """Show a page in whatever shows pages here."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def show_certificate(self, *, sentences: Sequence[str], path: Path) -> None:
        """Show what an export did."""
        CertificateDialog(sentences=sentences, path=path, parent=self.parent).exec()

    def show_report(self, *, title: str, head: str, sentences: Sequence[str]) -> None:
        """Show a list of sentences."""
        ReportDialog(title=title, head=head, sentences=sentences, parent=self.parent).exec()

    def save_instructions(self, *, may_stay: bool) -> bool | None:
        """Whether what was written in the instructions is saved; None (``may_stay``): neither, go on."""
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Instructions",
            "Something was written in the instructions and is not saved. Save it?",
            parent=self.parent,
        )
        save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton("Go on writing", QMessageBox.ButtonRole.RejectRole) if may_stay else None
        box.setDefaultButton(save)
        box.exec()
        return None if stay is not None and box.clickedButton() is stay else box.clickedButton() is save

    def picture_file(self, folder: Path) -> Path | None:
        """A picture to take into the instructions."""
        pictures = "Pictures (*.jpg *.jpeg *.png *.bmp *.webp *.tif *.tiff)"
        name = QFileDialog.getOpenFileName(self.parent, "Add a picture", str(folder), pictures)[0]
        return Path(name) if name else None

    def instructions_file(self, folder: Path) -> Path | None:
        """A Markdown file of instructions, whose pictures lie beside it."""
        name = QFileDialog.getOpenFileName(
            self.parent, "Read instructions", str(folder), "Instructions (*.md)"
        )[0]
        return Path(name) if name else None

    def instructions_folder(self, proposed: Path) -> Path | None:
        """The name of a new folder for the instructions."""
        options = QFileDialog.Option.DontConfirmOverwrite
        name = QFileDialog.getSaveFileName(
            self.parent, "Write instructions to a new folder", str(proposed), options=options
        )[0]
        return Path(name) if name else None

    def pdf_file(self, proposed: Path) -> Path | None:
        """A PDF file to print to."""
        name = QFileDialog.getSaveFileName(self.parent, "Print to a PDF", str(proposed), "PDF (*.pdf)")[0]
        return Path(name) if name else None

    def about(self, text: str) -> None:
        """Show the program's version and places."""
        QMessageBox.about(self.parent or QWidget(), "About Labelmend", text)


def _accepted(dialog: QDialog) -> bool:
    return dialog.exec() == QDialog.DialogCode.Accepted
