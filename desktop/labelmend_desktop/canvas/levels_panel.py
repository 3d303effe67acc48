"""The pop-up for brightness: the picture's histogram with black and white to drag, and what else there is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QGridLayout, QLabel, QPushButton, QSlider

from labelmend_desktop import theme
from labelmend_desktop.decoding import pixels_of
from labelmend_desktop.levels import CHANNELS, GAMMA
from labelmend_desktop.region_plot import RegionPlot

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas

_BINS = 128
_WIDTH = 300


class LevelsPanel(QFrame):
    """What is chosen shows at once, in the pictures that follow too; Esc or a click beside closes it.

    One goes on to those pictures while it is open.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, Qt.WindowType.Popup)
        self._canvas, self._seeing = canvas, canvas.session.seeing
        self._most = 255
        self.setProperty("room", "card")
        self.setProperty("lets_through", ["next_issue", "previous_issue", "quit"])
        self.setAccessibleName("Brightness and levels")
        self.histogram = RegionPlot(
            bins=_BINS,
            height=96,
            tip="How many pixels are how bright. Drag the edges: black left, white right.",
        )
        self.histogram.setFixedWidth(_WIDTH)
        self.brightness, self.contrast = _slider("Brightness"), _slider("Contrast")
        self.gamma = _slider("Gamma")
        self._numbers = [QLabel(), QLabel(), QLabel()]
        self.stretch = QCheckBox("Stretch to each picture's own range")
        self.invert = QCheckBox("Invert")
        self.channel = QComboBox()
        self.channel.addItems(["All colours", *(f"Only {name}" for name in CHANNELS)])
        self.channel.setAccessibleName("Colours")
        self.reset = QPushButton("Reset")
        self._lay_out()
        self.histogram.region_changed.connect(self._dragged)
        for slider in (self.brightness, self.contrast, self.gamma):
            slider.valueChanged.connect(self._chosen)
        self.stretch.toggled.connect(self._stretched)
        self.invert.toggled.connect(self._chosen)
        self.channel.currentIndexChanged.connect(self._chosen)
        self.reset.clicked.connect(self._seeing.reset_levels)
        self._seeing.levels_changed.connect(self._levels_changed)
        canvas.session.issue_changed.connect(self._picture_changed)
        canvas.session.pictures.ready.connect(lambda _image: self._picture_changed())
        canvas.session.closing.connect(self.close)

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self.histogram, 0, 0, 1, 3)
        layout.addWidget(self.stretch, 1, 0, 1, 3)
        sliders = (self.brightness, self.contrast, self.gamma)
        for row, (slider, number) in enumerate(zip(sliders, self._numbers, strict=True), start=2):
            number.setFont(theme.font(tabular=True))
            number.setMinimumWidth(number.fontMetrics().horizontalAdvance("+100 %"))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(QLabel(slider.accessibleName()), row, 0)
            layout.addWidget(slider, row, 1)
            layout.addWidget(number, row, 2)
        layout.addWidget(self.channel, 5, 0)
        layout.addWidget(self.invert, 5, 1)
        layout.addWidget(self.reset, 5, 2)

    def come(self) -> None:
        """Open at the top of the canvas."""
        self._show_picture()
        self._follow()
        self.adjustSize()
        self.move(
            self._canvas.mapToGlobal(QPoint(self._canvas.width() - self.width() - theme.GRID, theme.GRID))
        )
        self.show()
        self.brightness.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, Enter and the key that opened it close it; the window's other keys of levels hold here too."""
        keys = Qt.Key
        shifted = {
            keys.Key_B: self.close,
            keys.Key_I: self._seeing.invert,
            keys.Key_C: self._seeing.next_channel,
            keys.Key_0: self._seeing.reset_levels,
            keys.Key_ParenRight: self._seeing.reset_levels,
        }
        with_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.key() in (keys.Key_Escape, keys.Key_Return, keys.Key_Enter):
            self.close()
        elif with_shift and event.key() in shifted:
            shifted[Qt.Key(event.key())]()
        else:
            super().keyPressEvent(event)

    # ---- from the picture and the levels to what is shown here

    def _picture_changed(self) -> None:
        if self.isVisible():
            self._show_picture()
            self._follow()

    def _show_picture(self) -> None:
        loaded = self._canvas.loaded
        if loaded is None:
            return
        smallest: NDArray[Any] = loaded.deep[-1] if loaded.deep else pixels_of(loaded.levels[-1])[..., :3]
        self._most = 65535 if loaded.deep else 255
        low, high = (0, 255)
        if loaded.deep:  # not from the least to the greatest: a hot pixel would leave the others no room
            low, high = loaded.automatic
            spare = (high - low) // 2
            low, high = max(int(smallest.min()), low - spare), min(int(smallest.max()), high + spare)
        black, white = self._seeing.levels.ends(most=self._most, automatic=loaded.automatic)
        low, high = min(low, int(black)), max(high, int(white))
        inner = [low + (high - low) * part // 4 for part in (1, 2, 3)]
        self.histogram.set_bounds((low, max(high, low + 1)), [(value, f"{value:,}") for value in inner])
        self.histogram.show_values(smallest.ravel().astype(np.float64))

    def _follow(self) -> None:
        levels, loaded = self._seeing.levels, self._canvas.loaded
        automatic = (0, 255) if loaded is None else loaded.automatic
        self.histogram.set_region(*levels.ends(most=self._most, automatic=automatic))
        for field, value in (
            (self.brightness, levels.brightness),
            (self.contrast, levels.contrast),
            (self.gamma, np.log(levels.gamma) / np.log(GAMMA[1])),
        ):
            with QSignalBlocker(field):
                field.setValue(round(100 * value))
        for box, on in ((self.stretch, levels.stretch), (self.invert, levels.invert)):
            with QSignalBlocker(box):
                box.setChecked(on)
        with QSignalBlocker(self.channel):
            self.channel.setCurrentIndex(0 if levels.channel is None else levels.channel + 1)
        percents = [f"{100 * value:+.0f} %" for value in (levels.brightness, levels.contrast)]
        words = (*percents, f"{levels.gamma:.2f}")
        for number, text in zip(self._numbers, words, strict=True):
            number.setText(text)

    def _levels_changed(self) -> None:
        self._canvas.ground.outdate()
        self._canvas.update()
        self._canvas.aids.minimap.take_picture()
        if self.isVisible():
            self._follow()

    # ---- from what is chosen here to the levels

    def _dragged(self, low: float, high: float) -> None:
        black, white = low / self._most, high / self._most
        self._seeing.show_levels(replace(self._seeing.levels, black=black, white=white))

    def _stretched(self, on: bool) -> None:
        """The picture's own range takes the place of what was dragged."""
        self._seeing.show_levels(replace(self._seeing.levels, stretch=on, black=None, white=None))

    def _chosen(self) -> None:
        channel = self.channel.currentIndex() - 1
        self._seeing.show_levels(
            replace(
                self._seeing.levels,
                brightness=self.brightness.value() / 100,
                contrast=self.contrast.value() / 100,
                gamma=GAMMA[1] ** (self.gamma.value() / 100),
                invert=self.invert.isChecked(),
                channel=channel if channel >= 0 else None,
            )
        )


def _slider(name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(-100, 100)
    slider.setPageStep(10)
    slider.setAccessibleName(name)
    return slider
