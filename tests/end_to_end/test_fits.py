"""Labels fitted to detections, masks and the picture, by key; what is asserted is what the export says."""

import json
import threading

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt

import builders.bench
from builders.datasets import annotation, detection, make_project
from labelmend.fit.cut import cut_out
from labelmend.geometry.differences import difference
from labelmend_desktop.canvas import fit_verbs
from labelmend_desktop.dialogs import ExportChoice

K, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
BOX, DIAMOND, MASK, DISC, SPECK = 1, 2, 3, 4, 5
"""Ids of the labels: a loose box, a polygon whose box is wrong, a mask, a box around a disc, a tiny box."""

RUNS = [240 * 20 + 170, 40, 200, 40, 320 * 240 - 240 * 20 - 170 - 280]
THING = [60.0, 50, 70, 60]
CENTRE, RADIUS = (230, 110), 40


def labels():
    diamond = [40, 180, 60, 150, 80, 180, 60, 210]
    return [
        annotation(BOX, 1, [54.5, 46.25, 82, 70]),
        annotation(DIAMOND, 1, [30, 140, 60, 80], category=2, segmentation=[diamond]),
        annotation(MASK, 1, [18, 168, 10, 50], category=3, segmentation={"size": [240, 320], "counts": RUNS}),
        annotation(DISC, 1, [188, 68, 84, 84], category=2),
        annotation(SPECK, 1, [300, 5, 4, 4]),
    ]


def picture():
    rng = np.random.default_rng(3)
    out = np.full((240, 320, 3), (190, 200, 195), np.float64)
    out[50:110, 60:130] = (70, 80, 60)
    cv2.circle(out, CENTRE, RADIUS, (60, 70, 190), -1)
    return np.clip(out + rng.normal(0, 4, out.shape), 0, 255).astype(np.uint8)


class Bench(builders.bench.Bench):
    """A user before the picture; labels are called by their ids."""

    def take(self, number, *, cursor=None):
        """Select a label, and rest the cursor at a place of the picture."""
        self.session.select(number - 1)
        self.canvas.setFocus()
        if cursor is not None:
            self.user.point(*cursor)

    @property
    def shown(self):
        return self.canvas.proposals.current

    def label(self, number):
        return self.exported()[number]


@pytest.fixture
def bench_with(tmp_path, open_user):
    """Make a bench of these labels and detections."""

    def make(annotations, seen):
        project = make_project(tmp_path, annotations=annotations, detections=seen, images=1, find=False)
        path = project.path
        project.close()
        cv2.imwrite(str(tmp_path / "pictures" / "001.png"), picture())
        return Bench(open_user(path), tmp_path / "out.json")

    return make


@pytest.fixture
def bench(bench_with):
    seen = [
        detection(1, THING),
        detection(1, [66.0, 55, 70, 60], score=0.4),
        detection(1, [41.0, 151, 38, 58], category=2),
    ]
    return bench_with(labels(), seen)


def test_all_sides_snap_to_the_detection_and_nothing_moves_before(bench):
    bench.take(BOX)
    steps = bench.steps()
    bench.press(K.Key_T)
    assert "left 5.5 px in" in bench.shown.words
    assert bench.label(BOX)["bbox"] == labels()[0]["bbox"]
    bench.take(BOX)
    bench.press(K.Key_T, K.Key_Return)
    assert bench.label(BOX)["bbox"] == THING
    assert bench.user.project.undo_title() == "snap to the detection"
    bench.press(K.Key_Z)
    assert bench.label(BOX) == labels()[0]
    assert bench.steps() > steps


def test_stronger_proposes_the_next_detection_and_escape_leaves_all_as_it_was(bench):
    bench.take(BOX)
    bench.press(K.Key_T, K.Key_BracketRight)
    assert bench.shown.box.tolist() == [66, 55, 70, 60]
    bench.press(K.Key_BracketLeft)
    assert bench.shown.box.tolist() == THING
    bench.press(K.Key_Escape)
    assert bench.shown is None
    assert bench.label(BOX) == labels()[0]


