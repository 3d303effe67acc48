"""How it goes, in numbers: counted from histories that are made by hand, with a clock that is set by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from builders.datasets import ANN, EXP, LEA, REV, issue_of, make_project
from labelmend.project import audit, editing, queues, verbs
from labelmend.project.sampling import batches, draw_planned, draw_sample, is_wrong
from labelmend.report.judgements import Judgements
from labelmend.report.progress import overview, overview_of
from labelmend.report.tallies import standings_of
from labelmend.review.acceptance import interval
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

BOB = Actor("Bob", "annotator")
START = datetime(2024, 3, 4, 9, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.at = START

    def wait(self, seconds):
        self.at += timedelta(seconds=seconds)

    def now(self):
        return self.at.isoformat(timespec="milliseconds")


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr("labelmend.project.project.now", made.now)
    return made


@pytest.fixture
def project(tmp_path, clock):
    return make_project(tmp_path)


def ids(project, kind):
    table = project.issues
    return [int(table.id[row]) for row in queues.waiting(project, "fix") if table.kind_of(row) == kind]


def judge(project, clock, act, issue, *, after, who=None, **more):
    """Somebody judges an issue so many seconds after what was done before."""
    if who is not None:
        project.work_as(who)
    clock.wait(after)
    project.apply(act(project, issue, **more))


def named(tallies, name, role=""):
    return next(one for one in tallies if one.name == name and one.role == role)


def flagged(project, count):
    rows = queues.waiting(project, "fix")
    usable = [row for row in rows.tolist() if not project.issues.is_card(row)]
    return [int(project.issues.id[row]) for row in usable[:count]]


def reviewed(project, clock):
    """Ann dismisses four issues, ten seconds each; Rev approves two and rejects one, twenty seconds each."""
    first = flagged(project, 4)
    for issue in first:
        judge(project, clock, verbs.dismiss, issue, after=10, who=ANN)
    project.work_as(LEA)
    clock.wait(10)
    project.apply(draw_sample(project, Rates(1.0), seed=1), op="draw")
    project.work_as(REV)
    judge(project, clock, verbs.approve, first[0], after=20)
    judge(project, clock, verbs.reject, first[1], after=20, reason="It is an error.")
    judge(project, clock, verbs.approve, first[2], after=20)
    return first


def test_a_new_project_has_all_open_and_no_pace(project):
    told = overview_of(project)
    fix, review, expert = told.queues
    assert fix.open.tolist() == project.issues.id[queues.waiting(project, "fix")].tolist()
    assert [len(one.open) for one in (review, expert)] == [0, 0]
    assert all(one.seconds is None and one.pace is None and one.first_pass is None for one in told.queues)
    assert sum(len(one.open) for one in told.kinds) == len(fix.open)
    assert sum(len(one.open) for one in told.classes) == len(fix.open)
    assert fix.expected == pytest.approx(project.issues.score[queues.waiting(project, "fix")].sum())
    assert (told.people, told.reasons, told.finished, told.unflagged, told.curve) == ((), (), (), (), ())


def test_a_project_without_issues_is_told_too(tmp_path):
    told = overview_of(make_project(tmp_path, find=False))
    assert [len(one.open) for one in told.queues] == [0, 0, 0]
    assert (told.kinds, told.classes, told.pairs) == ((), (), ())


def test_queues_count_what_waits_and_what_was_judged_there(project, clock):
    first = reviewed(project, clock)
    fix, review, expert = overview_of(project).queues
    assert set(fix.done.tolist()) == set(first)
    assert review.open.tolist() == [first[3]]
    assert set(review.done.tolist()) == set(first[:3])
    assert expert.open.tolist() == [first[1]]
    assert not set(first) & set(fix.open.tolist())


def test_time_for_a_label_is_the_median_and_a_gap_of_minutes_is_a_break(project, clock):
    one, two, three, four = flagged(project, 4)
    judge(project, clock, verbs.dismiss, one, after=10)  # the first tells no time
    judge(project, clock, verbs.dismiss, two, after=8)
    judge(project, clock, verbs.dismiss, three, after=4000)  # a break
    judge(project, clock, verbs.dismiss, four, after=12)
    fix = overview_of(project).queues[0]
    assert fix.seconds == pytest.approx(10)
    assert fix.pace == pytest.approx(3600 * 2 / 20)


def test_several_steps_for_one_label_are_added_up(project, clock):
    one, two = ids(project, "location")[:1], flagged(project, 6)
    issue, key = one[0], int(project.issues.annotation[project.issues.row_of(one[0])])
    other = next(n for n in two if n != issue)
    judge(project, clock, verbs.dismiss, other, after=10)
    clock.wait(5)
    project.apply(editing.set_box(project, key, [20, 20, 60, 50], issue=issue))
    clock.wait(7)
    project.apply(editing.set_box(project, key, [20, 20, 61, 50], issue=issue))
    assert overview_of(project).queues[0].seconds == pytest.approx(12)


def test_what_was_undone_is_not_counted_until_it_is_done_again(project, clock):
    first = reviewed(project, clock)
    project.undo()
    told = overview_of(project)
    assert first[2] in told.queues[1].open
    assert first[2] not in told.queues[1].done
    assert named(told.people, "Rev", "reviewer").approved.tolist() == [first[0]]
    project.redo()
    assert set(named(overview_of(project).people, "Rev", "reviewer").approved.tolist()) == {
        first[0],
        first[2],
    }


def test_people_have_their_work_pace_and_first_pass(project, clock):
    first = reviewed(project, clock)
    told = overview_of(project)
    ann, rev = named(told.people, "Ann", "annotator"), named(told.people, "Rev", "reviewer")
    assert set(ann.done.tolist()) == {first[0], first[2]}
    assert set(ann.open.tolist()) == {first[1], first[3]}
    assert (ann.seconds, ann.pace) == (pytest.approx(10), pytest.approx(360))
    assert (rev.seconds, rev.pace) == (pytest.approx(20), pytest.approx(180))
    for one in (ann, rev):
        assert set(one.approved.tolist()) == {first[0], first[2]}
        assert one.rejected.tolist() == [first[1]]
        assert one.first_pass == pytest.approx(2 / 3)


def test_one_person_under_two_spellings_is_one(project, clock):
    one, two = flagged(project, 2)
    judge(project, clock, verbs.dismiss, one, after=10, who=ANN)
    judge(project, clock, verbs.dismiss, two, after=10, who=Actor("  ANN ", "annotator"))
    (ann,) = overview_of(project).people
    assert ann.name == "Ann"
    assert set(ann.done.tolist()) == {one, two}


def test_first_pass_is_the_first_look_whatever_comes_later(project, clock):
    first = reviewed(project, clock)
    judge(
        project, clock, verbs.decide, first[1], after=30, who=EXP, outcome="sent back", comment="Look again."
    )
    judge(project, clock, verbs.dismiss, first[1], after=10, who=ANN)
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1.0), seed=2), op="draw")
    project.work_as(REV)
    judge(project, clock, verbs.approve, first[1], after=20)
    told = overview_of(project)
    assert named(told.people, "Ann", "annotator").rejected.tolist() == [first[1]]
    assert named(told.people, "Exp", "expert").done.tolist() == [first[1]]


def test_reasons_are_counted_however_they_are_spelt(project, clock):
    first = flagged(project, 3)
    for issue in first:
        judge(project, clock, verbs.dismiss, issue, after=10, who=ANN)
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1.0), seed=1), op="draw")
    project.work_as(REV)
    for issue, reason in zip(first, ("Too loose", "blurred", " too loose "), strict=True):
        judge(project, clock, verbs.reject, issue, after=20, reason=reason)
    told = overview_of(project).reasons
    assert [(one.text, len(one.issues)) for one in told] == [("Too loose", 2), ("blurred", 1)]
    assert set(told[0].issues.tolist()) == {first[0], first[2]}


def test_error_rates_are_those_of_the_drawn_sample_with_exact_limits(project, clock):
    labels = flagged(project, 6)
    for issue in labels:
        judge(project, clock, verbs.dismiss, issue, after=10, who=ANN)
    project.work_as(LEA)
    step = draw_sample(project, Rates(0.5), seed=3)
    project.apply(step, op="draw")
    project.work_as(REV)
    drawn = list(step.draw.drawn)
    judge(project, clock, verbs.reject, drawn[0], after=10, reason="wrong")
    judge(project, clock, verbs.approve, drawn[1], after=10)
    every, *classes = overview_of(project).finished
    assert (every.size, len(every.drawn), every.open.tolist()) == (6, 3, [drawn[2]])
    assert every.wrong.tolist() == [drawn[0]]
    assert every.share == pytest.approx(1 / 2)
    assert (every.low, every.high) == (interval(6, 3, 1)[0], interval(6, 3, 2)[1])
    assert sum(one.size for one in classes) == 6
    judge(project, clock, verbs.approve, drawn[2], after=10)
    every = overview_of(project).finished[0]
    assert (every.low, every.high) == interval(6, 3, 1)
    judge(project, clock, verbs.decide, drawn[0], after=9, who=EXP, outcome="fix stands")
    assert not len(overview_of(project).finished[0].wrong)


def test_the_parts_of_a_draw_share_the_doubt(project, clock):
    labels = flagged(project, 6)
    for n, issue in enumerate(labels):
        judge(project, clock, verbs.dismiss, issue, after=10, who=ANN if n < 4 else BOB)
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(0.5, annotators={"Bob": 1.0}), seed=1), op="draw")
    project.work_as(REV)
    for issue in labels:
        if project.standing(issue).status == "in_review":
            project.apply(verbs.approve(project, issue))
    every = overview_of(project).finished[0]
    assert (every.size, len(every.drawn)) == (6, 4)
    assert (every.low, every.high) == (0, interval(4, 2, 0, sure=0.975)[1])


def test_error_rates_and_acceptance_plans_count_a_label_in_the_class_that_it_was_given(project, clock):
    for issue in ids(project, "class"):
        judge(project, clock, verbs.accept, issue, after=10, who=ANN)
    judge(project, clock, verbs.dismiss, ids(project, "location")[0], after=10)
    project.work_as(LEA)
    project.apply(draw_planned(project, limit=0.02, sure=0.95, seed=1), op="draw")
    every, *classes = overview_of(project).finished
    sizes = {one.name: one.size for one in classes}
    assert sizes == {batch.category: batch.plan.size for batch in batches(project)}
    rows = project.issues.rows_of(every.drawn)
    came_as = Counter(project.categories.name[row] for row in project.issues.category[rows].tolist())
    assert sizes != came_as


def test_draws_of_one_rate_are_one_sample(project, clock):
    labels = flagged(project, 8)
    for day in range(2):
        for issue in labels[4 * day : 4 * day + 4]:
            judge(project, clock, verbs.dismiss, issue, after=10, who=ANN)
        project.work_as(LEA)
        step = draw_sample(project, Rates(0.5), seed=day)
        project.apply(step, op="draw")
        project.work_as(REV)
        for issue in step.draw.drawn:
            act, more = (verbs.approve, {}) if day else (verbs.reject, {"reason": "wrong"})
            judge(project, clock, act, issue, after=10, **more)
    every = overview_of(project).finished[0]
    assert (every.size, len(every.drawn), len(every.wrong)) == (8, 4, 2)
    assert (every.low, every.high) == interval(8, 4, 2)


def test_wrong_is_what_the_batches_call_wrong(project, clock):
    reviewed(project, clock)
    wrong = set(overview_of(project).finished[0].wrong.tolist())
    drawn = overview_of(project).finished[0].drawn.tolist()
    assert wrong == {issue for issue in drawn if is_wrong(project.standing(issue))}


def test_an_audit_tells_of_the_labels_that_nothing_was_said_of(project, clock):
    project.work_as(LEA)
    size = len(audit.unflagged(project))
    step = audit.draw_audit(project, 10, seed=1)
    project.apply(step)
    project.work_as(REV)
    drawn = [note.id for note in step.notes]
    for n, issue in enumerate(drawn):
        act = verbs.reject if n < 2 else verbs.approve
        judge(project, clock, act, issue, after=10, **({"reason": "loose"} if n < 2 else {}))
    told = overview_of(project)
    every = told.unflagged[0]
    assert (every.size, len(every.drawn), every.wrong.tolist()) == (size, 10, drawn[:2])
    assert (every.low, every.high) == interval(size, 10, 2)
    assert told.finished == ()
    # Nobody had worked on them: they say nothing of anybody's first pass.
    assert named(told.people, "Rev", "reviewer").first_pass is None
    assert named(told.kinds, "audit").open.tolist() == drawn[:2]
    assert named(told.kinds, "audit").expected == 0  # nothing is suspected of them
    for groups in (told.kinds, told.classes):
        assert sum(one.expected for one in groups) == pytest.approx(told.queues[0].expected)


def test_an_audit_that_was_taken_back_tells_nothing(project):
    project.work_as(LEA)
    project.apply(audit.draw_audit(project, 10, seed=1))
    project.undo()
    assert overview_of(project).unflagged == ()


def test_the_course_rises_with_every_label_that_is_judged_first(project, clock):
    first = reviewed(project, clock)
    fix, review, expert = overview_of(project).courses
    assert fix.issues.tolist() == first
    assert (fix.at - START.timestamp()).tolist() == pytest.approx([10, 20, 30, 40])
    assert review.issues.tolist() == first[:3]
    assert not len(expert.at)


def test_confusion_pairs_are_confirmed_or_open(project, clock):
    issue = issue_of(project, "class")
    (pair,) = [one for one in overview_of(project).pairs if issue in one.open]
    assert (pair.was, pair.now) == ("cat", "dog")
    judge(project, clock, verbs.accept, issue, after=10)
    (pair,) = [one for one in overview_of(project).pairs if issue in one.confirmed]
    assert issue not in pair.open


def test_the_curve_tells_whether_scores_hold(project, clock):
    issue = issue_of(project, "class")
    judge(project, clock, verbs.accept, issue, after=10)
    (band,) = overview_of(project).curve
    score = float(project.issues.score[project.issues.row_of(issue)])
    assert band.low <= score <= band.high
    assert band.expected == pytest.approx(score)
    assert band.confirmed.tolist() == band.judged.tolist() == [issue]


def test_reading_on_is_the_same_as_reading_anew(project, clock):
    judgements = Judgements()
    judgements.catch_up(project.store)
    first = reviewed(project, clock)
    judgements.catch_up(project.store)
    project.undo()
    judge(project, clock, verbs.decide, first[1], after=30, who=EXP, outcome="original stands")
    judgements.catch_up(project.store)
    fresh = Judgements()
    fresh.catch_up(project.store)
    assert np.array_equal(judgements.events, fresh.events)
    assert np.array_equal(judgements.turns, fresh.turns)
    told = overview(standings_of(project), judgements, project.state.audit)
    assert named(told.people, "Exp", "expert").done.tolist() == [first[1]]
