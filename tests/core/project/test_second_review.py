"""Of what one reviewer approves a second one looks at a share, and is not told; then both agree or not."""

import numpy as np
import pytest

from builders.datasets import ANN, EXP, LEA, REV
from builders.teams import as_, box, made, shared
from labelmend.errors import Refused
from labelmend.project import editing, queues, sampling, verbs
from labelmend.project.agreeing import agreement_of
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.report.judged_twice import frozen, judged_twice
from labelmend.report.progress import overview_of
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

ROB, ANNA = Actor("Rob", "reviewer"), Actor("ann ", "reviewer")


@pytest.fixture
def project(tmp_path):
    """Six labels that Ann has moved, all drawn; half of them for a second reviewer."""
    project = made(tmp_path)
    project.work_as(ANN)
    for key in range(6):
        project.apply(box(key, 13)(project))
    project.work_as(LEA)
    project.apply(change_policy(project, Policy(second=0.5)))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=4), op="draw")
    yield project
    project.close()


def chosen(project):
    return [issue for issue, one in project.state.standings.items() if one.second]


def waits(project, actor):
    project.work_as(actor)
    table = project.issues
    return {int(table.id[row]) for row in queues.waiting(project, "review")}


def review(project, actor, issue, *, reason=""):
    project.work_as(actor)
    step = verbs.reject(project, issue, reason=reason) if reason else verbs.approve(project, issue)
    return project.apply(step)


def test_the_share_is_drawn_with_the_sample_and_can_be_drawn_again(project):
    draw = next(row for row in project.store.history() if row.op == "draw").step().draw
    assert draw.second.title == "second review"
    assert (draw.second.rate, len(draw.second.drawn)) == (0.5, 3)
    assert set(draw.second.frame) == set(draw.drawn)
    assert sorted(draw.second.drawn) == sorted(chosen(project))
    assert "3 of them by a second reviewer too" in project.last_row.title


def test_the_first_of_two_approvals_is_its_reviewers_work(project):
    issue = chosen(project)[0]
    review(project, REV, issue)
    (rev,) = (one for one in overview_of(project).people if one.role == "reviewer")
    assert (rev.name, rev.open.tolist(), rev.approved.tolist()) == ("Rev", [issue], [issue])
    review(project, ROB, issue, reason="loose")
    told = {one.name: one for one in overview_of(project).people if one.role == "reviewer"}
    assert told["Rev"].approved.tolist() == [issue]  # the first look, whatever the second one says
    assert (told["Rob"].approved.tolist(), told["Rob"].rejected.tolist()) == ([], [issue])
    twice = judged_twice(project)
    assert twice["Rev", "Rob", "second review"].tolist() == [issue]
    pairs = {(pair.one, pair.other, pair.how): pair.n for pair in agreement_of(frozen(project)).pairs}
    assert pairs == {who: len(issues) for who, issues in twice.items()}


def test_what_one_approves_waits_for_another_who_is_not_told(project):
    issue = chosen(project)[0]
    review(project, REV, issue)
    assert project.standing(issue).status == "in_review"
    assert issue not in waits(project, REV)
    with pytest.raises(Refused, match="a second person has to look at it"):
        verbs.approve(project, issue)
    assert issue not in waits(project, ANNA)  # her own work
    assert issue in waits(project, ROB)
    assert [entry.role for entry in project.story(issue)] == ["annotator", "lead"]
    review(project, ROB, issue)
    assert project.standing(issue).status == "approved"
    assert [entry.actor for entry in project.story(issue)][-2:] == ["Rev", "Rob"]


def test_where_the_two_disagree_the_expert_decides(project):
    issue = chosen(project)[0]
    review(project, REV, issue)
    review(project, ROB, issue, reason="too loose")
    assert project.standing(issue).status == "rejected"
    project.work_as(EXP)
    project.apply(verbs.decide(project, issue, "fix stands"))
    pair = next(one for one in agreement_of(project).pairs if one.how == "second review")
    assert (pair.one, pair.other, pair.n, pair.agreed) == ("Rev", "Rob", 1, 0)
    assert "the first approved all that the second saw" in pair.sentence


def test_what_the_first_rejects_needs_no_second(project):
    issue = chosen(project)[0]
    review(project, REV, issue, reason="no")
    assert project.standing(issue).status == "rejected"


def test_what_was_not_chosen_is_done_after_one_review(project):
    issue = next(one for one in project.state.standings if one not in chosen(project))
    review(project, REV, issue)
    assert project.standing(issue).status == "approved"


def test_the_first_may_take_the_approval_back_until_a_second_has_looked(project):
    issue = chosen(project)[0]
    review(project, REV, issue)
    project.undo()
    assert issue in waits(project, REV)
    assert agreement_of(project).pairs == ()
    review(project, REV, issue)
    review(project, ROB, issue)
    project.work_as(REV)
    assert project.undo_title() is None


def test_all_holds_after_opening_again_and_what_is_left_is_counted(project):
    review(project, REV, chosen(project)[0])
    assert agreement_of(project).seconds_left == 3
    again = as_(project, ROB)
    assert agreement_of(again).seconds_left == 3
    assert [(one.one, one.other, one.how) for one in agreement_of(again).pairs] == [("Ann", "Rev", "review")]
    again.close()


def test_it_goes_along_in_a_package(project):
    path = shared(project, "part", np.arange(6))
    package = Project.open(path, actor=REV)
    issue = chosen(package)[0]
    assert sorted(chosen(package)) == sorted(chosen(project))
    package.apply(verbs.approve(package, issue))
    assert package.standing(issue).status == "in_review"
    package.close()


def test_a_correction_is_no_verdict_and_approving_so_is_no_agreement(project):
    issue = next(one for one in project.state.standings if one not in chosen(project))
    project.work_as(REV)
    key = next(iter(project.state.before(issue)))
    project.apply(editing.set_box(project, key, [15, 20, 20, 30], issue=issue))
    assert agreement_of(project).pairs == ()
    review(project, REV, issue)
    (pair,) = agreement_of(project).pairs
    assert (pair.how, pair.n, pair.agreed) == ("review", 1, 0)


def test_one_person_under_two_spellings_is_one_pair(project):
    alone = [issue for issue in project.state.standings if issue not in chosen(project)]
    review(project, REV, alone[0])
    review(project, Actor("REV", "reviewer"), alone[1], reason="too loose")
    (pair,) = agreement_of(project).pairs
    assert (pair.one, pair.other, pair.how, pair.n, pair.agreed) == ("Ann", "Rev", "review", 2, 1)
    twice = judged_twice(frozen(project))
    assert {pair: sorted(ids.tolist()) for pair, ids in twice.items()} == {
        ("Ann", "Rev", "review"): sorted(alone[:2])
    }
