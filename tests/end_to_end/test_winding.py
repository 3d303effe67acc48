"""An outline of very many points: nothing on the UI thread may take over 50 milliseconds."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from builders.datasets import annotation, make_project
from builders.watchdog import watched


@pytest.fixture
def winding(tmp_path, open_user):
    """A picture of 3000 x 3000 with one polygon of 60,000 points, and these (60000, 2)."""
    turn = np.linspace(0, 2 * np.pi, 60_000, endpoint=False)
    reach = 900 + 100 * np.sin(37 * turn) + 8 * np.sin(3000 * turn)
    outline = (1500 + reach[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)).round(2)
    low, high = outline.min(axis=0), outline.max(axis=0)
    told = annotation(1, 1, [*low, *(high - low)], segmentation=[outline.ravel().tolist()])
    project = make_project(tmp_path, annotations=[told], images=1, size=(3000, 3000), find=False)
    path = project.path
    project.close()
    user = open_user(path)
    user.window.session.set_image(0)
    user.rest()
    return user, outline


def test_an_outline_of_very_many_points_that_crosses_itself_is_mended_without_a_hitch(winding):
    user, outline = winding
    proposals = user.window.canvas.proposals
    with watched() as dog:
        user.window.session.select(0)
        user.rest()
        user.press(Qt.Key.Key_E)
        user.drag(outline[0], (300, 1500))
        user.rest()
        assert "mended" in proposals.words
        parts = len(proposals.current.parts)
        user.press(Qt.Key.Key_BracketRight)
        user.rest()
        user.press(Qt.Key.Key_Return)
        user.rest()
    assert user.project.store.history()[-1].title == "move a vertex"
    assert len(user.project.annotation(0).polygons) == parts - 1
    assert dog.events > 20


def test_a_polygon_of_very_many_points_is_changed_without_a_hitch(winding):
    user, outline = winding
    with watched() as dog:
        user.window.session.select(0)
        user.rest()
        user.press(Qt.Key.Key_E)
        user.drag(outline[0], outline[0] + 30)
        user.rest()
        user.drag((1500, 1500), (1540, 1500))
        user.rest()
        user.press(Qt.Key.Key_E)
        right = user.project.annotation(0).bbox[0] + user.project.annotation(0).bbox[2]
        user.drag((right, 1400), (right + 60, 1400))
        user.rest()
        user.press(Qt.Key.Key_I)
        for corner in ((2300, 1400), (2900, 1400), (2900, 1700), (2300, 1700)):
            user.click(*corner)
        user.press(Qt.Key.Key_Return)
        user.rest()
    titles = ["move a vertex", "move the polygon", "resize the box", "add a part"]
    assert [row.title for row in user.project.store.history()][1:] == titles
    assert dog.events > 20
