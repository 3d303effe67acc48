"""The audit: drawn from what nothing was said of, looked at by a reviewer, told with an exact interval."""

import io
import json

import pytest

from builders.datasets import ANN, LEA, REV, annotation, issue_of, make_project
from labelmend.errors import Refused
from labelmend.project import audit, editing, verbs
from labelmend.project.listing import write_issues
from labelmend.project.project import Project
from labelmend.report.numbers import numbers
from labelmend.report.page import page
from labelmend.report.progress import overview_of
from labelmend.review.acceptance import interval

LABELS = 40


@pytest.fixture
def project(tmp_path):
    labels = [annotation(n + 1, 1, [n, 10, 8, 9], category=1 if n < 30 else 2) for n in range(LABELS)]
    made = make_project(tmp_path, annotations=labels, images=1, find=False, detections_given=False)
    made.apply(editing.set_box(made, 0, [1, 10, 8, 9]))
    path = made.path
    made.close()
    return Project.open(path, actor=LEA)


def test_what_was_judged_or_is_listed_is_not_audited(project, tmp_path):
    assert audit.unflagged(project).tolist() == list(range(1, LABELS))
    project.close()
    (tmp_path / "found").mkdir()
    found = make_project(tmp_path / "found")
    listed = int(found.issues.annotation[found.issues.row_of(issue_of(found, "spurious"))])
    assert listed not in audit.unflagged(found)


def test_an_audit_is_reviewed_and_estimates_what_is_left(project):
    step = audit.draw_audit(project, 13, seed=5)
    assert step == audit.draw_audit(project, 13, seed=5)
    project.apply(step)
    project.work_as(REV)
    drawn = [note.id for note in step.notes]
    assert len(drawn) == 13
    assert "13 still to review" in audit.left(project)[0].sentence
    write_issues(project, out := io.StringIO(), form="jsonl")
    listed = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(one["kind"], one["score"]) for one in listed] == [("location", 1.0)] + 13 * [("audit", None)]
    for n, issue in enumerate(drawn):
        project.apply(
            verbs.reject(project, issue, reason="loose") if n < 2 else verbs.approve(project, issue)
        )
    every, *classes = audit.left(project)
    low, high = interval(39, 13, 2)
    assert (every.size, every.sample, every.wrong) == (39, 13, 2)
    assert f"{audit.between(low / 39, high / 39)} are (95 % sure)" in every.sentence
    assert sum(one.size for one in classes) == 39
    assert sum(one.wrong for one in classes) == 2
    path = project.path
    project.close()
    assert audit.left(Project.open_to_read(path))[0] == every


def test_an_audit_that_is_taken_back_says_nothing(project):
    project.apply(audit.draw_audit(project, 5, seed=1))
    project.undo()
    assert audit.left(project) == []


def test_an_audit_that_is_taken_back_gives_way_to_the_one_before_it(project):
    project.apply(audit.draw_audit(project, 5, seed=1))
    before = audit.left(project)
    project.apply(audit.draw_audit(project, 7, seed=2))
    after = audit.left(project)
    project.undo()
    assert audit.left(project) == before
    assert overview_of(project).unflagged[0].drawn.size == 5
    project.redo()
    assert audit.left(project) == after != before


def test_the_lead_alone_audits(project):
    for other in (ANN, REV):
        project.work_as(other)
        with pytest.raises(Refused, match="Only the lead can draw an audit"):
            audit.draw_audit(project, 5, seed=1)


def test_the_report_tells_the_audit_and_counts_it_as_no_issue(project):
    project.apply(audit.draw_audit(project, 5, seed=1))
    told = numbers(project)
    assert "5 still to review" in told["quality"]["audit"][0]["sentence"]
    assert sum(kind["issues"] for kind in told["kinds"]) == 1  # the box that was moved by hand
    assert "All classes: 0 of 5 audited labels wrong; 5 still to review." in page(told)
    assert sum(project.issues.counts().values()) == 1


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 1, "0 to 100 %"),
        (0.0021, 0.0543, "0.21 to 5.4 %"),
        (0.0996, 0.734, "10 to 73 %"),
        (0.5, 0.995, "50 to 100 %"),
    ],
)
def test_limits_are_told_in_per_cent_without_powers_of_ten(low, high, words):
    assert audit.between(low, high) == words
