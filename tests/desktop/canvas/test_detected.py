"""Detections that are masks are drawn by their outlines, which a thread makes."""

import json
import threading

import numpy as np
import pytest

from builders.datasets import annotation, detection
from builders.mask_labels import drawn, rle_of
from labelmend.coco.detections import read_detections
from labelmend_desktop.canvas import detected, scene
from labelmend_desktop.canvas.colours import colour_of
from labelmend_desktop.canvas.intricate import INTRICATE
from labelmend_desktop.canvas.scene import BOX, OUTLINED

SPECK = np.array([[0, 0], [0.5, 0], [0, 0.5]])
ANGLE = (100, 40, 40, 120), (140, 120, 100, 40)  # boxes of pixels that make an L


def seen(*boxes, image=1, score=0.9):
    """A detection of a bird whose mask is made of boxes of pixels."""
    pixels = drawn(*boxes)
    y, x = np.nonzero(pixels)
    around = [x.min(), y.min(), np.ptp(x) + 1, np.ptp(y) + 1]
    record = detection(image, [int(side) for side in around], category=3, score=score)
    return record | {"segmentation": rle_of(pixels)}


@pytest.fixture
def angle(desk_with):
    """Image 1 with a detection that is a mask, an L, and one that is a box."""
    labels = [annotation(1, image, [10, 10, 20, 20]) for image in (1, 2)]
    desk = desk_with(annotations=labels, detections=[seen(*ANGLE), detection(1, [20, 180, 60, 40])])
    desk.open_image(0)
    return desk


def show(desk):
    """Press D, and wait until all is there that a thread makes for it."""
    desk.session.set_flag("show_detections", True)
    desk.qtbot.waitUntil(lambda: not desk.canvas.contents.scene.to_outline)
    desk.settle()


def inked(desk, start, end):
    """Along a line of the picture, whether each pixel beside it has the colour of birds."""
    pixels = desk.pixels()[..., 2::-1].astype(int)
    (x0, y0), (x1, y1) = (desk.canvas.view.to_widget(*point).toTuple() for point in (start, end))
    count = round(max(abs(x1 - x0), abs(y1 - y0)))
    x, y = np.linspace(x0, x1, count).round().astype(int), np.linspace(y0, y1, count).round().astype(int)
    wanted = np.array(colour_of(2).getRgb()[:3])
    near = [
        np.abs(pixels[y + by, x + aside] - wanted).sum(-1) < 120 for by in (-1, 0, 1) for aside in (-1, 0, 1)
    ]
    return np.any(near, axis=0)


@pytest.mark.parametrize("many", [False, True])
def test_a_mask_is_drawn_by_its_outline_dashed(desk_with, many):
    boxes = [detection(2, [5, 5, 9, 9])]
    labels = [annotation(n + 1, 1, [300, 230, 5, 5]) for n in range(200 if many else 1)]
    desk = desk_with(annotations=labels, detections=[seen(*ANGLE), *boxes])
    desk.open_image(0)
    show(desk)
    assert desk.canvas.contents.few != many
    for start, end in (((100, 45), (100, 155)), ((140, 45), (140, 115)), ((145, 120), (235, 120))):
        share = inked(desk, start, end).mean()
        assert 0.3 < share < 0.9, (start, end, share)
    assert not inked(desk, (145, 40), (240, 40)).any()  # a side of its box
    assert not inked(desk, (240, 45), (240, 115)).any()


def test_one_of_very_many_points_is_dashed_too(desk_with):
    comb = [(x, 20, 1, 60 + x % 3) for x in range(20, 300, 2)]
    specks = [(x, y, 1, 1) for x in range(20, 300, 6) for y in range(100, 180, 6)]
    desk = desk_with(detections=[seen((20, 20, 280, 60), *comb, *specks)])
    desk.open_image(0)
    show(desk)
    outline = desk.canvas.contents.scene.outline(3)
    assert sum(map(len, outline)) > INTRICATE
    assert 0.3 < inked(desk, (25, 20), (295, 20)).mean() < 0.9


