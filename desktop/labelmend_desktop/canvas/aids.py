"""What helps to see: names, ties, and widgets on the canvas: overview, loupe, levels, what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from labelmend_desktop.canvas.levels_panel import LevelsPanel
from labelmend_desktop.canvas.live import reach_of
from labelmend_desktop.canvas.loupe import Loupe
from labelmend_desktop.canvas.minimap import Minimap
from labelmend_desktop.canvas.name_tag import TAG_ROOM
from labelmend_desktop.canvas.tags import Tags
from labelmend_desktop.canvas.ties import Ties
from labelmend_desktop.canvas.which_detections import HiddenDetections, WhichDetections

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


class Aids:
    """They follow the canvas's signals; what is painted below them is not painted for nothing."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.tags = Tags(canvas)
        self.ties = Ties(canvas)
        self.minimap = Minimap(canvas)
        self.loupe = Loupe(canvas)
        self.levels = LevelsPanel(canvas)
        self.which_detections = WhichDetections(canvas)
        self.hidden_detections = HiddenDetections(canvas)
        self.hidden_detections.clicked.connect(self.which_detections.come)
        session = canvas.session
        for signal in (session.issue_changed, session.selection_changed, session.mode_changed):
            signal.connect(self.follow)
        session.project_changed.connect(self.follow)
        session.changed.connect(lambda _changes: self.follow())
        session.pictures.ready.connect(lambda _image: self.follow())
        canvas.contents.outlining.found.connect(self._outlined)
        canvas.contents.outlining.done.connect(canvas.update)
        canvas.contents.detected.found.connect(self._detected)
        session.closing.connect(canvas.contents.detected.forget)
        session.closing.connect(canvas.contents.outlining.stop)
        session.closing.connect(canvas.paths.forget)
        canvas.camera.moved.connect(self._view_moved)
        canvas.shape_changed.connect(lambda _box: self._shape_moved())

    def follow(self) -> None:
        """Take in everything that may have changed."""
        self.ties.refresh()
        self.tags.drop()
        self.hidden_detections.follow()
        self.minimap.take_picture()
        self._view_moved()

    def _outlined(self, row: int) -> None:
        """A mask that was drawn by its box is drawn by its outline from now on."""
        canvas = self._canvas
        canvas.contents.take_outlined(row)
        if row in canvas.contents.rows:
            canvas.overlay.drop()
        if row in canvas.chosen.rows:
            canvas.chosen.refresh()
        canvas.update()

    def _detected(self, image: int) -> None:
        """The outlines of an image's detections are there."""
        contents = self._canvas.contents
        if image == contents.image and contents.scene.to_outline:
            contents.refresh()
            self._canvas.overlay.renew()
            self._canvas.pointing.again()
            self.follow()

    def _view_moved(self) -> None:
        self.tags.view_moved()
        self.minimap.follow(self._of_interest())
        self.loupe.follow()

    def _shape_moved(self) -> None:
        if self._canvas.hands.busy and not self.minimap.isHidden():
            self.minimap.make_way(self._of_interest())

    def _of_interest(self) -> list[QRectF]:
        """What is not to be covered, in widget pixels: the suspect and its tag, the shape in hand, what
        is said."""
        canvas, contents, hands = self._canvas, self._canvas.contents, self._canvas.hands
        areas = []
        if contents.focus is not None:
            suspect = canvas.view.rect(contents.focus.area(contents.scene))
            areas.append(suspect.adjusted(-TAG_ROOM, -TAG_ROOM, TAG_ROOM, TAG_ROOM))
        if hands.draft is not None:
            areas.append(reach_of(hands.draft, canvas.view))
        elif (selected := contents.scene.annotation(canvas.session.selected)) is not None:
            areas.append(canvas.view.rect(contents.scene.box(contents.scene.row_of[selected.key])))
        if not self.hidden_detections.isHidden():
            areas.append(QRectF(self.hidden_detections.geometry()))
        if self.loupe.place is not None:
            areas.append(QRectF(self.loupe.place))
        return areas
