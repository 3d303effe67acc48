"""Outlines of very many points: fewer are drawn, and what is seen is the same; large masks take a thread."""

import threading

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, Qt

from labelmend.project.annotation import Annotation
from labelmend_desktop.canvas import paths
from labelmend_desktop.canvas.canvas import Canvas
from labelmend_desktop.canvas.intricate import made_path
from labelmend_desktop.canvas.layer import Layer
from labelmend_desktop.canvas.outlining import Outlining
from labelmend_desktop.canvas.scene import Scene, qpolygon
from labelmend_desktop.canvas.strokes import path_of
from labelmend_desktop.canvas.view import View
from labelmend_desktop.session import Session

ROOM, HERE = QRectF(0, 0, 300, 200), View()


def star(points=40_000, rays=37):
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    reach = 700 + 290 * np.sin(rays * angle) + 3 * np.sin(2000 * angle)
    return 1000 + reach[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def filled(path):
    image = QImage(300, 200, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.fillPath(path, Qt.GlobalColor.white)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(200, image.bytesPerLine())[:, :300] > 0


@pytest.mark.parametrize("view", [View(0.1, 50, 0), View(1.0, -1500, -900), View(20.0, -33_850, -19_900)])
def test_what_is_seen_of_a_thinned_outline_is_the_same(qapp, view):
    parts = (star(), star(rays=5) * 0.5 + 500)
    exact = QPainterPath()
    exact.setFillRule(Qt.FillRule.OddEvenFill)
    for part in parts:
        exact.addPolygon(qpolygon(part * view.scale + (view.x, view.y)))
        exact.closeSubpath()
    drawn = path_of(parts, view, room=ROOM)
    assert drawn.elementCount() < exact.elementCount() / 4
    there, here = filled(exact), filled(drawn)
    assert 0.02 < there.mean() < 0.98
    edge = cv2.morphologyEx(there.view(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    assert (there != here)[edge == 0].mean() < 0.001  # a sliver of less than a pixel


def test_a_pan_uses_the_path_again(qapp):
    parts = (star(),)
    before, after = (path_of(parts, View(1.0, x, -900.0), room=ROOM) for x in (-1500.0, -1490.0))
    assert before.elementCount() == after.elementCount()
    assert after.boundingRect().left() - before.boundingRect().left() == 10


def test_what_is_seen_from_two_places_is_the_same_in_both(qapp):
    """A pan paints what it bares beside what is there already."""
    parts = (star(),)
    seen = []
    for room in (QRectF(100, 100, 300, 200), QRectF(300, 100, 300, 200)):
        path = path_of(parts, View(0.7), room=room)
        seen.append({(one.x, one.y) for one in map(path.elementAt, range(path.elementCount()))})
    both = QRectF(300, 100, 100, 200)
    first, second = ({one for one in points if both.contains(*one)} for points in seen)
    assert len(first) > 20
    assert first == second


def test_a_smooth_outline_has_no_more_points_than_tell_its_shape(qapp):
    """Then it is drawn as others are, with the same lines."""
    angle = np.linspace(0, 2 * np.pi, 3000, endpoint=False)
    round_one = (1000 + 900 * np.stack([np.cos(angle), np.sin(angle)], axis=1),)
    drawn = path_of(round_one, View(0.1, 50, 0), room=ROOM)
    assert drawn.elementCount() < 100
    assert np.hypot(*(np.array([[p.x(), p.y()] for p in drawn.toFillPolygon()]) - (150, 100)).T).min() > 89.6


def test_a_straight_sliver_is_no_box(qapp):
    """A crack or a wire, thinner than a pixel of the screen from afar."""
    n = np.arange(3000.0)
    sliver = np.concatenate([np.stack([n, n], axis=1), np.stack([n, n + 1.5], axis=1)[::-1]])
    for scale in (0.5, 0.1, 0.05):
        path = path_of((sliver,), View(scale), room=ROOM)
        assert path.boundingRect().width() == pytest.approx(3000 * scale, rel=0.01)
        assert path.elementCount() < 10
        assert max(abs(one.x - one.y) for one in map(path.elementAt, range(path.elementCount()))) < 1


@pytest.fixture
def canvas(qtbot):
    canvas = Canvas(Session())
    canvas.resize(300, 200)
    qtbot.addWidget(canvas)
    canvas.look(View(0.1, 50, 0))
    return canvas


def test_a_long_outline_is_its_box_until_a_thread_has_made_its_path(canvas, qtbot):
    parts, told = (star(),), []
    box = canvas.paths.of(parts, canvas.view, later=lambda: told.append("made"))
    assert box.elementCount() < 10
    qtbot.waitUntil(lambda: not canvas.paths.behind)
    assert told == ["made"]
    made = canvas.paths.of(parts, canvas.view)
    assert made == path_of(parts, canvas.view, room=ROOM)
    assert box.boundingRect().getRect() == pytest.approx(made.boundingRect().getRect(), abs=0.5)
    assert canvas.paths.of((star(400),), canvas.view).elementCount() > 400


def test_a_long_outline_is_drawn_as_it_was_until_it_is_made_for_another_scale(canvas, qtbot):
    parts = (star(),)
    canvas.paths.of(parts, canvas.view)
    qtbot.waitUntil(lambda: not canvas.paths.behind)
    before = canvas.paths.of(parts, canvas.view)
    for scale in (0.3, 0.2):
        canvas.look(View(scale, -200, -100))
        stretched = canvas.paths.of(parts, canvas.view)
        assert stretched.elementCount() == before.elementCount()
        assert stretched.boundingRect().width() == pytest.approx(before.boundingRect().width() * scale / 0.1)
    qtbot.waitUntil(lambda: not canvas.paths.behind)
    assert canvas.paths.of(parts, canvas.view) == path_of(parts, canvas.view, room=ROOM)
    canvas.paths.forget()
    assert canvas.paths.of(parts, canvas.view).elementCount() < 10
    qtbot.waitUntil(lambda: not canvas.paths.behind)


def test_of_a_pan_only_the_path_of_what_is_seen_at_its_end_is_still_made(canvas, qtbot, monkeypatch):
    go_on, made, told, (first, second) = threading.Event(), [], [], ((star(),), (star(rays=5),))

    def slowly(wanted):
        go_on.wait(5)
        made.append((wanted.outlines.parts is first, wanted.cell[0]))
        return made_path(wanted)

    monkeypatch.setattr(paths, "made_path", slowly)
    canvas.look(View(1.0, -100.0, 0.0))
    canvas.paths.of(second, canvas.view, later=lambda: told.append("second"))
    for x in range(-100, -2100, -40):
        canvas.look(View(1.0, x, 0.0))
        canvas.paths.of(first, canvas.view, later=lambda: told.append("first"))
    go_on.set()
    qtbot.waitUntil(lambda: not canvas.paths.behind)
    assert made == [(False, 0), (True, 4)]
    assert set(told) == {"first", "second"}


def test_who_waits_for_a_path_of_what_is_seen_no_more_is_told_of_that_which_is(canvas, qtbot, monkeypatch):
    """A layer paints what a pan bares alone: without a word it would never ask for the others again."""
    go_on, told, outlines = threading.Event(), [], [(star(rays=rays),) for rays in (3, 5, 7)]
    monkeypatch.setattr(paths, "made_path", lambda wanted: go_on.wait(5) and made_path(wanted))
    canvas.look(View(1.0, -100.0, 0.0))
    for name, parts in enumerate(outlines):
        canvas.paths.of(parts, canvas.view, later=lambda name=name: told.append(name))
    canvas.look(View(1.0, -700.0, 0.0))
    canvas.paths.of(outlines[0], canvas.view)
    go_on.set()
    qtbot.waitUntil(lambda: not canvas.paths.behind)
    assert set(told) == {0, 1, 2}


@pytest.fixture
def layered(qapp):
    """A layer of four stripes, painted one at a time in the last of the colours; and what is drawn of it."""
    colours, shown = ["#ff0000"], QImage(40, 20, QImage.Format.Format_RGB32)

    def paint(painter, view, rect):
        for left in range(0, 40, 10):
            painter.fillRect(QRectF(left, 0, 10, 20).intersected(rect), QColor(colours[-1]))
            yield

    parent = QObject()
    layer = Layer(paint, lambda: None, parent)
    layer.SLICE = 0  # one yield at a time

    def drawn(view=HERE):
        shown.fill("black")
        layer.follow(view, shown.size(), 1.0)
        painter = QPainter(shown)
        layer.draw(painter, shown.rect())
        painter.end()
        return [shown.pixelColor(x, 5).name() for x in range(5, 40, 10)]

    yield layer, colours, drawn
    parent.deleteLater()


def test_a_layer_that_is_renewed_shows_what_it_has_until_the_new_is_whole(layered, qtbot):
    layer, colours, drawn = layered
    red, blue, green = "#ff0000", "#0000ff", "#00ff00"
    drawn()
    qtbot.waitUntil(lambda: layer.settled)
    assert drawn() == [red] * 4
    colours.append(blue)
    layer.renew()
    assert not layer.settled
    assert drawn() == [red] * 4
    layer.renew()
    qtbot.waitUntil(lambda: layer.settled)
    assert drawn() == [blue] * 4
    colours.append(green)
    layer.renew()
    assert set(drawn(View(x=-10))) == {blue, green}  # the pan stops it, and bares a strip
    qtbot.waitUntil(lambda: layer.settled)
    assert drawn(View(x=-10)) == [green] * 4


def test_what_a_zoom_outwards_bares_is_seen_as_it_is_painted(layered, qtbot):
    layer, colours, drawn = layered
    drawn(HERE)
    qtbot.waitUntil(lambda: layer.settled)
    colours.append("#0000ff")
    red, blue, none = "#ff0000", "#0000ff", "#000000"
    assert drawn(View(0.5)) == [red, red, none, none]
    layer._begin_rebuild()
    for _ in range(3):
        layer._go_on()
    assert drawn(View(0.5)) == [red, red, blue, none]
    qtbot.waitUntil(lambda: layer.settled)
    assert drawn(View(0.5)) == [blue] * 4


def test_dust_that_is_too_fine_to_be_seen_is_its_box(qapp):
    places = np.arange(0, 1000, 20)
    dust = tuple(np.array([[x, y], [x + 1, y], [x + 1, y + 1]], float) for x in places for y in places)
    drawn = path_of(dust, View(0.05, 100, 100), room=ROOM)
    assert drawn.elementCount() < 10
    assert drawn.boundingRect().width() == pytest.approx(50, abs=1)


def large_mask():
    pixels = np.zeros((1000, 1000), np.uint8, order="F")
    pixels[50:950, 50:950] = 1
    pixels[400:500, 400:500] = 0
    rle = coco_mask.encode(pixels)
    told = {"size": [1000, 1000], "counts": rle["counts"].decode()}
    return Annotation(
        key=0,
        id=1,
        image=0,
        category=0,
        bbox=np.array([50.0, 50, 900, 900]),
        polygons=(),
        rle=told,
        crowd=False,
        area=None,
        changed=False,
    )


def test_a_large_mask_is_its_box_until_a_thread_has_outlined_it(qapp, qtbot):
    parent = QObject()
    outlining, scene = Outlining(parent), Scene([large_mask()])
    outlining.serve(scene)
    with qtbot.waitSignal(outlining.found) as found:
        assert [len(part) for part in scene.drawn(0)] == [4]
        assert len(scene.polygons(0, 0)) == 1
    assert found.args == [0]
    assert len(scene.drawn(0)) == 2
    assert len(scene.polygons(0, 0)) == 2
    outlining.stop()


def test_a_mask_that_became_another_is_asked_for_again(qapp, qtbot):
    parent = QObject()
    outlining, scene = Outlining(parent), Scene([large_mask()])
    outlining.serve(scene)
    with qtbot.waitSignal(outlining.found):
        scene.drawn(0)
        scene.update({0: large_mask()})
    assert [len(part) for part in scene.drawn(0)] == [4]
    with qtbot.waitSignal(outlining.found):
        pass
    assert len(scene.drawn(0)) == 2
    outlining.stop()


def test_what_else_takes_long_is_there_when_the_thread_is_done_and_forgotten_with_the_picture(qapp, qtbot):
    parent = QObject()
    outlining = Outlining(parent)
    with qtbot.waitSignal(outlining.done):
        assert outlining.read("sum", lambda: 1 + 1) is None
    assert outlining.read("sum", lambda: 0) == 2
    outlining.serve(Scene())
    with qtbot.waitSignal(outlining.done):
        assert outlining.read("sum", lambda: 3) is None
    outlining.stop()
