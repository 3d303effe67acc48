"""The window gets as narrow as a small laptop's screen; what is left out comes back with the room."""

import pytest
from PySide6.QtCore import QPoint


def _shown(window):
    return [button.objectName() for button in window.strip.spare if button.isVisible()]


def _make(window, width, qtbot):
    """As wide as that: asked for again, for what the platform says of the size before may come late."""

    def made():
        window.resize(width, 700)
        return window.width() == width

    qtbot.waitUntil(made)


@pytest.mark.parametrize("width", [1024, 1280, 1600])
def test_the_window_fits_small_screens(hands, qtbot, width):
    window = hands.window
    _make(window, width, qtbot)
    assert window.minimumSizeHint().width() <= 1024
    for row in (window.strip, window.status_line):
        assert row.layout().minimumSize().width() <= row.width()


def test_the_strip_leaves_out_what_other_places_do_and_takes_it_back(hands, qtbot):
    window = hands.window
    window.resize(1600, 900)
    qtbot.waitUntil(lambda: len(_shown(window)) == len(window.strip.spare))
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: len(_shown(window)) < len(window.strip.spare))
    assert "zoom_out" not in _shown(window)
    window.resize(1600, 900)
    qtbot.waitUntil(lambda: len(_shown(window)) == len(window.strip.spare))


def test_where_the_box_has_no_room_the_zoom_has_it(hands, qtbot):
    window, line = hands.window, hands.window.status_line
    window.resize(1280, 700)
    hands.go_to("location")
    qtbot.waitUntil(line.shape.isVisible)
    line.selected.setText("some words that leave no room for four numbers, but for one")
    line.selected.show()
    line.fit()
    assert not line.shape.isVisible()
    assert line.zoom.isVisible()
    assert line.layout().minimumSize().width() <= line.width()


def test_a_long_word_does_not_widen_the_window(hands, qtbot):
    window = hands.window
    _make(window, 1024, qtbot)
    hands.session.said.emit("A long word " * 20)
    assert window.width() == 1024
    assert window.status_line.word.isVisible()


def test_a_word_lies_beside_what_is_saved_before_the_next_frame_is_painted(hands, qtbot):
    window, line = hands.window, hands.window.status_line
    window.resize(1280, 700)
    qtbot.waitUntil(lambda: window.width() == 1280)
    hands.session.dismiss()
    line.say("")
    qtbot.waitUntil(lambda: "undo" in line.saved.text() and not line.word.isVisible())
    hands.session.said.emit("This takes a moment; what you press meanwhile waits its turn.")
    assert line.word.geometry().right() < line.saved.geometry().left()
    assert line.saved.geometry().right() < line.width()


def test_what_went_wrong_is_said_over_the_picture_and_moves_nothing(hands, qtbot):
    window, view = hands.window, hands.window.canvas.view
    place = window.canvas.geometry()
    hands.session.failed.emit("A short one.")
    qtbot.waitUntil(window.error_bar.isVisible)
    assert window.error_bar.height() < 2 * window.strip.height()
    hands.session.failed.emit("A long sentence of what went wrong. " * 12)
    bar = window.error_bar
    assert (window.canvas.geometry(), window.canvas.view) == (place, view)
    assert bar.mapTo(window, QPoint()).y() == window.canvas.mapTo(window, QPoint()).y()
    assert bar.height() >= bar.text.heightForWidth(bar.text.width())
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: bar.width() == bar.parentWidget().width())
    assert window.strip.geometry().intersected(bar.geometry()).isEmpty()
