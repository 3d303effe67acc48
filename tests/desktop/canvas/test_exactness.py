"""Random gestures of a hand on the canvas: what the handles show is what is exported, and nothing drifts."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from builders.datasets import ANN, annotation, make_project
from labelmend.errors import LabelmendError
from labelmend.geometry.polygons import is_simple
from labelmend.project.export import export
from labelmend_desktop.canvas import partwork, verbs
from labelmend_desktop.canvas.hit import handle_points
from labelmend_desktop.canvas.thinning import propose_simplified, propose_smoothed
from labelmend_desktop.canvas.view import View
from labelmend_desktop.session import Session

from .conftest import Desk

K, M = Qt.Key, Qt.KeyboardModifier
BOW = [220.0, 150, 260, 190, 260, 150, 220, 190]
CROSSING = 3
GESTURES = (
    *("drag", "drag", "drag", "inside", "edge", "click", "remove", "band", "nudge", "nudge", "escape"),
    *(
        "type",
        "by box",
        "part",
        "cut",
        "divide",
        "simplify",
        "smooth",
        "undo",
        "redo",
        "class",
        "delete",
        "join",
        "mend",
    ),
)
NUMBER = st.integers(0, 10_000)
WORK = st.lists(
    st.tuples(st.sampled_from(GESTURES), st.integers(0, 3), NUMBER, NUMBER, NUMBER), min_size=1, max_size=16
)


def labels(*, digits):
    """A box, two polygons and one that crosses itself, with so many digits behind the point."""

    def told(*numbers):
        return [round(number, digits) for number in numbers]

    square = told(20.123456789, 20, 100.5, 20.25, 100, 100.75, 20, 100)
    star = told(150, 20.5, 170, 60, 210.987654321, 62, 180, 90, 190, 130, 150, 105, 110, 130, 120, 90)
    return [
        annotation(1, 1, told(20.123456789, 140.25, 80.5, 60.75)),
        annotation(2, 1, told(20, 20, 80.5, 80.75), category=2, segmentation=[square]),
        annotation(3, 1, told(110, 20.5, 100.987654321, 109.5), category=3, segmentation=[star]),
        annotation(4, 1, told(220, 150, 40, 40), segmentation=[BOW]),
    ]


class Hand:
    """Does one random gesture after the other at a desk."""

    def __init__(self, desk):
        self.desk, self.canvas, self.session = desk, desk.canvas, desk.session

    def do(self, gesture, which, a, b, c):
        keys = [one.key for one in self.session.project.annotations_of(0)]
        if gesture in ("undo", "redo"):
            getattr(self.session, gesture)()
        if not keys or gesture in ("undo", "redo"):
            return
        self.session.select(keys[which % len(keys)])
        self.session.set_editing(True)
        try:
            getattr(self, "_" + gesture.replace(" ", "_"))(a, b, c)
        except LabelmendError:
            self.canvas.hands.put_tool_back()
        self.canvas.cancel()

    def _in_hand(self):
        return self.canvas.contents.in_hand()

    def _grips(self):
        """Handles or vertices of what is in hand (n, 2)."""
        in_hand = self._in_hand()
        return handle_points(in_hand.box) if in_hand.box is not None else np.concatenate(in_hand.parts)

    def _usable(self):
        in_hand = self._in_hand()
        return in_hand is not None and (in_hand.box is not None or len(in_hand.parts) > 0)

    def _drag(self, a, b, c):
        if self._usable():
            grips = self._grips()
            start = grips[a % len(grips)]
            modifiers = (M.NoModifier, M.NoModifier, M.ShiftModifier, M.AltModifier)
            modifier = modifiers[c % 4] if self._in_hand().box is not None else M.NoModifier
            self.desk.drag(start, (b % 360 - 20, c % 280 - 20), modifier)
            self.desk.key(K.Key_Return if a % 2 else K.Key_Escape)

    def _inside(self, a, b, c):
        if self._usable():
            middle = self._grips().mean(axis=0)
            self.desk.drag(middle, np.add(middle, (a % 60 - 30, b % 60 - 30)))

    def _edge(self, a, b, c):
        if self._usable():
            grips = self._grips()
            at = a % len(grips)
            start = grips[at - 1] + (grips[at] - grips[at - 1]) * 0.3
            self.desk.drag(start, np.add(start, (b % 40 - 20, c % 40 - 20)))

    def _click(self, a, b, c):
        if self._usable():
            grips = self._grips()
            at = a % len(grips)
            self.desk.click(*(grips[at - 1] + (grips[at] - grips[at - 1]) * 0.35))

    def _remove(self, a, b, c):
        if self._usable():
            grips = self._grips()
            self.desk.click(*grips[a % len(grips)], M.AltModifier)

    def _band(self, a, b, c):
        self.desk.drag((a % 200, b % 150), (a % 200 + 90, b % 150 + 90), M.ShiftModifier)
        self._nudge(a, b, c)

    def _nudge(self, a, b, c):
        by = (0.1, 1.0, 10.0)[a % 3]
        self.canvas.nudge(by * (b % 3 - 1), by * (c % 3 - 1))

    def _escape(self, a, b, c):
        if self._usable():
            before = self.desk.steps()
            self.desk.press(*self._grips()[0])
            self.desk.move(b % 320, c % 240)
            self.desk.key(K.Key_Escape)
            self.desk.release(b % 320, c % 240)
            assert self.desk.steps() == before

    def _type(self, a, b, c):
        verbs.type_box(self.canvas, np.array([a % 200, b % 150, c % 90 + 1, a % 70 + 1]) + 0.125)

    def _by_box(self, a, b, c):
        if self.canvas.swap_grips():
            self._drag(a, b, c)

    def _drawn(self, tool, *points):
        partwork.begin(self.canvas, tool)
        for point in points:
            self.desk.click(*point)
        self.desk.key(K.Key_Return)
        self.desk.key(K.Key_Return)  # takes a mask that was proposed

    def _part(self, a, b, c):
        x, y = a % 250, b % 180
        self._drawn("part", (x, y), (x + 40, y), (x + 50, y + 30), (x, y + c % 40 + 5))

    def _cut(self, a, b, c):
        x, y = a % 250, b % 180
        self._drawn("cut", (x, y), (x + 40, y), (x + 50, y + 30), (x, y + c % 40 + 5))

    def _divide(self, a, b, c):
        partwork.begin_line(self.canvas)
        self.desk.click(a % 320, b % 240)
        self.desk.click(c % 320, a % 240)
        self.desk.key(K.Key_Return)

    def _simplify(self, a, b, c):
        propose_simplified(self.canvas)
        self.canvas.adjust(1 if a % 2 else -1)
        self.desk.key(K.Key_Return)

    def _smooth(self, a, b, c):
        propose_smoothed(self.canvas)
        self.desk.key(K.Key_Return)

    def _join(self, a, b, c):
        keys = [one.key for one in self.session.project.annotations_of(0)]
        self.session.selection.take([self.session.selected, keys[a % len(keys)]])
        partwork.join(self.canvas)
        self.desk.key(K.Key_Return)

    def _mend(self, a, b, c):
        self.canvas.mending.mend()
        self.desk.key(K.Key_Return)

    def _class(self, a, b, c):
        self.session.edits.set_category(self.session.selected, a % 3)

    def _delete(self, a, b, c):
        if a % 3 == 0:
            self.session.edits.delete(self.session.selected)


def desk_on(folder, qtbot, *, digits):
    """A desk on a project with these labels, and the source's bytes."""
    project = make_project(folder, annotations=labels(digits=digits), images=1, find=False)
    path = project.path
    project.close()
    session = Session()
    session.open(path, actor=ANN)
    desk = Desk(session, qtbot)
    desk.open_image(0)
    desk.canvas.look(View(2.0, 60.0, 50.0))
    return desk, (folder / "annotations.json").read_bytes()


