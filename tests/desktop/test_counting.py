"""What dialogs tell of a whole project is counted by a thread, and what is drawn from it is drawn by one."""

import threading

import numpy as np
import pytest

from builders.datasets import ANN, LEA, REV, annotation, make_project
from labelmend.project import editing, sampling, trials, verbs
from labelmend.project.drawable import drawable
from labelmend.review.sampling import Rates
from labelmend_desktop import blind_verbs, lead_verbs
from labelmend_desktop.sample_dialog import SampleChoice
from labelmend_desktop.trial_dialogs import TrialChoice


@pytest.fixture
def hands(tmp_path, open_window):
    """The lead at the window, on more labels than are changed at once: Ann changed two, Rev approved one."""
    corners = np.random.default_rng(0).uniform(0, [280, 200], (120, 2)).round(1)
    records = [annotation(n + 1, 1, [*corner, 20, 20]) for n, corner in enumerate(corners.tolist())]
    project = make_project(tmp_path, annotations=records, images=1, find=False)
    project.apply(editing.delete(project, 3))
    project.work_as(LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    project.work_as(REV)
    project.apply(verbs.approve(project, int(project.issues.id[0])))
    project.work_as(ANN)
    project.apply(editing.delete(project, 5))
    path = project.path
    project.close()
    return open_window(path, actor=LEA)


def asked(hands, action, name):
    """What the dialog of an action is given; nobody answers it."""
    hands.window.actions_.run(action)
    assert hands.answers.shown[-1][0] == name
    return hands.answers.shown[-1][1]


def threads_of(monkeypatch, module, name):
    """The threads that a function is called in from now on."""
    seen, function = [], getattr(module, name)

    def called(*given, **named):
        seen.append(threading.current_thread())
        return function(*given, **named)

    monkeypatch.setattr(module, name, called)
    return seen


def test_what_can_be_drawn_is_counted_while_the_dialog_is_open(hands, qtbot, monkeypatch):
    threads, told = threads_of(monkeypatch, lead_verbs, "drawable"), []
    asked(hands, "draw_sample", "sample")["known"](told.append)
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told == [drawable(hands.session.project)]
    assert told[0].labels == {("cat", "deleted", "Ann"): 1}
    assert told[0].unflagged == 118
    assert threading.main_thread() not in threads


@pytest.mark.parametrize(
    ("choice", "function", "title"),
    [
        (SampleChoice(Rates(1.0), 7), "draw_sample", "draw 1 of 1"),
        (SampleChoice(Rates(0), 7, audit=9), "draw_audit", "draw 9 of 118"),
    ],
)
def test_a_sample_is_drawn_by_a_thread(hands, monkeypatch, choice, function, title):
    threads = threads_of(monkeypatch, lead_verbs, function)
    hands.answers.given["sample"] = choice
    hands.window.actions_.run("draw_sample")
    assert hands.session.project.last_row.title.startswith(title)
    assert hands.session.queue == "review"
    assert threads
    assert threading.main_thread() not in threads


def test_a_trial_is_made_by_a_thread_of_what_is_known(hands, qtbot, monkeypatch):
    project, told = hands.session.project, []
    given = asked(hands, "start_trial", "trial")
    given["known"](told.append)
    assert told == []
    qtbot.waitUntil(lambda: bool(told))
    assert told == [trials.known(project)]
    assert given["words"](told[0][0]).startswith("cat · ")
    threads = threads_of(monkeypatch, blind_verbs.trials, "start_trial")
    hands.answers.given["trial"] = TrialChoice(1, 3)
    hands.window.actions_.run("start_trial")
    assert list(project.state.trials) == [1]
    assert threading.main_thread() not in threads


def test_what_is_still_counted_does_not_keep_a_project_open(hands):
    told = []
    asked(hands, "draw_sample", "sample")["known"](told.append)
    hands.session.close()
    assert hands.session.project is None
    assert told == []


def test_another_project_is_opened_while_something_is_counted_still(hands, tmp_path, qtbot):
    began, go_on, told = threading.Event(), threading.Event(), []

    def count(project, *, progress):
        began.set()
        go_on.wait(20)
        progress(1, 1)
        return project.store.history()

    hands.window.counting.begin(count, told.append)
    assert began.wait(20)
    session, path = hands.session, hands.session.project.path
    session.close()  # which waits for nobody
    assert session.project is None
    go_on.set()
    session.open(path)
    hands.window.counting.begin(count, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [session.project.store.history()]
