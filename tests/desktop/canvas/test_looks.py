"""What shapes look like: colours, strokes that carry the meaning, widths at every zoom and display."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from builders.datasets import annotation, detection, make_project
from builders.eyes import SIGHTS, difference, lab, least_difference
from labelmend.project.annotation import Annotation
from labelmend_desktop import theme
from labelmend_desktop.canvas.change import REMOVED
from labelmend_desktop.canvas.colours import ACCENT, DETECTION_DASH, HUES, colour_of
from labelmend_desktop.canvas.intricate import INTRICATE
from labelmend_desktop.canvas.quiet import paint_quiet
from labelmend_desktop.canvas.scene import Scene
from labelmend_desktop.canvas.strokes import MANY, path_of, stroke, thin
from labelmend_desktop.canvas.view import View

LOOKS = 2 * len(HUES)
BOX = [20.25, 15.25, 60.0, 40.0]
"""Its sides run through the middle of pixels at 200 %."""


# ---- colours


def test_every_class_has_a_colour_of_its_own_until_they_begin_again():
    assert len({colour_of(row).name() for row in range(LOOKS)}) == LOOKS
    assert colour_of(LOOKS) == colour_of(0)
    assert colour_of(-1).isValid()


def test_a_class_keeps_its_colour():
    """By its row in the source, which no step changes; written down, so that no new version does either."""
    assert [colour_of(row).name() for row in (0, 1, 11)] == ["#eca838", "#38ffc0", "#a87890"]


@pytest.mark.parametrize("sight", SIGHTS)
def test_classes_are_told_apart_by_colour_blind_eyes(sight):
    """CIEDE2000; 1 is the least that is seen side by side, 2.3 what is seen at a glance."""
    assert least_difference(HUES[:6], sight) >= 13
    assert least_difference(HUES[:8], sight) >= 10
    assert least_difference(HUES, sight) >= 8


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("other", [ACCENT, REMOVED], ids=["a suggestion", "what is removed"])
def test_no_class_looks_like(other, sight):
    seen = lab(HUES, sight)
    assert difference(seen, np.repeat(lab([other], sight), len(HUES), 0)).min() >= 6


def test_the_formula_of_differences():
    """Pairs of the table that the formula's authors give to check it by."""
    pairs = np.array(
        [
            [[50, 2.6772, -79.7751], [50, 0, -82.7485], [2.0425] * 3],
            [[50, 2.5, 0], [73, 25, -18], [27.1492] * 3],
            [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], [2.0373] * 3],
        ]
    )
    assert difference(pairs[:, 0], pairs[:, 1]) == pytest.approx(pairs[:, 2, 0], abs=1e-3)


# ---- strokes


@pytest.fixture
def scene(tmp_path):
    """One label and one detection of BOX, both of class 0; their class can be changed."""
    project = make_project(
        tmp_path, annotations=[annotation(1, 1, BOX)], detections=[detection(1, BOX)], images=1, find=False
    )
    made = Scene(project.annotations_of(0), project.detections_of(0))
    project.close()
    return made


