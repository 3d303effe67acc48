"""Samples of a project: by class, change and annotator; by plans that accept one class and not another."""

import pytest

from builders.datasets import ANN, EXP, LEA, REV, annotation, make_project
from labelmend.errors import Refused
from labelmend.project import editing, sampling, verbs
from labelmend.project.project import Project
from labelmend.review.sampling import Rates

CATS, DOGS = 12, 8


@pytest.fixture
def project(tmp_path):
    """Every label is given a place of its own by hand: cats by Ann; of the dogs one is deleted."""
    labels = [
        annotation(n + 1, 1, [n * 10, 10, 8, 9], category=1 if n < CATS else 2) for n in range(CATS + DOGS)
    ]
    made = make_project(tmp_path, annotations=labels, images=1, find=False, detections_given=False)
    for key in range(CATS + DOGS - 1):
        made.apply(editing.set_box(made, key, [key * 10 + 1, 10, 8, 9]))
    made.apply(editing.delete(made, CATS + DOGS - 1))
    return made


def as_(project, actor):
    path = project.path
    project.close()
    return Project.open(path, actor=actor)


def test_what_was_done_is_told_apart(project):
    labels = sampling.finished(project)
    assert [(one.category, one.change) for one in labels] == (
        [("cat", "shape")] * CATS + [("dog", "shape")] * (DOGS - 1) + [("dog", "deleted")]
    )
    assert {one.annotator for one in labels} == {"Ann"}


def test_rates_by_class_and_change_are_kept_and_can_be_drawn_again(project):
    project = as_(project, LEA)
    rates = Rates(0.25, classes={"dog": 0.5}, changes={"deleted": 1.0})
    step = sampling.draw_sample(project, rates, seed=3)
    assert {one.title: (len(one.frame), len(one.drawn)) for one in step.draw.strata} == {
        "all labels": (12, 3),
        "class dog": (7, 4),
        "change deleted": (1, 1),
    }
    again = sampling.draw_sample(project, rates, seed=3)
    project.apply(step, op="draw")
    reopened = as_(project, REV)
    assert again == step
    assert sum(one.status == "in_review" for one in reopened.state.standings.values()) == 8
    assert "50 % of class dog" in step.title


def test_a_plan_accepts_one_class_and_not_another(project):
    project = as_(project, LEA)
    project.apply(sampling.draw_planned(project, limit=0.3, sure=0.9, seed=1), op="draw")
    assert "for review (at most 30 % wrong, 90 % sure, " in project.last_row.title
    project.work_as(REV)
    cats, dogs = sampling.batches(project)
    assert (cats.category, cats.plan.size, dogs.plan.size) == ("cat", CATS, DOGS)
    assert "still to review" in cats.sentence
    drawn = {stratum.title: stratum.drawn for stratum in project.state.planned.strata}
    for issue in drawn["class cat"]:
        project.apply(verbs.approve(project, issue))
    for issue in drawn["class dog"]:
        project.apply(verbs.reject(project, issue, reason="too loose"))
    project = as_(project, LEA)
    cats, dogs = sampling.batches(project)
    assert cats.sentence.startswith(f"cat: accepted: 0 of {cats.plan.sample} wrong")
    assert "30 % of the 12 labels are wrong; not that none is" in cats.sentence
    assert dogs.sentence.startswith("dog: not accepted")
    assert len(dogs.rest) == DOGS - dogs.plan.sample > 0
    project.apply(sampling.draw_rest(project), op="draw")
    assert all(project.standing(issue).status == "in_review" for issue in dogs.rest)
    assert "All were drawn" in sampling.batches(project)[1].sentence
    with pytest.raises(Refused, match="or all are drawn"):
        sampling.draw_rest(project)


def test_an_expert_who_lets_a_fix_stand_overrules_the_rejection(project):
    project = as_(project, LEA)
    project.apply(sampling.draw_planned(project, limit=0.3, sure=0.9, seed=1), op="draw")
    project.work_as(REV)
    issue = project.state.planned.strata[0].drawn[0]
    project.apply(verbs.reject(project, issue, reason="too loose"))
    assert sampling.batches(project)[0].wrong == 1
    project = as_(project, EXP)
    project.apply(verbs.decide(project, issue, "fix stands"))
    assert sampling.batches(project)[0].wrong == 0


def test_the_lead_alone_draws(project):
    for other in (ANN, REV, EXP):
        project.work_as(other)
        with pytest.raises(Refused, match="Only the lead can draw a sample"):
            sampling.draw_planned(project, limit=0.3, sure=0.9, seed=1)
