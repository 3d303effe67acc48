"""Which detections are shown: a pop-up to choose by class and score, a button that says what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QLabel, QPushButton, QSlider

from labelmend_desktop import theme
from labelmend_desktop.seeing import Shown

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


class WhichDetections(QFrame):
    """The pop-up. What is chosen shows at once; Esc or a click beside it closes it."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, Qt.WindowType.Popup)
        self._canvas, self._seeing = canvas, canvas.session.seeing
        self.setProperty("room", "card")
        self.setAccessibleName("Which detections are shown")
        self.one_class = QCheckBox()
        self.least, self.most = _slider("Least score"), _slider("Greatest score")
        self._least, self._most = QLabel(), QLabel()
        self.every = QPushButton("Show all")
        layout = QGridLayout(self)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.one_class, 0, 0, 1, 3)
        for row, (word, slider, number) in enumerate(
            (("Score from", self.least, self._least), ("to", self.most, self._most)), start=1
        ):
            number.setFont(theme.font(tabular=True))
            layout.addWidget(QLabel(word), row, 0)
            layout.addWidget(slider, row, 1)
            layout.addWidget(number, row, 2)
        layout.addWidget(self.every, 3, 0, 1, 3)
        self.one_class.toggled.connect(self._chosen)
        self.least.valueChanged.connect(self._chosen)
        self.most.valueChanged.connect(self._chosen)
        self.every.clicked.connect(lambda: self._seeing.show_detections(Shown()))
        self._seeing.changed.connect(self._follow)

    def come(self) -> None:
        """Open at the top of the canvas, with detections in sight."""
        self._canvas.session.set_flag("show_detections", True)
        self._follow()
        self.adjustSize()
        right = self._canvas.mapToGlobal(QPoint(self._canvas.width() - self.width() - theme.GRID, theme.GRID))
        self.move(right)
        self.show()
        self.one_class.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc and Enter close it."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    def _chosen(self) -> None:
        least, most = self.least.value(), self.most.value()
        if least > most:  # the one that is moved pushes the other
            pushed, to = (self.most, least) if self.sender() is self.least else (self.least, most)
            pushed.setValue(to)  # calls here again
            return
        self._seeing.show_detections(Shown(self.one_class.isChecked(), least / 100, most / 100))

    def _follow(self) -> None:
        shown = self._seeing.detections
        self.one_class.setText(f"Only those of class {self._canvas.contents.class_in_question()}")
        self._least.setText(f"{shown.least:.2f}")
        self._most.setText(f"{shown.most:.2f}")
        fields = (self.one_class, self.least, self.most)
        for field in fields:
            field.blockSignals(True)
        self.one_class.setChecked(shown.one_class)
        self.least.setValue(round(shown.least * 100))
        self.most.setValue(round(shown.most * 100))
        for field in fields:
            field.blockSignals(False)


def _slider(name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(0, 100)
    slider.setPageStep(10)
    slider.setFixedWidth(200)
    slider.setAccessibleName(name)
    return slider


class HiddenDetections(QPushButton):
    """Stands in the canvas's lower left corner while a choice hides detections; a click opens the pop-up."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setObjectName("hidden_detections")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def follow(self) -> None:
        """Say what is hidden now."""
        session = self._canvas.session
        words = "" if session.bare or session.flip else self._canvas.contents.hidden_detections()
        self.setText(words)
        self.adjustSize()
        self.move(theme.GRID, self._canvas.height() - self.height() - theme.GRID)
        self.setVisible(bool(words))