def painted(scene, row, *, few, ground="#808080", scale=2.0, dpr=1.0):
    """The pixels (h, w, 3), RGB, of one row on a plain ground."""
    image = QImage(round(240 * dpr), round(160 * dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(dpr)
    image.fill(QColor(ground))
    painter = QPainter(image)
    view, rect = View(scale, 0.0, 0.0), QRectF(0, 0, 240, 160)
    for _ in paint_quiet(painter, scene, np.array([row]), view=view, rect=rect, dpr=dpr, few=few):
        pass
    painter.end()
    return pixels(image)


def pixels(image):
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    return raw[:, :, 2::-1].astype(int)


def near(image, colour):
    """Where pixels have nearly this colour."""
    return np.abs(image - np.array(colour.getRgb()[:3])).max(-1) < 60


@pytest.mark.parametrize("few", [True, False], ids=["few", "many"])
@pytest.mark.parametrize("category", [0, 12, 24])
def test_labels_are_solid_and_detections_dashed_whatever_their_class(scene, category, few):
    scene.category[:] = category

    def drawn(row):
        """How much of the upper side is drawn in the class's colour."""
        return near(painted(scene, row, few=few)[27:34, 50:150], colour_of(category)).any(0).mean()

    assert drawn(0) == 1.0
    assert 0.3 < drawn(1) < 0.75


@pytest.mark.parametrize("few", [True, False], ids=["few", "many"])
@pytest.mark.parametrize("category", range(LOOKS))
def test_every_class_is_read_on_every_ground(scene, category, few):
    """Two of ground, casing and colour, which lie side by side, differ by 3:1 (WCAG 2.1, 1.4.11)."""
    scene.category[:] = category
    for level in (0, 40, 80, 120, 160, 200, 255):
        ground = QColor(level, level, level).name()
        across = [
            QColor(*pixel).name() for pixel in painted(scene, 0, few=few, ground=ground)[26:36, 100].tolist()
        ]
        found = max(theme.contrast(first, second) for first, second in combinations(set(across), 2))
        assert found >= 3, (ground, found)


def beside(slope, painted):
    """How bright it is on either side of a line of a slope, in degrees, through the middle of a picture.

    ``painted`` has 120 x 120 pixels (h, w, 3).
    """
    along = np.array([np.cos(np.radians(slope)), np.sin(np.radians(slope))])
    aside = np.array([-along[1], along[0]])
    at, by = np.meshgrid(np.arange(-20, 20), np.arange(1, 3.1, 0.5), indexing="ij")
    for side in (1, -1):
        x, y = np.floor(60.5 + along[:, None, None] * at + side * aside[:, None, None] * by).astype(int)
        yield float(np.median(painted[y, x].max(-1).min(1)))


def drawn_line(slope, draw, *, dpr, elsewhere=0):
    """How bright it is beside a line of a slope, in degrees, that ``draw`` has drawn on white.

    It has points ``elsewhere``, out of sight.
    """
    image = QImage(120, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.setDevicePixelRatio(dpr)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    along = np.array([np.cos(np.radians(slope)), np.sin(np.radians(slope))])
    path = path_of((np.array([60 - 50 * along, 60 + 50 * along]) / dpr,), View(), closed=False)
    for x in range(elsewhere):
        path.lineTo(x, -1000)
    draw(painter, path, colour_of(0))
    painter.end()
    return list(beside(slope, pixels(image)))


@pytest.mark.parametrize("slope", range(0, 180, 15))
def test_what_is_dragged_has_its_casing_on_both_sides_at_every_slope(qapp, slope):
    """Thin lines lie side by side along one diagonal: a line along that very diagonal has a casing too."""
    assert max(drawn_line(slope, thin, dpr=1.0)) < 190


@pytest.mark.parametrize("dpr", [1.0, 2.0])
@pytest.mark.parametrize("slope", range(0, 180, 15))
def test_a_line_of_very_many_points_has_its_casing_at_every_slope(qapp, slope, dpr):
    assert min(drawn_line(slope, stroke, dpr=dpr, elsewhere=INTRICATE)) < 190


@pytest.mark.parametrize("dpr", [1.0, 2.0])
@pytest.mark.parametrize("slope", range(0, 180, 15))
def test_a_line_of_many_shapes_has_its_casing_at_every_slope(qapp, slope, dpr):
    """Nor does that of one of many, beside one line, lie along it."""
    along = np.array([np.cos(np.radians(slope)), np.sin(np.radians(slope))])
    aside = np.array([-along[1], along[0]])
    part = 60 + np.array([-50 * along, 50 * along, 50 * along + 20 * aside, 20 * aside - 50 * along])
    label = Annotation(1, 1, 0, 0, np.full(4, np.nan), (part / dpr,), None, False, None, False)
    shown = painted(Scene([label]), 0, few=False, ground="#ffffff", scale=1.0, dpr=dpr)
    assert min(beside(slope, shown)) < 100


@pytest.mark.parametrize("points", [2, MANY, INTRICATE])
def test_a_detection_is_dashed_however_many_points_it_has(qapp, points):
    image = QImage(120, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    path = path_of((np.array([[10, 15], [110, 15]]),), View(), closed=False)
    for x in range(points):
        path.lineTo(x, -1000)
    stroke(painter, path, colour_of(0), width=2, dash=DETECTION_DASH)
    painter.end()
    drawn = near(pixels(image)[12:19, 20:100], colour_of(0)).any(0)
    assert 0.3 < drawn.mean() < 0.75


# ---- widths


def wide(image, colour, scale):
    """How many device pixels the line across BOX's left side is wide; ``scale`` in device pixels.

    By how much of the line's colour each pixel has: ground and casing are grey and have none.
    """
    red, _, blue = image[round(35 * scale), : round(45 * scale)].T
    return float(((red - blue) / (colour.red() - colour.blue())).sum())


@pytest.mark.parametrize("few", [True, False], ids=["few", "many"])
def test_lines_are_as_wide_at_every_zoom_and_on_every_display(scene, few):
    colour = colour_of(0)
    widths = {
        (scale, dpr): wide(painted(scene, 0, few=few, scale=scale, dpr=dpr), colour, scale * dpr) / dpr
        for scale in (0.5, 1.0, 1.9)
        for dpr in (1.0, 2.0)
    }
    assert list(widths.values()) == pytest.approx([1.5 if few else 1.0] * len(widths), abs=0.15), widths


def test_live_lines_are_as_wide_on_every_display(qapp):
    def drawn(dpr, scale):
        image = QImage(round(240 * dpr), round(160 * dpr), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(dpr)
        image.fill(Qt.GlobalColor.black)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        box = np.array([[20.0, 15], [80, 15], [80, 55], [20, 55]])
        stroke(painter, path_of((box,), View(scale, 0, 0)), colour_of(0))
        painter.end()
        return wide(pixels(image), colour_of(0), scale * dpr) / dpr

    assert [drawn(dpr, scale) for dpr in (1, 2) for scale in (0.5, 1.9)] == pytest.approx([2.0] * 4, abs=0.05)
