"""Earlier versions of the instructions: who changed what and when, and one of them put back."""

from __future__ import annotations

import difflib
import re
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QSplitter, QTextBrowser, QVBoxLayout, QWidget

from labelmend.progress import Progress
from labelmend.project.revisions import Revised, revisions
from labelmend.project.store import Store
from labelmend.review.instructions import Instructions, pictures_of
from labelmend.review.instructions_file import written
from labelmend_desktop import theme
from labelmend_desktop.words import when

_WORDS = {"undo": "taken back: ", "redo": "done again: "}


def read_revisions(store: Store, *, progress: Progress) -> list[Revised]:
    """All changes of the instructions, the latest first, as a task calls it."""
    progress(0, 100)
    return revisions(store.history())[::-1]


class Versions(QWidget):
    """Emits ``restore(instructions)`` when a version is wanted back."""

    restore = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._revised: list[Revised] = []
        self._may_write = False
        self.list = QListWidget()
        self.list.setObjectName("versions")
        self.list.setWordWrap(True)
        self.list.setSpacing(theme.GRID // 2)
        self.list.currentRowChanged.connect(self._show)
        self.difference = QTextBrowser()
        self.difference.setOpenLinks(False)
        self.button = QPushButton("Restore this version")
        self.button.setObjectName("restore_version")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._restore)
        self._empty = QLabel("Nothing was written yet.")
        self._empty.setProperty("tone", "quiet")
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.list)
        parts.addWidget(self.difference)
        parts.setSizes([200, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.GRID, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._empty)
        layout.addWidget(parts, 1)
        layout.addWidget(self.button)

    def show_revisions(self, found: list[Revised], *, may_write: bool) -> None:
        """List these, the latest first."""
        self._revised, self._may_write = found, may_write
        self.list.clear()
        for one in found:
            who = one.who or "the program"
            self.list.addItem(f"{when(one.at)}  {who}\n{_WORDS.get(one.op, '')}{one.title}")
        self._empty.setVisible(not found)
        self.button.setVisible(may_write)
        self.list.setCurrentRow(0 if found else -1)
        self._show(self.list.currentRow())

    def _show(self, row: int) -> None:
        chosen = 0 <= row < len(self._revised)
        self.button.setEnabled(chosen and row > 0 and self._revised[row].after is not None)
        self.difference.setHtml(difference(self._revised[row]) if chosen else "")

    def _restore(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._revised):
            self.restore.emit(self._revised[row].after)


def difference(one: Revised) -> str:
    """What a change did, line by line, as HTML: what came has a + before it, what went a −."""
    colours = theme.tokens()
    looks = {"+": (colours.ok, "+ "), "-": (colours.danger, "− "), " ": (colours.text_quiet, "&nbsp;&nbsp;")}
    before, after = (_lines(given) for given in (one.before, one.after))
    out: list[str] = []
    for line in list(difflib.unified_diff(before, after, n=2, lineterm=""))[2:]:
        if line.startswith("@"):
            out.append("<p>&nbsp;</p>" if out else "")
            continue
        colour, mark = looks[line[0]]
        out.append(f"<p style='margin:0; color:{colour}'>{mark}{escape(line[1:]) or '&nbsp;'}</p>")
    return "".join(out)


def _lines(given: Instructions | None) -> list[str]:
    """The text of a version, pictures by the beginning of what they are called."""
    if given is None:
        return []
    text = written(given, places={name: name[:8] for name in pictures_of(given)})
    return re.sub(r"!\[(.*)\]\((\w{8})\)", r"picture \2, \1:", text).split("\n")
