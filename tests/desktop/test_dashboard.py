"""The dashboard: every number leads to its labels, and the numbers follow the work."""

from datetime import datetime
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from builders.datasets import ANN, LEA, faulty, make_project
from builders.worked import Clock, audited, work
from labelmend.project import queues
from labelmend.project.agreeing import Agreement, Pair
from labelmend.project.state import Changes
from labelmend.report.progress import Course, overview_of
from labelmend.review.agreement import Followed, kappa
from labelmend.review.states import QUEUES
from labelmend_desktop import theme
from labelmend_desktop.dashboard import in_lines, in_points
from labelmend_desktop.dashboard.in_lines import duration, per_cent
from labelmend_desktop.dashboard.matrix import Matrix
from labelmend_desktop.dashboard.points import Frame, PointPlot, Series
from labelmend_desktop.dashboard.spots import SpotArea


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A project that three annotators, a reviewer and an expert have worked on for two days."""
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr("labelmend.project.project.now", clock.now)
        project = make_project(tmp_path_factory.mktemp("worked"), **faulty(40))
        work(project, clock, days=2, each=6, seed=1)
        audited(project, clock, count=20, seed=1)
        path = project.path
        project.close()
    return path


@pytest.fixture
def hands(worked, tmp_path, open_window):
    """The window on a copy of it, with the lead before it."""
    path = tmp_path / "p.labelmend"
    path.write_bytes(worked.read_bytes())
    return open_window(path, actor=LEA)


@pytest.fixture
def seen(hands, qtbot):
    """The same with the dashboard open and its numbers there."""
    hands.press(Qt.Key.Key_F2)
    board = hands.window.dashboard
    qtbot.waitUntil(lambda: board.isVisible() and bool(board.areas["kinds"].spots))
    qtbot.waitUntil(lambda: all(plot.settled for plot in board.plots.values()))
    return hands


def told(hands):
    return overview_of(hands.session.project)


def at_rest(board):
    """Nothing is being counted, nor will be soon."""
    return not (board.live._later.isActive() or board.live._tasks.busy)


def click(area, title):
    """Click what leads to the labels of that title."""
    spot = next(spot for spot in area.spots if spot.title == title)
    QTest.mouseClick(area, Qt.MouseButton.LeftButton, pos=spot.place.center().toPoint())
    return set(spot.issues.tolist())


def listed(hands):
    return set(hands.listed())


def in_queue(hands, issues):
    """Those of some issues that wait in the queue in sight."""
    rows = queues.waiting(hands.session.project, hands.session.queue)
    return issues & set(hands.session.project.issues.id[rows].tolist())


def test_its_key_opens_it_and_closes_it_again(seen):
    board = seen.window.dashboard
    assert board.isVisible()
    QTest.keyClick(board, Qt.Key.Key_F2)
    assert not board.isVisible()
    seen.press(Qt.Key.Key_F2)
    assert board.isVisible()
    QTest.keyClick(board, Qt.Key.Key_Escape)
    assert not board.isVisible()


def test_numbers_lead_to_exactly_their_labels(seen):
    board, numbers = seen.window.dashboard, told(seen)
    kind = max(numbers.kinds, key=lambda one: len(one.done))
    name = in_lines.NAME_WORDS[kind.name]
    assert click(board.areas["kinds"], f"{name}: done") == set(kind.done.tolist())
    assert seen.session.queue == "done"
    assert listed(seen) == set(kind.done.tolist())
    waits = next(one for one in numbers.classes if len(one.open))
    click(board.areas["classes"], f"{waits.name}: open")
    assert listed(seen) == in_queue(seen, set(waits.open.tolist()))
    assert listed(seen)


def test_what_a_reviewer_rejected_is_listed_and_the_chip_says_so(seen):
    board = seen.window.dashboard
    rev = next(one for one in told(seen).people if one.role == "reviewer")
    rejected = click(board.areas["people"], "rejected by Rev")
    assert rejected == set(rev.rejected.tolist())
    assert listed(seen) == in_queue(seen, rejected)
    chip = seen.window.issues.filters.chip
    assert chip.isVisible()
    count = len(rejected)
    assert chip.words.text() == f"rejected by Rev, {count} {'label' if count == 1 else 'labels'}"


def test_the_chip_says_in_which_queues_the_others_are(seen):
    ann = next(one for one in told(seen).people if one.name == "Carl")
    seen.window.dashboard.wanted.emit("Carl’s", np.concatenate([ann.open, ann.done]))
    here = in_queue(seen, set(ann.open.tolist()) | set(ann.done.tolist()))
    assert listed(seen) == here
    elsewhere = len(ann.open) + len(ann.done) - len(here)
    places = seen.window.issues.filters.chip.places
    assert places.isVisible() == (elsewhere > 0)
    assert elsewhere > 0
    assert places.text().startswith(f"{len(here)} here, ")
    seen.session.set_queue("expert")
    assert f"{len(here)} in Done" in places.text()


def test_the_cross_of_the_chip_shows_the_whole_queue_again(seen, qtbot):
    board, session = seen.window.dashboard, seen.session
    click(board.areas["headline_0"], "Fix: done")
    assert session.queue == "done"
    assert listed(seen) < set(session.project.issues.id[session.waiting_rows()].tolist())
    seen.click("chip_cross")
    assert not seen.window.issues.filters.chip.isVisible()
    every = set(session.project.issues.id[session.waiting_rows()].tolist())
    qtbot.waitUntil(lambda: listed(seen) == every)


def test_what_was_asked_of_the_scores_comes_back_with_the_whole_queue(seen, qtbot):
    filters = seen.window.issues.filters
    seen.session.set_queue("done")
    filters.scores.region.setRegion((0.4, 0.9))
    click(seen.window.dashboard.areas["headline_0"], "Fix: done")
    assert (filters.wanted.low, filters.wanted.high) == (0, 1)
    seen.click("chip_cross")
    qtbot.waitUntil(lambda: filters.wanted.low == pytest.approx(0.4))
    assert filters.wanted.high == pytest.approx(0.9)
    assert filters.wanted.chosen is None


def test_every_place_of_every_card_leads_to_labels_that_are_there(seen):
    board, table = seen.window.dashboard, seen.session.project.issues
    for area in board.areas.values():
        area.grab()  # those that are scrolled out of sight too
    spots = [spot for area in board.areas.values() for spot in area.spots]
    assert len(spots) > 60
    titles = {spot.title for spot in spots}
    assert {"Ann’s: reviewed", "reviewed by Rev", "Ann as annotator: done"} <= titles
    assert {f"rejected: {one.text}" for one in told(seen).reasons} <= titles
    assert told(seen).reasons
    for spot in spots:
        assert all(table.row_of(issue) >= 0 for issue in spot.issues.tolist())
        assert spot.title
    waiting = {queue: set(table.id[queues.waiting(seen.session.project, queue)].tolist()) for queue in QUEUES}
    for spot in (spots[0], spots[-1], *spots[::7]):
        board.wanted.emit(spot.title, spot.issues)
        ids = set(spot.issues.tolist())
        assert listed(seen) == ids & waiting[seen.session.queue]
        assert len(listed(seen)) == max(len(ids & there) for there in waiting.values())


@pytest.mark.parametrize("name", ["course", "rates", "curve"])
def test_points_lead_to_their_labels(seen, qtbot, name):
    plot = seen.window.dashboard.plots[name]
    numbers = told(seen)
    series, _ = {
        "course": lambda: in_points.course(numbers, in_all=True),
        "rates": lambda: in_points.rates(numbers),
        "curve": lambda: in_points.curve(numbers),
    }[name]()
    number = max(range(len(series[0].x)), key=lambda n: len(series[0].issues[n]))
    taken = []
    plot.taken.connect(lambda title, issues: taken.append((title, issues)))
    viewport = plot.plot.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=plot.place_of(0, number))
    qtbot.waitUntil(lambda: bool(taken))
    title, issues = taken[0]
    assert np.array_equal(issues, series[0].issues[number])
    assert title == series[0].titles[number]
    assert listed(seen) == in_queue(seen, set(issues.tolist()))
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert len(taken) == 1


def places_of(plot):
    """Where the names at the ends of lines are."""
    plot.grab()  # words are where they are once they were painted
    return [text.mapRectToScene(text.boundingRect()) for text, _ in plot._names]


def apart(plot):
    """Whether no name covers another by a pixel."""
    return all(one.intersected(other).height() < 1 for one, other in combinations(places_of(plot), 2))


def test_the_total_at_the_end_of_a_line_leads_to_all_its_labels(seen, qtbot):
    plot, taken = seen.window.dashboard.plots["course"], []
    plot.taken.connect(lambda title, issues: taken.append((title, set(issues.tolist()))))
    qtbot.waitUntil(lambda: len(plot._names) == 3 and apart(plot))  # the plot's last size may come late
    text, line = plot._names[-1]
    at = plot.plot.mapFromScene(places_of(plot)[-1].center())
    QTest.mouseClick(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bool(taken))
    assert taken[0] == (line.about, set(np.concatenate(line.issues).tolist()))
    assert text.toPlainText() == f"{len(np.concatenate(line.issues)):,} {line.about}"


def test_lines_that_end_close_to_each_other_have_names_one_above_the_other(qtbot):
    plot = PointPlot("close")
    qtbot.addWidget(plot)
    plot.resize(500, 240)
    x, ids = np.arange(2.0), np.zeros(1, np.int64)
    ends = {"reviewed": 51.0, "fixed": 52.0, "decided": 13.0}
    series = [
        Series(x, np.array([0.0, y]), "accent", ("", ""), (ids, ids), joined=True, name=name)
        for name, y in ends.items()
    ]
    plot.show_points(series, Frame((0, 1), (0, 60)))
    plot.show()
    qtbot.waitUntil(lambda: plot.settled and plot._names and plot.plot.height() == 240)
    assert len(plot._names) == 3
    assert apart(plot)


def test_arrows_and_enter_do_what_the_mouse_does(seen):
    board = seen.window.dashboard
    area, taken = board.areas["people"], []
    area.taken.connect(lambda title, _issues: taken.append(title))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(area, key)
        area.grab()
    assert len(taken) == 1
    assert taken[0] in {spot.title for spot in area.spots}
    plot = board.plots["curve"]
    plot.taken.connect(lambda title, _issues: taken.append(title))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(plot, key)
    assert taken[1].startswith("judged, scores")


def test_the_numbers_follow_the_work(seen, qtbot):
    session, board = seen.session, seen.window.dashboard
    before = len(board._told.overview.queues[0].done)
    session.work_as(ANN)
    session.set_queue("fix")
    seen.window.issues.filters.clear()
    seen.window.issues.refilter(keep=False)
    assert session.issue is not None
    seen.press(Qt.Key.Key_X)
    qtbot.waitUntil(lambda: len(board._told.overview.queues[0].done) == before + 1)
    seen.press(Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: len(board._told.overview.queues[0].done) == before)


def test_many_changes_are_told_together_by_a_thread(seen, qtbot):
    session, board, counted = seen.session, seen.window.dashboard, []
    board.live.told.connect(counted.append)
    for _ in range(20):
        session.changed.emit(Changes())
    assert counted == []  # a thread counts, later
    qtbot.waitUntil(lambda: bool(counted) and at_rest(board))
    assert len(counted) == 1


def test_it_sleeps_while_nobody_looks(seen, qtbot):
    board, counted = seen.window.dashboard, []
    board.close()
    board.live.told.connect(counted.append)
    seen.session.changed.emit(Changes())
    assert at_rest(board)
    assert counted == []
    last = board._told
    seen.press(Qt.Key.Key_F2)
    assert counted == [last]  # at once, until what changed is counted
    qtbot.waitUntil(lambda: len(counted) == 2)


def test_it_comes_back_at_once_where_nothing_changed(seen, qtbot):
    board, counted = seen.window.dashboard, []
    qtbot.waitUntil(lambda: at_rest(board))
    board.close()
    board.live.told.connect(counted.append)
    seen.press(Qt.Key.Key_F2)
    assert counted == [board._told]
    assert at_rest(board)


def test_it_closes_with_the_project(seen, qtbot):
    seen.session.close()
    qtbot.waitUntil(lambda: not seen.window.dashboard.isVisible())


def test_a_project_without_issues_says_what_to_do(tmp_path, open_window, qtbot):
    project = make_project(tmp_path, find=False)
    path = project.path
    project.close()
    hands = open_window(path, actor=LEA)
    hands.press(Qt.Key.Key_F2)
    board = hands.window.dashboard
    qtbot.waitUntil(lambda: board._told is not None)
    board.grab()
    assert all(not area.spots for area in board.areas.values())


def test_it_is_dressed_anew_with_the_theme(seen, qtbot, monkeypatch):
    board = seen.window.dashboard

    def grounds():
        picture = board.grab().toImage()
        card, plot = board.areas["kinds"].parentWidget(), board.plots["course"]
        at = [part.mapTo(board, QPoint(2, 2)) for part in (card, plot)]
        return [picture.pixelColor(place).name() for place in at]

    assert grounds() == [theme.LIGHT.raised] * 2
    monkeypatch.setenv("LABELMEND_THEME", "dark")
    theme.apply("dark")
    qtbot.waitUntil(lambda: grounds() == [theme.DARK.raised] * 2)
    monkeypatch.setenv("LABELMEND_THEME", "light")
    theme.apply("light")


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 720)])
def test_nothing_is_wider_than_the_window(seen, qtbot, size):
    board = seen.window.dashboard
    board.resize(*size)
    qtbot.waitUntil(lambda: board.areas["kinds"].width() > 100)
    board.grab()
    for area in board.areas.values():
        assert all(spot.place.right() <= area.width() + 1 for spot in area.spots)


def test_each_pair_of_people_has_a_square_on_each_occasion(qtbot):
    kinds = [("Ann", "Rev", "review"), ("Ann", "Bea", "trial"), ("Bea", "Ann", "second look")]
    kinds += [("Ann", "Rev", "second look"), ("Rev", "Rob", "second review")]
    answers = [("changed", "changed"), ("no error", "no error"), ("changed", "no error")]
    pairs = tuple(Pair(*who, 3, 2, kappa(answers)) for who in kinds)
    labels = {who: np.arange(n + 1) for n, who in enumerate(kinds)}
    area = SpotArea("matrix")
    qtbot.addWidget(area)
    area.resize(400, 100)
    area.show_drawing(Matrix(Agreement(pairs, Followed(1, 2, 3, 4), 0, 0), labels))
    area.grab()
    assert {spot.title: len(spot.issues) for spot in area.spots} == {
        f"judged by {one} and {other}, {how}": n + 1 for n, (one, other, how) in enumerate(kinds)
    }
    places = [spot.place for spot in area.spots]
    assert all(area.rect().contains(place.toAlignedRect()) for place in places)
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[:n])


def test_times_and_shares_in_words():
    assert [duration(s) for s in (None, 3.24, 34.4, 150, 7300, 360000)] == [
        "–",
        "3.2 s",
        "34 s",
        "2.5 min",
        "2.0 h",
        "100 h",
    ]
    assert [per_cent(s) for s in (None, 0, 0.0312, 0.5, 1)] == ["–", "0 %", "3.1 %", "50 %", "100 %"]


@pytest.mark.parametrize("hours", [0.3, 1.4, 2.5, 6])
def test_a_short_session_shows_its_times_between_the_ends_of_the_axis(hours):
    begin = datetime(2026, 3, 4, 14, 10).timestamp()
    at = begin + 3600 * np.linspace(0, hours, 20)
    _, frame = in_points.course(SimpleNamespace(courses=(Course("fix", at, np.arange(20)),)), in_all=True)
    first, *between, last = frame.x_ticks
    assert frame.x_range[0] <= first[0] < last[0] <= frame.x_range[1]
    assert len(between) >= 3
    assert {"0.3": "14:15", "1.4": "14:30", "2.5": "14:30", "6": "Wed 15:00"}[str(hours)] == between[0][1]