def test_what_can_be_made_no_stronger_says_so(bench):
    word = bench.user.window.status_line.word
    bench.take(BOX)
    bench.press(K.Key_BracketRight)
    assert word.text().startswith("Nothing is proposed that could be made gentler or stronger")
    bench.press(K.Key_T, K.Key_BracketLeft)
    assert word.text() == "Nothing else is proposed that way."
    assert bench.shown.box.tolist() == THING


def test_one_side_after_the_other_snaps_to_the_detection(bench):
    bench.take(BOX, cursor=(50, 80))
    bench.press(K.Key_T, modifier=SHIFT)
    assert bench.shown.words.endswith("left 5.5 px in.")
    bench.user.point(95, 125)
    bench.press(K.Key_T, modifier=SHIFT)
    bench.press(K.Key_Return)
    assert bench.label(BOX)["bbox"] == [60, 46.25, 76.5, 63.75]


def test_a_polygon_is_stretched_to_the_detection(bench):
    bench.take(DIAMOND)
    bench.press(K.Key_T, K.Key_Return)
    one = bench.label(DIAMOND)
    assert one["bbox"] == [41, 151, 38, 58]
    assert one["segmentation"] == [[41, 180, 60, 151, 79, 180, 60, 209]]


def test_a_box_takes_the_extent_of_its_own_outline(bench):
    bench.take(DIAMOND)
    bench.press(K.Key_Y, K.Key_Return)
    one = bench.label(DIAMOND)
    assert one["bbox"] == [40, 150, 40, 60]
    assert one["segmentation"] == labels()[1]["segmentation"]


def test_a_box_takes_the_extent_of_its_mask(bench):
    bench.take(MASK)
    bench.press(K.Key_Y, K.Key_Return)
    one = bench.label(MASK)
    assert one["bbox"] == [20, 170, 2, 40]
    assert one["segmentation"] == labels()[2]["segmentation"]


def test_the_sides_snap_to_the_edges_of_the_picture(bench):
    bench.take(BOX)
    bench.press(K.Key_O)
    assert bench.shown is not None
    bench.press(K.Key_Return)
    x, y, w, h = bench.label(BOX)["bbox"]
    assert [x, y, x + w, y + h] == pytest.approx([60, 50, 130, 110], abs=0.25)


def test_a_box_written_as_a_polygon_is_a_box(bench_with):
    corners = [54.5, 46.25, 136.5, 46.25, 136.5, 116.25, 54.5, 116.25]
    bench = bench_with(
        [annotation(BOX, 1, [54.5, 46.25, 82, 70], segmentation=[corners])], [detection(1, THING)]
    )
    bench.take(BOX)
    bench.press(K.Key_O, K.Key_Return)
    (part,) = bench.label(BOX)["segmentation"]
    assert part == pytest.approx([60, 50, 130, 50, 130, 110, 60, 110], abs=0.25)


def test_labels_take_what_the_masks_of_detections_have(bench_with):
    mask = {"segmentation": {"size": [240, 320], "counts": RUNS}}
    loose = annotation(BOX, 1, [17, 165, 8, 50])
    polygon = annotation(2, 1, [17, 165, 8, 50], segmentation=[[17, 165, 25, 165, 20, 215]])
    own = {"size": [240, 320], "counts": [240 * 20 + 168, 41, 320 * 240 - 240 * 20 - 209]}
    masked = annotation(3, 1, [20, 168, 1, 41], segmentation=own)
    bench = bench_with([loose, polygon, masked], [detection(1, [20, 170, 2, 40]) | mask])
    bench.take(BOX)
    bench.press(K.Key_Y, K.Key_Return)
    assert bench.label(BOX)["bbox"] == [20, 170, 2, 40]
    bench.take(2)
    bench.press(K.Key_T, K.Key_Return)
    assert bench.label(2)["bbox"] == [20, 170, 2, 40]
    bench.take(3)
    bench.press(K.Key_T, K.Key_Return)
    assert bench.label(3)["segmentation"]["counts"] == RUNS