def test_a_thread_outlines_them_once_and_until_then_they_are_not_shown(angle, monkeypatch):
    outlined, threads, go_on = detected.borders_of_each, [], threading.Event()

    def slowly(masks, **told):
        go_on.wait(5)
        threads.append(threading.get_ident())
        return outlined(masks, **told)

    monkeypatch.setattr(detected, "borders_of_each", slowly)
    contents = angle.canvas.contents
    angle.session.set_flag("show_detections", True)
    angle.settle()
    shown = contents.rows[contents.scene.is_detection[contents.rows]]
    assert contents.scene.kind[shown].tolist() == [BOX]
    go_on.set()
    show(angle)
    shown = contents.rows[contents.scene.is_detection[contents.rows]]
    assert contents.scene.kind[shown].tolist() == [OUTLINED, BOX]
    angle.open_image(1)
    angle.open_image(0)
    assert contents.scene.kind[shown].tolist() == [OUTLINED, BOX]
    assert len(threads) == 2  # once for each image
    assert threading.get_ident() not in threads


def test_of_those_that_take_long_the_boxes_are_shown_first(angle, monkeypatch):
    monkeypatch.setattr(scene, "_MUCH", 1000)
    contents = angle.canvas.contents
    angle.open_image(1)
    angle.session.set_flag("show_detections", True)
    angle.session.set_image(0)
    assert contents.scene.to_outline
    shown = contents.rows[contents.scene.is_detection[contents.rows]]
    assert contents.scene.kind[shown].tolist() == [BOX, BOX]
    show(angle)
    assert contents.scene.kind[shown].tolist() == [OUTLINED, BOX]


def test_what_cannot_be_outlined_stays_a_box(angle, monkeypatch):
    def fail(*_given, **_told):
        raise MemoryError

    monkeypatch.setattr(detected, "borders_of_each", fail)
    show(angle)
    contents = angle.canvas.contents
    shown = contents.rows[contents.scene.is_detection[contents.rows]]
    assert contents.scene.kind[shown].tolist() == [BOX, BOX]


def test_those_of_the_next_issues_are_outlined_ahead(desk_with):
    labels = [annotation(n, n, [10, 10, 0, 0]) for n in range(1, 4)]
    desk = desk_with(annotations=labels, detections=[seen(*ANGLE, image=n) for n in range(1, 4)], find=True)
    issues, contents = desk.project.issues, desk.canvas.contents
    wanted = [int(issues.id[np.flatnonzero(issues.image == image)[0]]) for image in range(3)]
    desk.session.set_flag("show_detections", True)
    desk.session.set_order(np.array(wanted))
    desk.session.set_issue(wanted[0])
    desk.qtbot.waitUntil(lambda: not contents.detected.busy)
    desk.session.set_issue(wanted[1])
    assert contents.image == 1
    assert contents.scene.kind[contents.scene.is_detection].tolist() == [OUTLINED]


def test_other_detections_take_the_place_of_those_in_sight(angle, tmp_path):
    show(angle)
    path = tmp_path / "others.json"
    path.write_text(json.dumps([seen((30, 30, 50, 50)), seen((200, 30, 50, 50)), seen((30, 150, 50, 50))]))
    others, faults = read_detections(path, dataset=angle.project.dataset)
    assert angle.session.store_detections(others, faults, [path])
    contents = angle.canvas.contents
    assert contents.scene.is_detection.sum() == 3
    show(angle)
    shown = contents.rows[contents.scene.is_detection[contents.rows]]
    assert contents.scene.boxes[shown, 0].round().tolist() == [30, 200, 30]
    assert angle.canvas.loaded is not None


def test_an_outline_of_very_many_points_is_simplified_as_little_as_need_be():
    rng, turn = np.random.default_rng(0), np.linspace(0, 2 * np.pi, 6000, endpoint=False)
    circle = 1000 + 800 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    stairs = np.round(circle)
    (thin,) = detected._thinned((stairs,))
    assert 20 < len(thin) <= INTRICATE
    away = np.abs(np.hypot(*(thin - 1000).T) - 800)
    assert away.max() < 2
    few = (stairs[:500],)
    assert detected._thinned(few) is few
    specks = tuple(SPECK + rng.uniform(0, 500, 2) for _ in range(1000))
    assert detected._thinned(specks) is specks
