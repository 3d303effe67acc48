"""Detections that fit only when read otherwise: the window asks, and goes on with the answer."""

import pytest

from builders.datasets import grid, write_dataset
from labelmend_desktop.start.new_project import NewProject


@pytest.fixture
def corner_files(tmp_path):
    annotations, detections = grid()
    for one in detections:
        x, y, w, h = one["bbox"]
        one["bbox"] = [x, y, x + w, y + h]
    return write_dataset(tmp_path, annotations=annotations, detections=detections)


def made(open_window, qtbot, files, **answers):
    annotations, pictures, detections = files
    new = NewProject(annotations, pictures, (detections,), annotations.with_name("made.labelmend"))
    hands = open_window(new_project=new, **answers)
    hands.click("new_project")
    qtbot.waitUntil(lambda: any(name == "read_so" for name, _ in hands.answers.shown))
    qtbot.waitUntil(lambda: hands.session.project is not None and not hands.window.tasks.busy)
    return hands


def widest(hands) -> float:
    return float(hands.session.project.detections().bbox[:, 2].max())


def test_new_project_asks_and_keeps_them_read_so(open_window, qtbot, corner_files):
    hands = made(open_window, qtbot, corner_files, read_so=True)
    offers = next(asked for name, asked in hands.answers.shown if name == "read_so")
    assert "Their boxes seem to be x1, y1, x2, y2" in offers[0].sentence()
    assert widest(hands) < 100
    assert "read as" in hands.session.project.store.history()[0].step().facts


def test_a_no_reads_them_as_they_are_written(open_window, qtbot, corner_files):
    hands = made(open_window, qtbot, corner_files, read_so=False, find=None)
    assert widest(hands) > 200
    last = hands.session.project.store.history()[-1]
    assert last.title == "New detections: detections.json"


def test_added_detections_are_asked_about_too(open_window, qtbot, corner_files):
    annotations, pictures, detections = corner_files
    new = NewProject(annotations, pictures, (), annotations.with_name("made.labelmend"))
    hands = open_window(new_project=new, detections_files=[detections], read_so=True, find=None)
    hands.click("new_project")
    qtbot.waitUntil(lambda: hands.session.project is not None and not hands.window.tasks.busy)
    hands.window.actions_.run("add_detections")
    qtbot.waitUntil(lambda: hands.session.project.detections() is not None)
    assert widest(hands) < 100
    title = hands.session.project.store.history()[-1].title
    assert title == "New detections: detections.json, read: boxes as x1, y1, x2, y2"


def test_a_misfit_that_is_found_offers_to_add_the_file_again(open_window, qtbot, corner_files):
    hands = made(open_window, qtbot, corner_files, read_so=False)
    hands.window.finding.find()
    bar = hands.window.error_bar
    qtbot.waitUntil(lambda: "read so" in bar.text.text() and not hands.window.tasks.busy)
    hands.answers.given |= {"detections_files": [corner_files[2]], "read_so": True}
    bar.help.click()
    qtbot.waitUntil(lambda: widest(hands) < 100)