def exported(desk, folder):
    export(desk.project, folder / "out.json", overwrite=True)
    return (folder / "out.json").read_bytes()


def check(desk, data):
    """What the canvas has in hand is what was exported; nothing left the picture or crosses itself."""
    records = {one["id"]: one for one in json.loads(data)["annotations"]}
    shown = [one for one in desk.canvas.contents.scene.annotations if one is not None]
    alive = [one for one in shown if desk.canvas.contents.scene.annotation(one.key) is one]
    assert {one.id for one in alive} == set(records)
    for one in alive:
        record = records[one.id]
        assert one.bbox.tolist() == record["bbox"]
        if one.rle is not None:
            assert one.rle == record["segmentation"]
            continue
        parts = record.get("segmentation") or []
        assert [part.ravel().tolist() for part in one.polygons] == parts
        desk.session.select(one.key)
        in_hand = desk.canvas.contents.in_hand()
        assert [part.ravel().tolist() for part in in_hand.parts] == parts
        if one.changed:
            x, y, w, h = record["bbox"]
            assert min(x, y) >= 0
            assert x + w <= 320 + 0.01
            assert y + h <= 240 + 0.01
            assert record["id"] == CROSSING + 1 or all(map(is_simple, one.polygons))


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(work=WORK, digits=st.sampled_from([0, 2, 9]))
def test_random_gestures_undone_are_the_source_and_redone_the_same_export(qtbot, work, digits):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk, source = desk_on(folder, qtbot, digits=digits)
        hand = Hand(desk)
        for gesture in work:
            hand.do(*gesture)
        session = desk.session
        done = exported(desk, folder)
        check(desk, done)
        steps = 0
        while session.undo_title is not None:
            session.undo()
            steps += 1
        assert exported(desk, folder) == source
        check(desk, source)
        for _ in range(steps):
            session.redo()
        assert exported(desk, folder) == done
        check(desk, done)
        session.close()
        session.pictures.shutdown()


@pytest.mark.parametrize("digits", [2, 9, 17])
def test_a_thousand_edits_there_and_back_do_not_drift(tmp_path, qtbot, digits):
    desk, _ = desk_on(tmp_path, qtbot, digits=digits)
    before, steps = [desk.bbox(0), desk.polygon(2)], desk.steps()
    ways = [(0.1, 0.0), (0.0, -0.1), (1.0, 1.0), (-0.1, 0.1)]
    for key in (0, 2):
        desk.session.select(key)
        for sign in (1, -1):
            for step in range(250):
                dx, dy = ways[step % 4]
                desk.canvas.nudge(sign * dx / 5, sign * dy / 5)
    assert desk.steps() == steps + 1000
    after = [desk.bbox(0), desk.polygon(2)]
    for old, new in zip(before, after, strict=True):
        assert np.abs(np.array(old) - new).max() <= (0 if digits < 17 else 1e-9)
    desk.session.close()
    desk.session.pictures.shutdown()
