"""The canvas: the picture with its shapes, on which labels are looked at and mended."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labelmend.errors import LabelmendError
from labelmend_desktop import theme
from labelmend_desktop.canvas import taking, verbs
from labelmend_desktop.canvas.aids import Aids
from labelmend_desktop.canvas.arrival import Arrival
from labelmend_desktop.canvas.backdrop import paint_ground, paint_hastily, paint_words
from labelmend_desktop.canvas.brush import Brush
from labelmend_desktop.canvas.camera import Camera
from labelmend_desktop.canvas.chosen import Chosen
from labelmend_desktop.canvas.contents import EVERYTHING, Boxes, Contents
from labelmend_desktop.canvas.hands import Hands
from labelmend_desktop.canvas.layer import Layer
from labelmend_desktop.canvas.mending import Mending
from labelmend_desktop.canvas.paths import Paths
from labelmend_desktop.canvas.picking import Picking
from labelmend_desktop.canvas.pointing import Pointing
from labelmend_desktop.canvas.proposal import Proposals
from labelmend_desktop.canvas.quiet import REACH, paint_quiet
from labelmend_desktop.canvas.shapes import Shapes
from labelmend_desktop.canvas.still import Still
from labelmend_desktop.canvas.view import View, fit, united
from labelmend_desktop.decoding import Loaded
from labelmend_desktop.session import Session

if TYPE_CHECKING:
    from labelmend.project.state import Changes

_STEP = 1.2
"""One notch of the wheel zooms by this."""


class Canvas(QWidget):
    """Shows the image in sight of the session and turns gestures into calls of it.

    ``pointer`` tells the cursor in picture pixels, ``view_changed`` the scale, ``shape_changed`` the box in
    hand (x, y, w, h) or None, ``tool_changed`` the tool's name or "", ``hint`` how it is used.
    """

    pointer = Signal(float, float)
    view_changed = Signal(float)
    shape_changed = Signal(object)
    tool_changed = Signal(str)
    hint = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.contents = session, Contents(session, self)
        self.camera = Camera(self)
        self.arrival = Arrival(self)
        self.ground = Layer(self._paint_ground, self.update, self, hasty=self._paint_ground_hastily)
        self.overlay, self.paths = Layer(self._paint_quiet, self.update, self), Paths(self)
        self.still, self.shapes = Still(self), Shapes(self)
        self.chosen = Chosen(self)
        self.picking = Picking(self)
        self.mending = Mending(self)
        self.hands = Hands(self)
        self.pointing = Pointing(self)
        self.proposals = Proposals(self)
        self.loaded: Loaded | None = None
        self.words, self.frames = "", 0
        self._fitted = True
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self.setAccessibleName("Picture")
        self.camera.moved.connect(self._view_moved)
        session.project_changed.connect(self._show_issue)
        session.issue_changed.connect(self._show_issue)
        session.changed.connect(self._take)
        session.selection_changed.connect(self._refresh)
        session.mode_changed.connect(self._refresh)
        session.pictures.ready.connect(self._picture_ready)
        session.pictures.failed.connect(self._picture_failed)
        session.pictures.tiles.arrived.connect(self._more_of_picture)
        self.brush = Brush(self)
        self.aids = Aids(self)

    # ---- what is in sight

    @property
    def view(self) -> View:
        """Where the picture lies now."""
        return self.camera.view

    @property
    def has_picture(self) -> bool:
        """Whether an image is in sight, be its picture there or not."""
        return self.session.project is not None and self.contents.image >= 0

    def picture_size(self) -> tuple[float, float]:
        """Width and height of the frame that labels are drawn in, in picture pixels."""
        if self.loaded is None:
            return self.contents.size()
        return float(self.loaded.width), float(self.loaded.height)

    def limits(self) -> tuple[float, float]:
        """Width and height that gestures keep within: the picture's and the declared size, the larger."""
        (wide, high), (declared_wide, declared_high) = self.picture_size(), self.contents.size()
        return max(wide, declared_wide), max(high, declared_high)

    def _show_issue(self) -> None:
        self.hands.drop()
        same = self.session.project is not None and self.contents.image == self.session.image
        if same and self.contents.is_in_sight():
            self.contents.refocus()
            self._refresh()
        else:
            self.contents.load()
            self.overlay.drop()
            if not same:
                self._ask_for_picture()
        self.chosen.refresh()
        self.arrival.leave(chosen=not self._fitted)
        self._arrive(travel=same)
        self.contents.read_ahead()
        self.tell_shape()

    def _ask_for_picture(self) -> None:
        self.loaded, self.words = None, ""
        self.ground.drop()
        pictures, image = self.session.pictures, self.contents.image
        if self.session.project is None or image < 0:
            return
        self.loaded = pictures.picture(image)
        self.words = (self.loaded.note or "") if self.loaded else ""
        focus = self.contents.focus
        pictures.request(image, near=None if focus is None else focus.area(self.contents.scene))

    def _picture_ready(self, image: int) -> None:
        loaded = self.session.pictures.picture(image)
        if image != self.contents.image or loaded is self.loaded:
            return
        size, first = self.picture_size(), self.loaded is None
        self.loaded, self.words = loaded, (loaded.note or "") if loaded else ""
        if first:
            self.ground.drop()
        self._more_of_picture()
        if size != self.picture_size():
            self._arrive(travel=False)

    def _more_of_picture(self) -> None:
        self.ground.outdate()
        self.update()

    def _picture_failed(self, image: int, why: LabelmendError) -> None:
        if image == self.contents.image:
            self.words = str(why)
            self.update()

    def _take(self, changes: Changes) -> None:
        """Take in what a step changed."""
        if changes.issues_replaced:
            self._show_issue()
            return
        if self.contents.image in changes.images or not changes.images:
            self.hands.drop_unless_running()
            self._repaint(self.contents.take(changes.annotations))
            self.chosen.refresh()
            self.tell_shape()

    def _refresh(self) -> None:
        """Another selection, or another choice of what is shown."""
        self._repaint(self.contents.refresh())
        self.contents.let_go()
        self.chosen.refresh()
        self.hands.refresh()
        self.tell_shape()

    def _repaint(self, boxes: Boxes | None) -> None:
        if boxes is EVERYTHING:
            self.overlay.drop()
        else:
            finite = [self.view.rect(box) for box in boxes if np.isfinite(box).all()]
            for rect in united([one.adjusted(-REACH, -REACH, REACH, REACH) for one in finite]):
                self.overlay.patch(rect)
        self.update()

    def tell_shape(self) -> None:
        """Say which box is in hand."""
        annotation = self.contents.scene.annotation(self.session.selected)
        box = self.contents.held_box() if annotation is None else annotation.bbox
        self.shape_changed.emit(None if box is None else tuple(box.tolist()))

    # ---- the view

    def _arrive(self, *, travel: bool) -> None:
        self._fitted = True
        (self.camera.go if travel else self.camera.show)(self.arrival.view())
        self.update()

    def _view_moved(self) -> None:
        self.view_changed.emit(self.view.scale)
        self.update()

    def look(self, view: View) -> None:
        """Show a view of the user's own making, at once."""
        self._fitted = False
        self.camera.show(view)

    def fit_suspect(self) -> None:
        """Zoom to the suspect with context around it."""
        self.arrival.forget()
        self._arrive(travel=True)

    def come_to_hand(self) -> bool:
        """Go to the label in hand, to a mask with the brush; else take the suggested one. False: neither."""
        if self.session.selected is None and not taking.begin(self):
            return False
        verbs.take_brush(self)
        view = self.arrival.view_of_hand()
        if view is not None:
            self.camera.go(view)
        return True

    def fit_image(self) -> None:
        """Show the whole picture."""
        self._fitted = False
        self.camera.go(fit((0, 0, *self.limits()), (self.width(), self.height())))

    def zoom_in(self) -> None:
        """Come nearer, about the middle."""
        self._zoom(_STEP**2)

    def zoom_out(self) -> None:
        """Step back, about the middle."""
        self._zoom(_STEP**-2)

    def _zoom(self, factor: float) -> None:
        self.look(self.view.zoomed(factor, QPointF(self.width() / 2, self.height() / 2)))

    # ---- verbs

    def take_tool(self, name: str) -> None:
        """Take a tool of canvas/tools.py: the next press begins its gesture."""
        self.hands.take_tool(name)

    def adjust(self, by: int) -> None:
        """Make what is proposed stronger (+1) or gentler (-1)."""
        self.proposals.adjust(by)

    def take_back(self) -> bool:
        """Take back what is not done yet; False where there is nothing of the kind."""
        return self.hands.take_back()

    def cancel(self) -> None:
        """Leave the gesture, else the tool, else the editing; nothing that was not released is kept."""
        self.hands.cancel()

    def swap_grips(self) -> bool:
        """Take a polygon by its box or its vertices again, of a mask the other brush; False of a box."""
        if not self.contents.swap_grips():
            return verbs.take_brush(self)
        self.hands.drop_unless_running()
        self.hands.let_go()
        self.hands.refresh()
        self.update()
        return True

    def cycle(self) -> None:
        """Select the next shape near the suspect, and go to it unless it is in sight."""
        verbs.cycle(self)

    def cursor_place(self) -> QPoint | None:
        """Where on the screen the cursor rests on the picture; None when it is elsewhere."""
        at = self.pointing.last
        return None if at is None else self.mapToGlobal(at.toPoint())

    def nudge(self, dx: float, dy: float) -> None:
        """Move the active handle or the picked vertices, else the selected shapes, by picture pixels."""
        if self.hands.busy:
            return
        by = np.array([dx, dy])
        if self.session.selection.several:
            verbs.nudge_several(self.session, self.contents, by=by, limits=self.limits())
        else:
            verbs.nudge(self, by)

    # ---- painting

    def _paint_ground(self, painter: QPainter, view: View, rect: QRectF) -> Iterator[None]:
        frame = view.rect((0, 0, *self.picture_size()))
        levels, dpr = self.session.seeing.levels, self.devicePixelRatioF()
        return paint_ground(painter, self.loaded, frame, levels=levels, view=view, rect=rect, dpr=dpr)

    def _paint_ground_hastily(self, painter: QPainter, rect: QRect) -> None:
        levels, dpr = self.session.seeing.levels, self.devicePixelRatioF()
        paint_hastily(painter, self.loaded, levels=levels, view=self.view, rect=rect, dpr=dpr)

    def _paint_quiet(self, painter: QPainter, view: View, rect: QRectF) -> Iterator[None]:
        contents = self.contents
        return paint_quiet(
            painter,
            contents.scene,
            contents.rows,
            view=view,
            rect=rect,
            dpr=self.devicePixelRatioF(),
            few=contents.few,
            path=partial(self.paths.of, later=self.overlay.renew),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bottom to top: picture, masks, quiet shapes, shade, live shapes, words."""
        painter = QPainter(self)
        rect = event.rect()
        painter.setClipRegion(event.region())
        if not self.has_picture:
            painter.fillRect(rect, QColor(theme.tokens().ground))
        else:
            self.still.draw(painter, rect)
            frame = self.view.rect((0, 0, *self.picture_size()))
            if not self.session.bare:
                self.shapes.paint(painter, rect, frame)
            words = self.proposals.words or self.mending.words or self.words
            if words:
                paint_words(painter, words, room=QRectF(self.rect()), font=self.font(), within=QRectF(rect))
            self.aids.loupe.paint(painter, rect)
        painter.end()
        self.frames += 1

    # ---- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the suspect fitted until the user has chosen a view; else keep the middle where it was."""
        grown = event.size() - event.oldSize()
        keep = not self._fitted and not event.oldSize().isEmpty()
        here = self.view.moved(grown.width() // 2, grown.height() // 2)
        self.camera.show(here if keep else self.arrival.view())
        self.aids.follow()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if notches and self.has_picture:
            self.look(self.view.zoomed(_STEP**notches, event.position()))
            self.pointing.at(event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of what is below the cursor."""
        if self.has_picture:
            self.hands.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what a press would do."""
        if self.has_picture:
            x, y = self.view.to_picture(event.position())
            self.pointer.emit(x, y)
            self.hands.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        self.hands.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Close a polygon that is being drawn; otherwise a second press."""
        if self.has_picture:
            self.hands.double_click(event)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme has another ground."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.ground.drop()

    def leaveEvent(self, _event: QEvent) -> None:
        """Nothing is below the cursor any more."""
        self.pointer.emit(np.nan, np.nan)
        self.pointing.left()

    def event(self, event: QEvent) -> bool:
        """Keep for a gesture the keys it needs, which are shortcuts of the window otherwise."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self.hands.wants(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that belong to a gesture."""
        if not self.hands.key(event):
            super().keyPressEvent(event)
