"""The filter of the list: kept for each project from one time to the next, and blamed where it hides."""

import numpy as np
import pytest

from builders.datasets import make_project
from labelmend_desktop import places
from labelmend_desktop.issues.filter_line import CUT
from labelmend_desktop.issues.order import Filter
from labelmend_desktop.issues.remembered import Asked, remember, remembered


def test_the_filter_of_a_project_is_there_again_after_a_restart(hands, open_window, tmp_path, qtbot):
    filters, path = hands.window.issues.filters, hands.session.project.path
    whole = hands.listed()
    filters.text.setText("a")
    filters.kind.setCurrentText("Loose label")
    filters.category.setCurrentIndex(1)
    filters.scores.region.setRegion((0.25, 1))
    hands.window.issues.refilter()
    asked, listed, other = filters.wanted, hands.listed(), make_project(tmp_path / "other")
    assert listed != whole
    other.close()
    hands.window.files.open_path(other.path)
    assert filters.wanted.is_empty()
    hands.window.close()
    again = open_window(path)
    assert again.window.issues.filters.wanted == asked
    assert again.window.issues.filters.text.text() == "a"
    assert again.listed() == listed
    again.click("queue_done")
    again.click("queue_fix")
    assert again.listed() == listed
    again.window.issues.filters.clear()
    again.window.close()
    assert open_window(path).listed() == whole


def test_a_filter_is_kept_while_one_works(hands, qtbot):
    """Not at the end alone: a program that is killed has no end."""
    hands.window.issues.filters.kind.setCurrentText("Loose label")
    qtbot.waitUntil(lambda: remembered(hands.session.project.path).called == "location")


def test_what_a_list_begins_with_is_no_wish(tmp_path, open_window, qtbot, monkeypatch):
    """Else the scores of a long list would stay hidden when few are left."""
    monkeypatch.setattr("labelmend_desktop.issues.filter_line.LONG", 1)
    project = make_project(tmp_path)
    project.close()
    hands = open_window(project.path)
    assert hands.window.issues.filters.wanted.low == CUT
    hands.window.close()
    assert remembered(project.path) == Asked()
    hands = open_window(project.path)
    hands.click("every_score")
    hands.window.close()
    hands = open_window(project.path)
    assert hands.window.issues.filters.wanted.low == 0
    assert len(hands.listed()) == len(hands.session.waiting_rows())


def test_what_is_asked_for_by_hand_is_there_after_errors_are_found_again(
    tmp_path, open_window, qtbot, monkeypatch
):
    monkeypatch.setattr("labelmend_desktop.issues.filter_line.LONG", 1)
    project = make_project(tmp_path)
    project.close()
    hands = open_window(project.path)
    filters = hands.window.issues.filters

    def lows():
        """The lowest score wanted before and after a find."""
        before = filters.wanted.low
        hands.window.finding.find_now()
        qtbot.waitUntil(lambda: not hands.window.tasks.busy)
        return before, filters.wanted.low

    assert lows() == (CUT, CUT)
    hands.click("every_score")
    assert lows() == (0, 0)
    filters.kind.setCurrentText("Loose label")
    filters.scores.region.setRegion((0.25, 1))
    assert lows() == (0.25, 0.25)
    assert filters.kind.currentText() == "Loose label"
    hands.window.issues.show_only("some", np.array(hands.listed()[:1]))
    assert lows() == (0, 0.25)
    filters.clear()
    monkeypatch.setattr("labelmend_desktop.issues.filter_line.LONG", 500)
    assert lows() == (0, 0)


def test_labels_that_one_was_led_to_are_not_kept(hands):
    path = hands.session.project.path
    hands.window.issues.show_only("some", np.array(hands.listed()[:2]))
    hands.window.close()
    assert remembered(path) == Asked()


@pytest.mark.parametrize("kept", ["", "nonsense", '{"a": 3}', '{"PATH": {"category": "gone", "state": "x"}}'])
def test_a_filter_that_means_nothing_is_none(tmp_path, open_window, kept):
    project = make_project(tmp_path)
    project.close()
    places.settings().setValue("filters", kept.replace("PATH", str(project.path)))
    assert open_window(project.path).window.issues.filters.wanted == Filter()


def test_of_many_projects_the_filters_of_the_last_are_kept(tmp_path):
    for number in range(30):
        remember(tmp_path / str(number), Asked(text="a"))
    remember(tmp_path / "29", Asked())
    assert [n for n in range(30) if remembered(tmp_path / str(n)).text] == list(range(10, 29))
    remember(tmp_path / "10", Asked(text="a"))  # the same as before, but worked on last
    for number in range(30, 49):
        remember(tmp_path / str(number), Asked(text="a"))
    assert [n for n in range(49) if remembered(tmp_path / str(n)).text] == [10, *range(30, 49)]


def test_the_filter_is_blamed_only_where_it_hides_something(hands, qtbot):
    panel, issues = hands.window.panel, hands.window.issues
    hands.click("queue_done")
    assert not hands.listed()
    assert panel.what.text() == "Choose another queue above."
    hands.click("queue_fix")
    issues.filters.text.setText("no such thing")
    qtbot.waitUntil(lambda: not hands.listed())
    assert panel.what.text() == "Choose another queue above, or clear the filter."
    assert issues._empty._text.text() == "No issue passes the filter."
    hands.click("queue_done")
    assert panel.what.text() == "Choose another queue above."
    assert issues._empty._text.text() == "Nothing is done yet."
