import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from labelmend_desktop.canvas.view import MOST_SCALE, SUSPECT_MOST_SCALE, View, fit, fit_suspect, united

SIZE = (900.0, 600.0)


@given(st.floats(0.05, 20), st.floats(-500, 500), st.floats(-500, 500), st.floats(0, 900), st.floats(0, 600))
def test_zooming_keeps_the_point_below_the_cursor(scale, x, y, at_x, at_y):
    view, at = View(scale, x, y), QPointF(at_x, at_y)
    assert np.allclose(view.zoomed(1.2, at).to_picture(at), view.to_picture(at), atol=1e-6)


def test_zoom_has_ends():
    assert View(60).zoomed(100, QPointF()).scale == MOST_SCALE


def test_boxes_and_rectangles_are_inverse():
    view = View(2.5, 30, -10)
    assert view.rect([4, 8, 20, 10]) == QRectF(40, 10, 50, 25)
    assert np.allclose(view.box_of(view.rect([4, 8, 20, 10])), [4, 8, 20, 10])


def test_fit_shows_the_box_whole_and_centred():
    view = fit((0, 0, 4000, 3000), SIZE)
    shown = view.rect((0, 0, 4000, 3000))
    assert QRectF(0, 0, *SIZE).contains(shown)
    assert shown.center().x() == pytest.approx(450)
    assert shown.center().y() == pytest.approx(300)


def test_the_suspect_takes_a_third_of_the_view():
    view = fit_suspect([2000, 1500, 300, 100], (4000, 3000), SIZE)
    shown = view.rect([2000, 1500, 300, 100])
    assert shown.width() == pytest.approx(300)
    assert shown.center().x() == pytest.approx(450)


def test_a_tiny_suspect_is_shown_at_eight_times_at_the_most():
    assert fit_suspect([100, 100, 2, 2], (640, 480), SIZE).scale == SUSPECT_MOST_SCALE


def test_a_suspect_as_large_as_the_picture_shows_the_picture_whole():
    assert fit_suspect([0, 0, 640, 480], (640, 480), SIZE).scale == fit((0, 0, 640, 480), SIZE).scale


@pytest.mark.parametrize("box", [[0, 0, 20, 20], [620, 460, 20, 20]])
def test_near_the_border_no_needless_emptiness_shows(box):
    view = fit_suspect(box, (640, 480), SIZE)
    assert QRectF(0, 0, *SIZE).contains(view.rect(box))
    shown = view.rect((0, 0, 640, 480))
    assert shown.left() <= 16
    assert shown.right() >= 900 - 16
    assert shown.top() <= 64
    assert shown.bottom() >= 600 - 16


def test_a_suspect_at_the_top_keeps_clear_of_the_sentences_that_lie_there():
    assert fit_suspect([300, 0, 20, 20], (640, 480), SIZE).rect([300, 0, 20, 20]).top() == 64
    assert fit_suspect([300, 2, 300, 100], (640, 480), SIZE).rect([300, 2, 300, 100]).top() == 64
    high = [300, 0, 100, 480]  # as high as the picture: whole in sight all the same
    assert fit_suspect(high, (640, 480), SIZE).rect(high).top() >= 16
    assert fit_suspect(high, (640, 480), SIZE).rect(high).bottom() <= 600 - 16
    lower = [300, 200, 20, 20]
    assert fit_suspect(lower, (640, 480), SIZE).rect(lower).center().y() == pytest.approx(300)


def test_a_suspect_outside_the_picture_is_in_sight():
    view = fit_suspect([900, 100, 40, 40], (640, 480), SIZE)
    assert QRectF(0, 0, *SIZE).contains(view.rect([900, 100, 40, 40]))


@given(st.floats(-300, 900), st.floats(-200, 700), st.floats(1, 280), st.floats(1, 180))
def test_the_suspect_is_whole_in_sight_wherever_it_lies(x, y, w, h):
    view = fit_suspect([x, y, w, h], (640, 480), SIZE)
    assert QRectF(-0.001, -0.001, 900.002, 600.002).contains(view.rect([x, y, w, h]))


@pytest.mark.parametrize("box", [[5, 5, 0, 0], [0, 0, 1e9, 1e9]])
def test_odd_boxes_still_give_a_view(box):
    assert np.isfinite(fit_suspect(box, (640, 480), SIZE).scale)


def test_a_suspect_without_area_is_shown_with_its_surroundings():
    view = fit_suspect([300, 200, 0, 0], (640, 480), SIZE)
    assert view.scale < 2
    assert QRectF(0, 0, *SIZE).contains(view.to_widget(300, 200))


def test_a_tiny_suspect_in_a_large_picture_stays_large_enough_to_see():
    view = fit_suspect([2000, 1500, 12, 12], (4000, 3000), SIZE)
    assert view.rect([2000, 1500, 12, 12]).width() >= 60
    assert SIZE[0] / view.scale >= 3 * 32


def test_between_two_views_ends_exactly_at_the_second():
    first, second = View(1, 0, 0), View(8, -300, -200)
    assert first.between(second, 1.0, SIZE) == second
    assert 1 < first.between(second, 0.5, SIZE).scale < 8


def test_rectangles_are_united_where_that_covers_no_more():
    here, moved, inside = QRectF(0, 0, 20, 20), QRectF(3, 2, 20, 20), QRectF(4, 4, 2, 2)
    far, across = QRectF(300, 0, 20, 20), QRectF(18, 18, 20, 20)
    found = united([here, far, moved, inside, across])
    assert all(one in found for one in (far, across, QRectF(0, 0, 23, 22)))
    assert len(found) == 3
    assert united([]) == []