def test_the_lines_of_a_polygon_snap_to_the_edges_of_the_picture(bench_with):
    loose = around(*range(0, 360, 30), radius=RADIUS + 4).ravel().tolist()
    bench = bench_with([annotation(BOX, 1, [186, 66, 88, 88], segmentation=[loose])], [detection(1, THING)])
    disc = [around(*range(0, 360, 4))]
    bench.take(BOX)
    bench.press(K.Key_O)
    assert "12 of 12 vertices" in bench.shown.words
    bench.press(K.Key_Return)
    part = np.array(bench.polygon(BOX))
    assert len(part) == 12
    assert difference(disc, [part]).iou > 0.94 > difference(disc, [np.reshape(loose, (-1, 2))]).iou


def test_cutting_out_is_done_in_another_thread(bench, monkeypatch):
    seen = []

    def watched(*arguments, **named):
        seen.append(threading.current_thread() is threading.main_thread())
        return cut_out(*arguments, **named)

    monkeypatch.setattr(fit_verbs, "cut_out", watched)
    bench.take(DISC)
    bench.press(K.Key_Y, modifier=SHIFT)
    bench.user.wait(lambda: bench.shown is not None)
    assert seen == [False]


def test_the_thing_in_a_box_is_cut_out(bench):
    bench.take(DISC)
    bench.press(K.Key_Y, modifier=SHIFT)
    bench.user.wait(lambda: bench.shown is not None)
    first = bench.shown
    bench.press(K.Key_BracketRight)
    bench.user.wait(lambda: bench.shown is not first)
    bench.press(K.Key_Return)
    parts = [np.reshape(part, (-1, 2)) for part in bench.label(DISC)["segmentation"]]
    angle = np.linspace(0, 2 * np.pi, 90)
    disc = np.array(CENTRE) + 0.5 + (RADIUS + 0.5) * np.stack([np.cos(angle), np.sin(angle)], 1)
    assert difference([disc], parts).iou > 0.95
    assert bench.user.project.undo_title() == "cut out of the picture"


def test_what_is_cut_out_still_when_esc_is_pressed_is_not_shown(bench):
    bench.take(DISC)
    bench.press(K.Key_Y, modifier=SHIFT)
    bench.press(K.Key_Escape)
    bench.user.wait(lambda: not bench.user.window.tasks.busy)
    assert bench.shown is None
    bench.take(DISC)
    bench.press(K.Key_Y, modifier=SHIFT)
    bench.user.wait(lambda: bench.shown is not None)
    bench.press(K.Key_BracketRight, K.Key_O)
    other = bench.shown
    bench.user.wait(lambda: not bench.user.window.tasks.busy)
    assert bench.shown is other


def test_what_was_cut_out_is_not_shown_for_another_label(bench):
    bench.take(DISC)
    bench.press(K.Key_Y, modifier=SHIFT)
    bench.take(BOX)
    bench.user.wait(lambda: not bench.user.window.tasks.busy)
    assert bench.shown is None


@pytest.mark.parametrize(
    ("number", "key", "modifier", "words"),
    [
        (DISC, K.Key_T, Qt.KeyboardModifier.NoModifier, "No detection lies near"),
        (BOX, K.Key_Y, Qt.KeyboardModifier.NoModifier, "no detection near it has a mask"),
        (MASK, K.Key_O, Qt.KeyboardModifier.NoModifier, "Edges are for boxes and polygons"),
        (SPECK, K.Key_Y, SHIFT, "too small to cut"),
        (BOX, K.Key_A, SHIFT, "Nothing is suggested"),
    ],
)
def test_what_cannot_be_fitted_is_said_in_a_sentence(bench, number, key, modifier, words):
    bench.take(number)
    steps = bench.steps()
    bench.press(key, modifier=modifier)
    bench.user.wait(lambda: bool(bench.window_said()))
    assert words in bench.window_said()
    assert bench.shown is None
    assert bench.steps() == steps


def test_a_flat_picture_has_no_edges_and_says_so(bench, tmp_path):
    cv2.imwrite(str(tmp_path / "pictures" / "001.png"), np.full((240, 320, 3), 90, np.uint8))
    bench.session.pictures.clear()
    bench.canvas.loaded = None
    bench.session.pictures.request(0)
    bench.user.look()
    bench.take(BOX)
    bench.press(K.Key_O)
    assert "No clear edge" in bench.window_said()


