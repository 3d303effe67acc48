import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from labelmend_desktop.levels import Levels
from labelmend_desktop.status_line import StatusLine

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize("levels", [Levels(invert=True), Levels(gamma=3, channel=1), Levels(contrast=0.4)])
def test_levels_show_at_once_and_what_is_shown_then_is_freshly_built(desk, levels):
    before = desk.pixels()
    desk.session.seeing.show_levels(levels)
    hasty = desk.pixels()
    assert not np.array_equal(hasty, before)
    desk.settle()
    after = desk.pixels()
    desk.canvas.ground.drop()
    desk.settle()
    assert np.array_equal(desk.pixels(), after)
    desk.session.seeing.reset_levels()
    desk.settle()
    assert np.array_equal(desk.pixels(), before)


def test_the_overview_is_shown_by_the_same_levels(desk):
    desk.wheel(80, 90, 6)
    minimap = desk.canvas.aids.minimap
    assert minimap.isVisible()
    before = minimap._small.toImage().pixelColor(3, 3).red()
    desk.session.seeing.invert()
    assert minimap._small.toImage().pixelColor(3, 3).red() == 255 - before


def test_the_panel_follows_keys_and_keys_close_it(desk):
    panel, seeing = desk.canvas.aids.levels, desk.session.seeing
    panel.come()
    panel.invert.click()
    panel.channel.setCurrentIndex(3)
    panel.stretch.click()
    assert seeing.levels == Levels(invert=True, channel=2, stretch=True)
    assert panel.histogram.region.getRegion() == pytest.approx(desk.canvas.loaded.automatic)
    panel.reset.click()
    assert seeing.levels.plain
    assert not panel.invert.isChecked()
    assert panel.channel.currentIndex() == 0
    assert panel.histogram.region.getRegion() == pytest.approx((0, 255))
    for key, levels in (
        (Qt.Key.Key_I, Levels(invert=True)),
        (Qt.Key.Key_C, Levels(invert=True, channel=0)),
        (Qt.Key.Key_0, Levels()),
    ):
        QTest.keyClick(panel.brightness, key, SHIFT)
        assert seeing.levels == levels
    QTest.keyClick(panel, Qt.Key.Key_B, SHIFT)
    assert not panel.isVisible()


def test_of_a_dark_picture_the_status_line_says_what_brings_it_out(desk_with, qtbot):
    desk = desk_with(images=3)
    cv2.imwrite(str(desk.project.image_path(1)), np.full((240, 320, 3), 40, np.uint8))
    line = StatusLine(desk.session)
    qtbot.addWidget(line)
    said = []
    for row in (0, 1, 2, 1):
        desk.open_image(row)
        said.append(line.dark.text())
    assert said == ["", "dark picture: Shift+B", "", "dark picture: Shift+B"]
    desk.session.seeing.show_levels(Levels(gamma=3))
    assert line.dark.isHidden()
    desk.session.seeing.reset_levels()
    assert not line.dark.isHidden()


def test_the_panel_opens_without_a_picture(desk):
    desk.session.close()
    desk.canvas.aids.levels.come()
    assert desk.canvas.aids.levels.isVisible()
    desk.canvas.aids.levels.close()


def test_the_panel_shows_the_picture_that_came_into_sight(desk_with):
    desk = desk_with(images=2)
    cv2.imwrite(str(desk.project.image_path(1)), np.full((240, 320, 3), 40, np.uint8))
    panel = desk.canvas.aids.levels
    desk.open_image(0)
    panel.come()
    before = panel.histogram._bars.opts["height"].copy()
    desk.open_image(1)
    after = panel.histogram._bars.opts["height"]
    assert not np.array_equal(after, before)
    assert np.count_nonzero(after) <= 2
    panel.close()
