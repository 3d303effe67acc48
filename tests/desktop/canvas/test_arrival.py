"""The zoom at which issues come into sight."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from builders.datasets import annotation, detection, faulty, grid, issue_of
from labelmend_desktop.canvas.colours import colour_of
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


def test_the_tag_of_a_merged_label_that_was_fixed_keeps_off_the_new_one(desk_with):
    annotations, detections = grid()
    annotations.append(annotation(900, 2, [400, 50, 60, 124]))
    for y, score in ((114, 0.97), (50, 0.95)):
        detections.append(detection(2, [400, y, 60, 60], score=score))
    desk = desk_with(annotations=annotations, detections=detections, size=(640, 240), images=12, find=True)
    issue = issue_of(desk.project, "location", annotation=len(annotations) - 1)
    go_to(desk, issue)
    desk.session.accept()
    go_to(desk, issue)
    desk.settle()
    (new,) = desk.canvas.contents.focus.others
    above = desk.canvas.view.rect(desk.bbox(new))
    assert above.bottom() < desk.canvas.view.rect(desk.bbox(len(annotations) - 1)).top()
    (tag,) = desk.canvas.shapes.tags
    assert not tag.intersects(above)


def test_where_a_merged_label_was_fixed_the_new_one_is_in_the_light_too(desk_with):
    annotations, detections = grid()
    annotations.append(annotation(900, 2, [400, 50, 124, 60]))
    for x, score in ((400, 0.97), (464, 0.95)):
        detections.append(detection(2, [x, 50, 60, 60], score=score))
    desk = desk_with(annotations=annotations, detections=detections, size=(640, 240), images=12, find=True)
    issue = issue_of(desk.project, "location", annotation=len(annotations) - 1)
    go_to(desk, issue)
    desk.session.accept()
    go_to(desk, issue)
    assert desk.bbox(len(annotations) - 1) == [400, 50, 60, 60]
    contents = desk.canvas.contents
    assert contents.focus.area(contents.scene).tolist() == [400, 50, 124, 60]
    desk.settle()

    def line_at(x):
        """Whether there is a line of the class's colour at an x of the picture."""
        at = desk.canvas.view.to_widget(x, 80).toPoint()
        there = desk.pixels()[at.y(), at.x() - 3 : at.x() + 4, 2::-1].astype(int)
        return np.abs(there - colour_of(0).getRgb()[:3]).sum(axis=1).min() < 30

    (new,) = contents.focus.others
    assert line_at(524)
    assert contents.scene.row_of[new] not in contents.rows  # it is no quiet one too
    desk.session.edits.set_box(new, [464, 50, 56, 60])
    desk.session.set_flag("flip", True)
    desk.settle()
    assert not line_at(520)  # it was not there
    desk.session.set_flag("flip", False)
    desk.settle()
    assert line_at(520)


def test_a_box_that_was_outside_the_picture_is_out_of_sight_once_it_is_mended(desk_with):
    annotations, detections = grid()
    annotations[0] |= {"bbox": [900, 20, 60, 40], "segmentation": [[20, 20, 80, 20, 80, 60, 20, 60]]}
    desk = desk_with(annotations=annotations, detections=detections, images=12, find=True)
    table = desk.project.issues
    (row,) = (one for one in table.rows_on(0).tolist() if table.kind_of(one) == "structure")
    go_to(desk, int(table.id[row]))
    desk.session.accept()
    go_to(desk, int(table.id[row]))
    contents = desk.canvas.contents
    assert contents.focus.area(contents.scene).tolist() == [20, 20, 60, 40]


def test_the_wish_is_remembered(qapp):
    Seeing().switch("keep_zoom")
    again = Seeing()
    assert again["keep_zoom"]
    assert again["show_minimap"]
    again.switch("keep_zoom")
    assert not Seeing()["keep_zoom"]
