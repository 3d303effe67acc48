"""The zoom at which issues come into sight."""

import pytest
from PySide6.QtCore import QPointF

from builders.datasets import faulty
from labelmend_desktop.canvas.view import fit_suspect
from labelmend_desktop.seeing import Seeing

SIZE = (900.0, 600.0)


def test_a_kept_zoom_is_kept_as_far_as_the_suspect_is_whole_in_sight():
    assert fit_suspect([2000, 1500, 30, 30], (4000, 3000), SIZE, scale=1.5).scale == 1.5
    view = fit_suspect([1000, 1000, 1200, 300], (4000, 3000), SIZE, scale=1.5)
    assert view.scale == pytest.approx((900 - 32) / 1200)


@pytest.fixture
def found(desk_with):
    return desk_with(find=True, **faulty())


def issues_of(found, kind):
    table = found.project.issues
    return [int(table.id[row]) for row in range(len(table)) if table.kind_of(row) == kind]


def go_to(found, issue):
    found.session.set_issue(issue)
    found.qtbot.waitUntil(lambda: found.canvas.loaded is not None)


def zoom_in(found):
    found.canvas.look(found.canvas.view.zoomed(1.7, QPointF(400, 300)))
    return found.canvas.view.scale


def test_without_the_wish_every_suspect_has_its_own_zoom(found):
    first, second = issues_of(found, "spurious")[:2]
    go_to(found, first)
    chosen = zoom_in(found)
    go_to(found, second)
    assert found.canvas.view.scale != pytest.approx(chosen)


def test_the_zoom_is_kept_across_issues_of_a_kind_and_not_of_another(found):
    found.session.seeing.switch("keep_zoom")
    first, second = issues_of(found, "spurious")[:2]
    other = issues_of(found, "location")[0]
    go_to(found, first)
    chosen = zoom_in(found)
    go_to(found, second)
    assert found.canvas.view.scale == pytest.approx(chosen)
    suspect = found.canvas.view.rect(found.canvas.contents.focus.area(found.canvas.contents.scene))
    assert found.canvas.rect().toRectF().contains(suspect)
    go_to(found, other)
    assert found.canvas.view.scale != pytest.approx(chosen)
    go_to(found, first)
    assert found.canvas.view.scale == pytest.approx(chosen)
    found.canvas.fit_suspect()  # its own zoom again, and for those to come
    go_to(found, second)
    assert found.canvas.view.scale != pytest.approx(chosen)


def test_the_wish_is_remembered(qapp):
    Seeing().switch("keep_zoom")
    again = Seeing()
    assert again["keep_zoom"]
    assert again["show_minimap"]
    again.switch("keep_zoom")
    assert not Seeing()["keep_zoom"]
