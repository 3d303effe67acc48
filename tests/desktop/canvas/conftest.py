import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from builders.datasets import ANN, annotation, detection, make_project
from labelmend_desktop.canvas.canvas import Canvas
from labelmend_desktop.canvas.view import View
from labelmend_desktop.session import Session

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
TRIANGLE = [200.0, 20, 260, 20, 230, 80]
RUNS = [320 * 0 + 10, 20, 240 - 20, 20, 320 * 240 - 10 - 20 - 220 - 20]  # two columns of twenty rows


def labels():
    """Image 1: a cat's box (key 0), a dog's polygon (1), a bird's mask (2); image 2: keys 3 to 5."""
    return [
        annotation(1, 1, [40.5, 60.25, 80, 60]),
        annotation(2, 1, [200, 20, 60, 60], category=2, segmentation=[TRIANGLE]),
        annotation(3, 1, [0, 10, 2, 20], category=3, segmentation={"size": [240, 320], "counts": RUNS}),
        annotation(4, 2, [20, 20, 40, 40]),
        annotation(5, 2, [100, 20, 40, 40], category=2),
        annotation(6, 2, [200, 20, 60, 60], category=3, segmentation=[TRIANGLE]),
    ]


def seen():
    return [
        detection(1, [44, 61, 70, 58]),
        detection(1, [150, 150, 40, 40], category=2),
        detection(2, [20, 20, 40, 40]),
    ]


class Desk:
    """A canvas on a real session, driven in picture coordinates."""

    def __init__(self, session, qtbot):
        self.session, self.qtbot = session, qtbot
        self.canvas = Canvas(session)
        self.canvas.camera.animated = False
        self.canvas.resize(800, 600)
        qtbot.addWidget(self.canvas)
        self.said, self.held = [], None
        session.failed.connect(lambda told: self.said.append(str(told)))
        with qtbot.waitExposed(self.canvas):
            self.canvas.show()

    @property
    def project(self):
        return self.session.project

    def open_image(self, row, *, scale=2.0):
        self.session.set_image(row)
        self.qtbot.waitUntil(lambda: self.canvas.loaded is not None or bool(self.canvas.words))
        self.canvas.look(View(scale, 50.0, 40.0))
        self.settle()

    def settle(self):
        canvas = self.canvas
        self.qtbot.waitUntil(
            lambda: (
                self.painted()
                and canvas.overlay.settled
                and canvas.ground.settled
                and canvas.aids.tags.settled
            )
        )

    def painted(self):
        frames = self.canvas.frames
        self.canvas.update()
        QApplication.processEvents()
        return self.canvas.frames > frames

    def at(self, x, y):
        view = self.held or self.canvas.view
        return view.to_widget(x, y).toPoint()

    def press(self, x, y, modifiers=Qt.KeyboardModifier.NoModifier, button=LEFT):
        QTest.mousePress(self.canvas, button, modifiers, self.at(x, y))

    def move(self, x, y, modifiers=Qt.KeyboardModifier.NoModifier, button=LEFT):
        # QTest's own moves carry no modifiers.
        point = QPointF(self.at(x, y))
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            point,
            QPointF(self.canvas.mapToGlobal(point)),
            Qt.MouseButton.NoButton,
            button,
            modifiers,
        )
        QApplication.sendEvent(self.canvas, event)

    def release(self, x, y, modifiers=Qt.KeyboardModifier.NoModifier, button=LEFT):
        QTest.mouseRelease(self.canvas, button, modifiers, self.at(x, y))

    def drag(self, start, end, modifiers=Qt.KeyboardModifier.NoModifier, button=LEFT):
        """Press at one picture point, move in four steps, release at another."""
        self.held = self.canvas.view  # a drag may move the picture below the cursor
        self.press(*start, modifiers, button)
        for step in (0.25, 0.5, 0.75, 1.0):
            x, y = (a + (b - a) * step for a, b in zip(start, end, strict=True))
            self.move(x, y, modifiers, button)
        self.release(*end, modifiers, button)
        self.held = None

    def click(self, x, y, modifiers=Qt.KeyboardModifier.NoModifier):
        self.press(x, y, modifiers)
        self.release(x, y, modifiers)

    def hover(self, x, y):
        self.move(x, y, button=Qt.MouseButton.NoButton)

    def key(self, key):
        QTest.keyClick(self.canvas, key)

    def wheel(self, x, y, notches):
        point = QPointF(self.at(x, y))
        event = QWheelEvent(
            point,
            QPointF(self.canvas.mapToGlobal(point)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)

    def bbox(self, key):
        return self.project.annotation(key).bbox.tolist()

    def polygon(self, key):
        return self.project.annotation(key).polygons[0].tolist()

    def steps(self):
        return len(self.project.store.history())

    def pixels(self):
        image = self.canvas.grab().toImage()
        raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        return raw[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


@pytest.fixture
def desk_with(tmp_path, qtbot, qapp):
    """Make a desk on a project with these keyword arguments of `make_project`."""
    made = []

    def make(**given):
        given = {
            "annotations": labels(),
            "detections": seen(),
            "images": 3,
            "actor": ANN,
            "find": False,
        } | given
        project = make_project(tmp_path, **given)
        path = project.path
        project.close()
        session = Session()
        session.open(path, actor=given["actor"])
        desk = Desk(session, qtbot)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.session.close()
        desk.session.pictures.shutdown()
        desk.canvas.deleteLater()
        desk.session.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(desk_with):
    made = desk_with()
    made.open_image(0)
    return made
