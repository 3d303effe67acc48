"""What a box becomes when a handle or a side is dragged: within the picture, with its ratio or its centre."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from labelmend_desktop.canvas.gestures.boxes import resized
from labelmend_desktop.canvas.hit import HANDLES

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def test_shift_on_a_side_takes_the_other_axis_along_about_its_middle(desk):
    desk.session.select(0)
    desk.drag((120.5, 90.25), (136.5, 90.25), SHIFT)
    assert desk.bbox(0) == pytest.approx([40.5, 54.25, 96, 72])
    desk.drag((88.5, 54.25), (88.5, -100), SHIFT)  # up to the picture's upper side
    x, y, w, h = desk.bbox(0)
    assert (y, y + h) == pytest.approx((0, 126.25))
    assert w / h == pytest.approx(80 / 60, abs=1e-3)  # the file writes two decimals
    assert x + w / 2 == pytest.approx(88.5, abs=0.01)


def test_with_shift_a_corner_follows_along_its_diagonal_wherever_it_is_dragged(desk):
    desk.session.select(0)
    desk.drag((120.5, 120.25), (170.5, 120.25), SHIFT)  # across alone: it grows all the same
    x, y, w, h = desk.bbox(0)
    assert (x, y, w, h) == pytest.approx((40.5, 60.25, 112, 84), abs=0.01)
    desk.drag((x + w, y + h), (400, 400), SHIFT)  # as far as there is room
    x, y, w, h = desk.bbox(0)
    assert (y + h, w / h) == pytest.approx((240, 80 / 60), abs=1e-3)


def test_about_the_centre_neither_side_leaves_the_picture(desk):
    desk.session.select(0)
    desk.drag((120.5, 120.25), (300, 200), ALT)
    assert desk.bbox(0) == pytest.approx([0, 0, 161, 180.5])


def test_with_shift_a_side_dragged_onto_the_one_that_stays_keeps_the_box_in_the_picture():
    box = np.array([0.0, 1.0, 1.0, 2.0])
    new = resized(box, "nw", np.array([1.0, -1.0]), limits=(320.0, 240.0), ratio=True)
    assert new == pytest.approx([0.0, 1.0, 1.0, 2.0])


@settings(max_examples=200)
@given(
    st.tuples(*[st.floats(-20, 300)] * 2, *[st.floats(0.5, 200)] * 2),
    st.sampled_from(HANDLES),
    st.tuples(*[st.floats(-400, 400)] * 2),
    st.booleans(),
    st.booleans(),
)
def test_a_resized_box_stays_in_the_picture_and_keeps_what_it_should(box, handle, by, ratio, centre):
    box, limits = np.array(box), np.array([320.0, 240])
    new = resized(box, handle, np.array(by), limits=(320.0, 240.0), ratio=ratio, centre=centre)
    low, high = np.minimum(0, box[:2]), np.maximum(limits, box[:2] + box[2:])
    assert (new[:2] >= low - 1e-9).all()
    assert (new[:2] + new[2:] <= high + 1e-9).all()
    if centre:
        assert new[:2] + new[2:] / 2 == pytest.approx(box[:2] + box[2:] / 2)
    if ratio:
        assert new[2] * box[3] == pytest.approx(new[3] * box[2], abs=1e-6)
    if not ratio and not centre:
        still = {"w": box[0] + box[2], "e": box[0], "n": box[1] + box[3], "s": box[1]}
        for side in handle:
            axis = 0 if side in "we" else 1
            assert still[side] in (pytest.approx(new[axis]), pytest.approx(new[axis] + new[axis + 2]))
