"""The issue list: order, filter, a hundred thousand rows, and the line that stays until it is left."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from builders.datasets import ANN, annotation, detection, grid, make_project
from labelmend.find.issues import KINDS
from labelmend_desktop.issues.filter_line import CUT
from labelmend_desktop.issues.order import (
    COLUMNS,
    Filter,
    Names,
    Order,
    Sorting,
    arranged,
    between,
    passing,
    place_of,
)

NAMES = Names(called=KINDS, categories=["dog", "Ant", "cat"], files=["a/x.jpg", "b/y.jpg"])


def columns(n=6, seed=0):
    rng = np.random.default_rng(seed)
    return SimpleNamespace(
        id=np.arange(n),
        called=rng.integers(0, 6, n).astype(np.uint8),
        rows_told=lambda _words: [],
        image=rng.integers(-1, 2, n).astype(np.int32),
        category=rng.integers(-1, 3, n).astype(np.int32),
        score=np.round(rng.random(n), 1),
        status=rng.integers(0, 9, n).astype(np.uint8),
    )


def keys(c):
    """What each column of the list is ordered by."""
    return {
        "score": c.score,
        "kind": c.called,
        "class": NAMES.rank[c.category],
        "image": c.image,
        "state": c.status,
    }


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("descending", [True, False])
def test_order_by_every_column(column, descending):
    c = columns(200)
    rows = arranged(c, np.arange(200), Sorting(column, descending=descending), NAMES)
    assert sorted(rows.tolist()) == list(range(200))
    values = keys(c)[column][rows].astype(float) * (-1 if descending else 1)
    assert (np.diff(values) >= 0).all()
    if column != "score":
        same = np.diff(values) == 0
        assert (np.diff(c.score[rows])[same] <= 0).all()


@pytest.mark.parametrize("column", COLUMNS)
def test_some_rows_of_many_images_are_in_order_however_they_come(column):
    c, rng = columns(3000), np.random.default_rng(3)
    c.image = rng.choice([-1, 5, 70_000, 200_005, 200_006], 3000).astype(np.int32)
    rows = rng.permutation(3000)[:2000]
    key = keys(c)[column].tolist()
    for sign in (1, -1):
        expected = sorted(rows.tolist(), key=lambda row: (sign * key[row], -c.score[row], row))
        sorting = Sorting(column, descending=sign < 0)
        found = arranged(c, rows, sorting, NAMES)
        assert found.tolist() == expected
        for place in (0, 1, 1000, 1999):
            without = np.delete(found, place)
            assert place_of(c, without, int(found[place]), sorting, NAMES) == place


@pytest.mark.parametrize("column", COLUMNS)
def test_what_is_taken_out_of_the_order_of_all_is_in_order(column):
    order, some = Order(), np.arange(0, 24_000, 2)
    for c in (columns(24_000, 1), columns(24_000, 2)):
        for descending in (True, False):
            sorting = Sorting(column, descending=descending)
            for rows in (some, some[5:]):
                expected = arranged(c, rows, sorting, NAMES)
                assert order.arranged(c, rows, sorting, NAMES).tolist() == expected.tolist()


def test_classes_are_ordered_by_name_and_the_unknown_come_last():
    assert NAMES.rank.tolist() == [2, 0, 1, 3]


def test_filter_by_each_wish():
    c, every = columns(500), np.arange(500)
    assert (c.called[passing(c, every, Filter(called=3), NAMES)] == 3).all()
    assert (c.category[passing(c, every, Filter(category=1), NAMES)] == 1).all()
    assert (c.status[passing(c, every, Filter(status=4), NAMES)] == 4).all()
    kept = between(c, every, Filter(low=0.3, high=0.6))
    assert set(c.score[kept]) <= {0.3, 0.4, 0.5, 0.6}
    assert len(passing(c, every, Filter(), NAMES)) == 500


def test_text_finds_file_class_and_kind():
    c, every = columns(500), np.arange(500)
    found = passing(c, every, Filter(text=" ANT "), NAMES)
    assert len(found)
    assert (c.category[found] == 1).all()
    found = passing(c, every, Filter(text="a/x"), NAMES)
    assert (c.image[found] == 0).all()
    found = passing(c, every, Filter(text="missing"), NAMES)
    assert (c.called[found] == 0).all()
    assert len(passing(c, every, Filter(text="no such"), NAMES)) == 0


def test_hundred_thousand_rows_are_filtered_and_ordered_at_once():
    c, every = columns(100_000), np.arange(100_000)
    start = time.thread_time()
    rows = passing(c, every, Filter(called=1, text="cat"), NAMES)
    arranged(c, between(c, every, Filter(low=0.1)), Sorting("class"), NAMES)
    assert time.thread_time() - start < 1.0  # a loop over rows would take far longer
    assert len(rows)


# -------------------------------------------------------------------- in the window
def test_choosing_a_line_shows_its_issue(hands):
    view = hands.window.issues.view
    third = hands.listed()[2]
    where = view.visualRect(hands.window.issues.model.index(2, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert hands.session.issue == third
    assert view.currentIndex().row() == 2


def test_a_line_that_is_clicked_stays_below_the_cursor_and_is_the_marked_one(hands, qtbot):
    view, model = hands.window.issues.view, hands.window.issues.model
    hands.window.resize(1280, 560)
    qtbot.waitUntil(lambda: view.rowAt(view.viewport().height() - 4) < model.rowCount() - 1)
    where = QPoint(40, view.viewport().height() - 4)
    last = view.rowAt(where.y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert view.rowAt(where.y()) == last
    assert [index.row() for index in view.selectionModel().selectedRows()] == [last]
    assert hands.session.issue == hands.listed()[last]


def test_filter_line_narrows_the_list_and_clears(hands, qtbot):
    everything = hands.listed()
    filters = hands.window.issues.filters
    QTest.keyClicks(filters.text, "missing")
    qtbot.waitUntil(lambda: len(hands.listed()) < len(everything))
    project = hands.session.project
    assert {project.issues.kind_of(r) for r in hands.window.issues.model.rows} == {"missing"}
    assert hands.session.issue in hands.listed()
    assert "of" in filters.count.text()
    QTest.keyClicks(filters.text, "zzz")
    qtbot.waitUntil(lambda: not hands.listed())
    assert hands.session.issue is None
    assert "filter" in hands.window.issues._empty._text.text()
    hands.click("clear_filter")
    qtbot.waitUntil(lambda: hands.listed() == everything)


def test_kind_and_score_filters(hands, qtbot):
    filters, project = hands.window.issues.filters, hands.session.project
    filters.kind.setCurrentIndex(filters.kind.findData(KINDS.index("location")))
    qtbot.waitUntil(
        lambda: {project.issues.kind_of(r) for r in hands.window.issues.model.rows} == {"location"}
    )
    filters.kind.setCurrentIndex(0)
    filters.scores.region.setRegion((0.5, 1))
    qtbot.waitUntil(lambda: bool((project.issues.score[hands.window.issues.model.rows] >= 0.49).all()))


def test_order_is_chosen_and_turned(hands):
    filters, project = hands.window.issues.filters, hands.session.project
    filters.order.setCurrentIndex(filters.order.findData("image"))
    images = project.issues.image[hands.window.issues.model.rows]
    assert (np.diff(images) >= 0).all()
    QTest.mouseClick(filters.turn, Qt.MouseButton.LeftButton)
    images = project.issues.image[hands.window.issues.model.rows]
    assert (np.diff(images) <= 0).all()
    assert hands.session.order.tolist() == hands.listed()


def test_counts_follow_the_work(hands):
    tabs = hands.window.findChild(object, "queue_fix"), hands.window.findChild(object, "queue_done")
    before = hands.session.waiting_rows(queue="fix").size
    assert tabs[0].text() == f"Fix  {before:,}"
    hands.press(Qt.Key.Key_X)
    assert tabs[0].text() == f"Fix  {before - 1:,}"
    assert tabs[1].text() == "Done  1"
    hands.click("queue_done")
    assert len(hands.listed()) == 1


def test_crops_are_painted_when_they_arrive(hands, qtbot):
    with qtbot.waitSignal(hands.session.pictures.cropped, timeout=5000):
        hands.window.issues.view.viewport().grab()


def test_what_scores_hide_is_counted_in_words(hands):
    empty = hands.window.issues._empty
    for weaker, words in ((1, "1 other is hidden by its own"), (1200, "1,200 others are hidden by theirs")):
        empty.show_reason(hands.session, hidden=True, weaker=weaker)
        assert empty._text.text() == f"No issue of these scores is left; {words}."


def test_where_nothing_looks_wrong_it_is_not_said_that_nobody_looked(tmp_path, open_window, qtbot):
    project = make_project(tmp_path, find=False, detections_given=False, annotations=grid()[0])
    path = project.path
    project.close()
    hands = open_window(path)
    hands.window.finding.find_now()
    qtbot.waitUntil(lambda: not hands.window.tasks.busy)
    assert len(hands.session.project.issues) == 0
    for _time in ("at once", "opened again"):
        assert hands.window.issues._empty._text.text() == "Nothing looks wrong."
        assert hands.window.panel.what.text() == "Nothing looks wrong."
        hands.session.close()
        hands.session.open(path, actor=ANN)


def test_empty_states_say_what_to_do(tmp_path, open_window, qtbot):
    project = make_project(tmp_path, find=False)
    path = project.path
    project.close()
    hands = open_window(path)
    assert hands.window.issues._empty._text.text() == "No issues yet: find them."
    hands.click("queue_expert")
    assert "find" in hands.window.issues._empty._text.text()
    hands.window.issues._empty._find.click()
    qtbot.waitUntil(lambda: len(hands.session.project.issues) > 0)
    assert "Nothing is left for the expert" in hands.window.issues._empty._text.text()
    hands.click("queue_fix")
    assert hands.session.issue == hands.listed()[0]


def test_a_list_that_was_empty_begins_at_its_first_line(tmp_path, open_window, qtbot):
    project = make_project(tmp_path, find=False)
    path = project.path
    project.close()
    hands = open_window(path)
    hands.window.resize(900, 480)
    issues = hands.window.issues
    issues._empty._find.click()
    qtbot.waitUntil(lambda: len(hands.listed()) > 0)
    assert issues.view.verticalScrollBar().maximum() > 0
    assert issues.view.visualRect(issues.model.index(0, 0)).top() == 0


def test_accessible_text(hands):
    model = hands.window.issues.model
    text = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text.count(",") >= 4
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole).endswith(".")


def test_only_the_judged_line_goes_when_one_jumps_elsewhere(hands):
    """The line of the next issue is not lost where one does not go on to it, but somewhere else."""
    session = hands.session
    before = hands.listed()
    hands.press(Qt.Key.Key_X)
    session.undo()
    session.redo()
    assert session.issue == before[0]
    session.set_issue(before[3])
    assert hands.listed() == before[1:]
    assert session.issue == before[3]


def test_a_long_list_begins_with_what_is_worth_the_look(tmp_path, open_window, qtbot, monkeypatch):
    monkeypatch.setattr("labelmend_desktop.issues.filter_line.LONG", 1)
    project = make_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window(path)
    table, filters = hands.session.project.issues, hands.window.issues.filters
    waiting = hands.session.waiting_rows()
    weak = waiting[table.score[waiting] < CUT]
    assert 0 < len(weak) < len(waiting)
    assert len(hands.listed()) == len(waiting) - len(weak)
    assert filters.count.text() == f"{len(waiting) - len(weak):,} of {len(waiting):,}"
    assert filters.weaker.text() == "Scores from 0.1 on"
    assert f"some {table.score[weak].sum():,.0f} of the {len(weak)}" in filters.weaker.toolTip()
    hands.click("every_score")
    qtbot.waitUntil(lambda: len(hands.listed()) == len(waiting))
    assert not filters.every.isVisible()
    hands.click("queue_done")
    hands.click("queue_fix")
    assert len(hands.listed()) == len(waiting)


def test_other_queues_are_shown_whole(tmp_path, open_window, monkeypatch):
    monkeypatch.setattr("labelmend_desktop.issues.filter_line.LONG", 1)
    project = make_project(tmp_path)
    path = project.path
    project.close()
    hands = open_window(path)
    begun = hands.listed()
    hands.window.issues.filters.scores.reset()
    hands.window.issues.refilter()
    hands.session.set_issue(hands.listed()[-1])
    assert hands.session.issue not in begun
    hands.press(Qt.Key.Key_X)
    hands.window.issues.filters.scores.region.setRegion((0.99, 1))
    hands.click("queue_done")
    assert len(hands.listed()) == 1
    hands.click("queue_fix")
    assert hands.window.issues.filters.wanted.low == 0.99


def test_a_worked_off_list_says_what_is_hidden(hands, qtbot):
    issues = hands.window.issues
    issues.filters.scores.region.setRegion((0.99999, 1))
    qtbot.waitUntil(lambda: not hands.listed())
    assert f"{len(hands.session.waiting_rows()):,} others are hidden" in issues._empty._text.text()
    hands.click("clear_filter")
    qtbot.waitUntil(lambda: len(hands.listed()) == len(hands.session.waiting_rows()))


@pytest.mark.parametrize(
    ("labels", "seen", "word", "told"),
    [
        ([[400, 50, 124, 60]], [[400, 50, 60, 60], [464, 50, 60, 60]], "Merged label", "shrink this label"),
        ([[400, 50, 70, 60], [470, 50, 50, 60]], [[400, 50, 120, 60]], "Split label", "grow this label"),
    ],
)
def test_merged_and_split_labels_are_called_so(tmp_path, open_window, qtbot, labels, seen, word, told):
    annotations, detections = grid()
    annotations += [annotation(900 + k, 2, box) for k, box in enumerate(labels)]
    detections += [detection(2, box, score=0.97) for box in seen]
    project = make_project(tmp_path, annotations=annotations, detections=detections, size=(640, 240))
    path = project.path
    project.close()
    hands = open_window(path)
    issue = hands.go_to("location")
    assert hands.window.panel.heading.text() == word
    assert told in hands.window.panel.fix.text()
    filters = hands.window.issues.filters
    filters.text.setFocus()
    qtbot.waitUntil(filters.text.hasFocus)
    QTest.keyClicks(filters.text, word.split()[0].lower())
    qtbot.waitUntil(lambda: hands.listed() == [issue])
    filters.text.clear()
    filters.kind.setFocus()
    QTest.keyClicks(filters.kind, word.split()[0])
    qtbot.waitUntil(lambda: hands.listed() == [issue])
    filters.kind.setCurrentText("Loose label")
    qtbot.waitUntil(lambda: hands.listed() != [issue])
    assert issue not in hands.listed()


def test_text_finds_a_kind_by_the_word_of_the_list(hands, qtbot):
    hands.window.issues.filters.text.setFocus()
    QTest.keyClicks(hands.window.issues.filters.text, "loose")
    project = hands.session.project
    qtbot.waitUntil(
        lambda: {project.issues.kind_of(r) for r in hands.window.issues.model.rows} == {"location"}
    )


def test_the_first_issue_of_a_long_list_comes_in_a_turn_of_its_own(tmp_path, open_window, qtbot, monkeypatch):
    monkeypatch.setattr("labelmend_desktop.issues.panel._LONG", 1)
    project = make_project(tmp_path)
    path, best = project.path, int(project.issues.id[project.issues.score.argmax()])
    project.close()
    window, told = open_window().window, []
    window.issues.model.modelReset.connect(lambda: QTimer.singleShot(0, lambda: told.append("next turn")))
    window.session.issue_changed.connect(lambda: told.append("issue"))
    assert window.files.open_path(path)
    qtbot.waitUntil(lambda: window.session.issue is not None)
    assert told[told.index("issue") - 1] == "next turn"
    assert window.session.issue == window.session.order[0] == best