# ---- along edges


def around(*angles, radius=RADIUS):
    """Points on the disc's border, or on a circle about it."""
    at = np.radians(angles)
    return np.array(CENTRE) + 0.5 + (radius + 0.5) * np.stack([np.cos(at), np.sin(at)], axis=1)


def drawn(bench):
    """The one label that the exported file has more than the source."""
    new = [one for number, one in bench.exported().items() if number > SPECK]
    assert len(new) == 1
    return np.reshape(new[0]["segmentation"][0], (-1, 2))


def test_an_outline_is_drawn_along_the_edge_from_click_to_click(bench):
    steps = bench.steps()
    bench.press(K.Key_L)
    for point in around(0, 80, 170, 260):
        bench.user.point(*point)
        bench.user.click(*point)
    bench.press(K.Key_Return)
    assert bench.steps() == steps + 1
    outline = drawn(bench)
    assert np.abs(np.hypot(*(outline - CENTRE - 0.5).T) - RADIUS - 0.5).max() < 2
    assert difference([around(*range(0, 360, 4))], [outline]).iou > 0.95
    assert 10 < len(outline) < 60
    bench.press(K.Key_Z)
    assert bench.user.project.annotation(-1) is None


def test_backspace_takes_a_point_back_and_escape_leaves_nothing(bench):
    bench.press(K.Key_L)
    for point in (*around(0, 80, 170), (300, 220)):
        bench.user.click(*point)
    bench.press(K.Key_Backspace)
    bench.user.click(*around(260)[0])
    bench.user.click(*around(260)[0], double=True)
    assert difference([around(*range(0, 360, 4))], [drawn(bench)]).iou > 0.95
    steps = bench.steps()
    bench.press(K.Key_L)
    for point in around(0, 80, 170):
        bench.user.click(*point)
    bench.press(K.Key_Escape)
    assert bench.steps() == steps
    assert bench.canvas.hands.tool is None


# ---- one side of a suggestion


def loose(tmp_path, open_user):
    """A user before a loose label with a suggestion."""
    project = make_project(tmp_path)
    path = project.path
    project.close()
    user = open_user(path)
    user.go_to("location")
    return user


def exported_suspect(user, tmp_path):
    out = tmp_path / "out.json"
    user.export(out, ExportChoice(out, every_fix=True))
    (one,) = (a for a in json.loads(out.read_text())["annotations"] if a["id"] == user.suspect().id)
    return one["bbox"]


def test_one_side_of_the_suggestion_is_taken_and_the_others_stay(tmp_path, open_user):
    user = loose(tmp_path, open_user)
    before, suggested = user.suspect().bbox, user.window.session.suggestion().bbox
    user.point(before[0] + 1, before[1] + before[3] / 2)
    user.press(K.Key_A, modifier=SHIFT)
    assert user.window.canvas.proposals.current is not None
    assert user.suspect().bbox.tolist() == before.tolist()
    user.press(K.Key_Return)
    x, y, w, h = exported_suspect(user, tmp_path)
    assert x == pytest.approx(suggested[0], abs=0.06)  # as the file rounds
    assert [y, h] == before[1::2].tolist()
    assert x + w == pytest.approx(before[0] + before[2], abs=0.06)
    assert user.state(user.issue) == "fixed"


def test_side_after_side_of_the_suggestion_is_one_step(tmp_path, open_user):
    user = loose(tmp_path, open_user)
    before, suggested = user.suspect().bbox, user.window.session.suggestion().bbox
    steps = len(user.project.store.history())
    for x, y in ((1, before[3] / 2), (before[2] / 2, 1)):
        user.point(before[0] + x, before[1] + y)
        user.press(K.Key_A, modifier=SHIFT)
    user.press(K.Key_Return)
    assert len(user.project.store.history()) == steps + 1
    x, y, w, h = exported_suspect(user, tmp_path)
    assert [x, y] == pytest.approx(suggested[:2].tolist(), abs=0.06)
    assert [x + w, y + h] == pytest.approx((before[:2] + before[2:]).tolist(), abs=0.06)
