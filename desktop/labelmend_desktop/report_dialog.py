"""Where the report goes, and what comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QWidget

from labelmend_desktop.dialogs import Dialog


@dataclass(frozen=True)
class ReportChoice:
    """Where the page goes, whether tables and the evaluation come with it, whether it is shown then."""

    path: Path
    tables: bool = False
    evaluated: bool = False
    show: bool = True

    @property
    def folder(self) -> Path | None:
        """Where the tables go, beside the page; None where none are wanted."""
        return self.path.with_name(f"{self.path.stem}-tables") if self.tables else None


class WriteReportDialog(Dialog):
    """Asks for the place of the page."""

    def __init__(self, *, target: Path, has_detections: bool, parent: QWidget | None = None) -> None:
        super().__init__("Write report", "Write", parent=parent)
        self.setObjectName("write_report_dialog")
        self.path, line = self.place("report_path", target, kinds="Web pages (*.html)")
        self.say("Page")
        self.column.addLayout(line)
        self.say(
            "One file that needs nothing beside it: how the labels were checked, by whom, what was "
            "changed, and what proves it. It holds parts of your pictures and the names of who worked.",
            quiet=True,
        )
        self.tables = QCheckBox("Everything as tables too (CSV, in a folder beside it)")
        self.tables.setObjectName("report_tables")
        self.evaluated = QCheckBox("Evaluate the detections before and after; this takes longer")
        self.evaluated.setObjectName("report_evaluated")
        self.evaluated.setEnabled(has_detections)
        self.shown = QCheckBox("Show it when it is written")
        self.shown.setObjectName("report_shown")
        self.shown.setChecked(True)
        for box in (self.tables, self.evaluated, self.shown):
            self.column.addWidget(box)

    def answer(self) -> ReportChoice:
        """What was chosen."""
        return ReportChoice(
            Path(self.path.text().strip()),
            tables=self.tables.isChecked(),
            evaluated=self.evaluated.isChecked(),
            show=self.shown.isChecked(),
        )
