"""The instructions of the class at hand beside the canvas; of two where the suspicion is between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from labelmend.find.issues import CLASS
from labelmend.project.annotation import Annotation
from labelmend.project.instructing import instructions_of
from labelmend.project.project import Project
from labelmend.review.instructions import ClassInstructions, in_markdown, in_words
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.elided import ElidedLabel
from labelmend_desktop.reading import Reading
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.reference_pictures import ReferencePictures
from labelmend_desktop.words import with_units

_ADDING = {
    "add_to_instructions": "Add to instructions",
    "use_as_reference": "",
    "use_as_counter_example": "As a counter-example",
}
"""Actions and what their buttons say, where not the action's own name: its key has to have room."""


def classes_at_hand(project: Project, row: int, annotation: Annotation | None) -> list[int]:
    """Rows of the classes that are in question, one or two: the label's, then the one that is suspected.

    row: of the issue in sight, -1 without one; annotation: the label at hand.
    """
    table = project.issues
    found = [annotation.category] if annotation is not None else []
    if row >= 0 and table.kind[row] == CLASS:
        found += [int(table.category[row]), int(table.columns.fix_category[row])]
    elif row >= 0 and not found:
        found.append(int(table.category[row]))
    known = [one for one in dict.fromkeys(found) if 0 <= one < len(project.categories.name)]
    return known[:2]


class InstructionsView(QWidget):
    """Emits ``opened(name of the class, number of its picture)`` when a picture is clicked.

    Two classes are side by side, pictures and words: small ones, so that both are in sight at once.
    """

    opened = Signal(str, int)

    def __init__(
        self, images: ReferenceImages, actions: ActionSet, *, colour_of: Callable[[int], QColor]
    ) -> None:
        super().__init__()
        self._colour_of = colour_of
        self._shown: object = None
        self.seen = [_Seen(images), _Seen(images)]
        self.told = [_Told(), _Told()]
        for one in self.seen:
            one.opened.connect(self.opened)
        self._general = Reading()
        self._adding = _adding(actions)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.GRID)
        for column in range(2):
            self._grid.setColumnStretch(column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addLayout(self._grid)
        layout.addWidget(self._general)
        layout.addLayout(self._adding)
        self._place(2)

    def show_classes(self, project: Project, categories: Sequence[int]) -> None:
        """Show what is written of these classes, one or two, and what holds for all."""
        given, names = instructions_of(project), project.categories.name
        told = [given.of(names[category]) for category in categories]
        shown = (project.path, tuple(categories), tuple(told), given.general, theme.is_dark())
        if shown == self._shown:
            return
        self._shown = shown
        self._general.show_words(given.general)
        for n, one in enumerate(told):
            self.seen[n].show_class(one, self._colour_of(categories[n]), in_one_row=len(told) > 1)
            self.told[n].show_class(one, small=len(told) > 1)
        self._place(len(told))

    def _place(self, n: int) -> None:
        """One class over the whole width, or two beside each other."""
        columns = 2 // n
        for place in range(2):
            for line, part in enumerate((self.seen[place], self.told[place])):
                if place < n:
                    self._grid.addWidget(part, line, place, 1, columns, Qt.AlignmentFlag.AlignTop)
                part.setVisible(place < n)


def _adding(actions: ActionSet) -> QVBoxLayout:
    """The buttons that make the label at hand a picture of its class, and the one to all instructions."""
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(_quiet(actions.button("instructions", text="All instructions")))
    for name, text in _ADDING.items():
        button, action = actions.button(name, text=text), actions.action(name)
        action.changed.connect(lambda b=button, a=action: b.setVisible(a.isEnabled() and a.isVisible()))
        button.hide()
        column.addWidget(_quiet(button))
    return column


def _quiet(button: QPushButton) -> QPushButton:
    button.setProperty("quiet", True)
    button.setProperty("left", True)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return button


class _Seen(QWidget):
    """A class by its name, its colour and its pictures."""

    opened = Signal(str, int)

    def __init__(self, images: ReferenceImages) -> None:
        super().__init__()
        self._dot = QLabel()
        self.heading = ElidedLabel()
        self.heading.setFont(theme.font(bold=True))
        self.pictures = ReferencePictures(images)
        self.pictures.opened.connect(lambda at: self.opened.emit(self.heading.text(), at))
        self.more = QLabel()
        self.more.setFont(theme.font(theme.SIZE_SMALL, tabular=True))
        self.more.setProperty("tone", "quiet")
        self.pictures.left_out.connect(self._tell_more)
        top = QHBoxLayout()
        top.setSpacing(theme.GRID // 2)
        top.addWidget(self._dot)
        top.addWidget(self.heading, 1)
        top.addWidget(self.more)
        layout = _column(self)
        layout.addLayout(top)
        layout.addWidget(self.pictures)

    def show_class(self, one: ClassInstructions, colour: QColor, *, in_one_row: bool) -> None:
        """Show the pictures of these instructions, or as many as one row holds."""
        dot = QPixmap(10, 10)
        dot.fill(colour)
        self._dot.setPixmap(dot)
        self.heading.say(one.name)
        self.pictures.show_pictures(one.pictures, in_one_row=in_one_row)

    def _tell_more(self, n: int) -> None:
        self.more.setVisible(n > 0)
        self.more.setText(f"+{n}")
        self.more.setToolTip(f"{n} more pictures: click one, then go on by the arrows.")


class _Told(QWidget):
    """What is written about a class, and what its numbers let pass."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Reading()
        self.numbers = QLabel()
        self.numbers.setWordWrap(True)
        self.numbers.setProperty("tone", "quiet")
        layout = _column(self)
        for part in (self.words, self.numbers):
            layout.addWidget(part)

    def show_class(self, one: ClassInstructions, *, small: bool) -> None:
        """Show these instructions, in the usual letters or in small ones."""
        for part in (self.words, self.numbers):
            part.setFont(theme.font(theme.SIZE_SMALL if small else theme.SIZE_TEXT))
        words, numbers = in_markdown(one), in_words(one)
        self.words.show_words(words)
        nothing = not (words or numbers or one.pictures)
        told = "Nothing is written about this class yet." if nothing else " ".join(numbers)
        self.numbers.setText(with_units(told))
        self.numbers.setVisible(bool(told))


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.GRID // 2)
    return layout
