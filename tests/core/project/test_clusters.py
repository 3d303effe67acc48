"""A cluster in a project: one card, its members folded under it."""

import io
import json

import numpy as np
import pytest

from builders.datasets import ANN, EXP, LEA, REV, issue_of, make_project
from builders.systematic import night_and_day, only_card
from labelmend.errors import Refused
from labelmend.find.issues import (
    CLASS,
    CODES,
    FIX_MEMBERS,
    SET_CATEGORY,
    STRUCTURE,
    concatenate,
    evidence,
    issues,
)
from labelmend.find.run import Found, run_find
from labelmend.project import clusters, editing, verbs
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.listing import write_issues
from labelmend.project.project import Project
from labelmend.project.queues import waiting, waits
from labelmend.project.run import load_run
from labelmend.project.sampling import draw_sample
from labelmend.review.sampling import Rates

SWAPPED = CODES.index("swapped_classes")


def with_cluster(folder, **options):
    """A project whose first three cats are members of a cluster that says dog; the card has id 1."""
    project = make_project(folder, find=False, **options)
    columns = project.dataset.annotations
    keys = np.flatnonzero(columns.category == 0)[:3]
    card = issues(
        STRUCTURE, np.array([0.99]), image=columns.image[keys[0]], bbox=columns.bbox[keys[:1]], category=0,
        fix=FIX_MEMBERS, fix_category=1, code=SWAPPED, cluster=0,
        evidence=evidence(1, e0=3, e1=3, e2=1, e3=100, e4=0, e6=1),
    )  # fmt: skip
    members = issues(
        CLASS, np.full(3, 0.9), image=columns.image[keys], annotation=keys, category=0, cluster=0,
        bbox=columns.bbox[keys], fix=SET_CATEGORY, fix_category=1,
    )  # fmt: skip
    store_found(project, Found(concatenate([card, members]), {}))
    return project, int(project.issues.id[0]), project.issues.id[1:].tolist()


def test_members_are_folded_under_an_open_card(tmp_path):
    project, card, members = with_cluster(tmp_path)
    table = project.issues
    assert table.members(0).tolist() == [1, 2, 3]
    assert table.members(1).tolist() == []
    assert table.id[waiting(project, "fix")].tolist() == [card]
    assert [waits(project, row, "fix") for row in range(4)] == [True, False, False, False]
    assert len(members) == 3
    project.close()


def test_listing_names_the_cluster_of_every_issue(tmp_path):
    project, *_ = with_cluster(tmp_path)
    out = io.StringIO()
    write_issues(project, out, form="jsonl")
    assert [json.loads(line)["cluster"] for line in out.getvalue().splitlines()] == [0, 0, 0, 0]
    project.close()


def test_a_project_of_an_earlier_version_opens(tmp_path):
    project, *_ = with_cluster(tmp_path)
    with project.store.transaction():
        project.store._connection.execute("DELETE FROM array WHERE name = 'issues.cluster'")
    path = project.path
    project.close()
    project = Project.open(path)
    assert load_run(project.store)[0].cluster.tolist() == [-1] * 4
    assert len(waiting(project, "fix")) == 4
    project.close()


# -------------------------------------------------------------------- judging a card
def records(project):
    return {key: project.record(key) for key in range(len(project.dataset.annotations.id))}


def test_accepting_a_card_fixes_every_label_in_one_step(tmp_path):
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    before, row = records(project), only_card(project)
    card, members = int(project.issues.id[row]), project.issues.members(row)
    assert len(members) == 32
    changes = project.apply(clusters.accept(project, card, comment="as told"))
    assert [one.comment for one in project.story(card)] == ["as told"]
    assert changes.title == "fix 32 labels at once"
    assert len(changes.annotations) == 32
    assert {project.issues.status_of(m) for m in members} == {"fixed"}
    after = records(project)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {int(key) for key in project.issues.annotation[members]}
    for key in changed:
        was, now = json.loads(before[key]), json.loads(after[key])
        assert was | {"category_id": 3 - was["category_id"]} == now
    issue = int(project.issues.id[members[3]])
    assert set(project.state.before(issue)) == {int(project.issues.annotation[members[3]])}
    assert project.state.before(card) == {}
    project.undo()
    assert records(project) == before
    assert len(waiting(project, "fix")) == len(project.issues) - 32
    project.redo()
    assert records(project) == after
    project.close()


def test_it_is_so_after_a_restart(tmp_path):
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    row = only_card(project)
    issue = int(project.issues.id[project.issues.members(row)[0]])
    project.apply(clusters.accept(project, int(project.issues.id[row])))
    touched, path, now = dict(project.state.before(issue)), project.path, records(project)
    project.close()
    project = Project.open(path, actor=ANN)
    assert project.state.before(issue) == touched
    assert records(project) == now
    assert project.undo_title() == "fix 32 labels at once"
    project.close()


def test_dismissing_a_card_shows_its_members(tmp_path):
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    row = only_card(project)
    members = project.issues.members(row)
    shown = len(waiting(project, "fix"))
    project.apply(verbs.dismiss(project, int(project.issues.id[row])))
    assert set(members.tolist()) <= set(waiting(project, "fix").tolist())
    assert len(waiting(project, "fix")) == shown - 1 + len(members)
    project.undo()
    assert len(waiting(project, "fix")) == shown
    project.close()


def test_what_was_judged_already_stays_and_the_rest_is_fixed(tmp_path):
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    row = only_card(project)
    first, second = project.issues.members(row)[:2].tolist()
    key = int(project.issues.annotation[first])
    project.apply(verbs.dismiss(project, int(project.issues.id[first])))
    project.apply(editing.delete(project, int(project.issues.annotation[second])))
    assert project.issues.status_of(second) == "fixed"
    before = project.record(key)
    changes = project.apply(clusters.accept(project, int(project.issues.id[row])))
    assert changes.title == "fix 30 labels at once"
    assert project.record(key) == before
    project.close()


def test_labels_that_a_batch_lacks_are_added_each_with_its_own_id(tmp_path):
    project = make_project(tmp_path, **night_and_day(lose=(2,)))
    row = only_card(project)
    assert CODES[project.issues.columns.code[row]] == "never_labelled"
    before = len(project.dataset.annotations.id)
    changes = project.apply(clusters.accept(project, int(project.issues.id[row])))
    added = [project.record(key) for key in changes.annotations]
    ids = [json.loads(record)["id"] for record in added if record is not None]
    assert len(ids) == 16
    assert len(set(ids) | set(project.dataset.annotations.id.tolist())) == before + 16
    assert {json.loads(record)["category_id"] for record in added if record is not None} == {2}
    project.undo()
    assert all(project.record(key) is None for key in changes.annotations)
    project.close()


def test_boxes_go_back_to_where_they_were(tmp_path):
    project = make_project(tmp_path, **night_and_day(move=(9.0, -5.0)))
    row = only_card(project)
    before = records(project)
    project.apply(clusters.accept(project, int(project.issues.id[row])))
    moved = [key for key in before if project.record(key) != before[key]]
    assert len(moved) == 48
    for key in moved:
        was, now = json.loads(before[key])["bbox"], json.loads(project.record(key))["bbox"]
        assert np.allclose(np.subtract(now, was), [-9, 5, 0, 0], atol=0.7)
    project.close()


def test_review_draws_the_labels_and_not_the_card(tmp_path):
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    row = only_card(project)
    card, members = int(project.issues.id[row]), project.issues.members(row)
    project.apply(clusters.accept(project, card))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1.0), seed=1), op="draw")
    project.work_as(REV)
    assert set(waiting(project, "review").tolist()) == set(members.tolist())
    issue, key = int(project.issues.id[members[0]]), int(project.issues.annotation[members[0]])
    project.apply(verbs.reject(project, issue, reason="no"))
    project.work_as(EXP)
    project.apply(verbs.decide(project, issue, "original stands"))
    assert project.record(key) == project.original(key)
    others = [int(k) for k in project.issues.annotation[members[1:]]]
    assert all(project.record(k) != project.original(k) for k in others)
    project.close()


def test_a_cluster_is_not_for_the_expert(tmp_path):
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    with pytest.raises(Refused, match="accepted, or dismissed"):
        verbs.ambiguous(project, int(project.issues.id[only_card(project)]))
    project.close()


def test_finding_again_keeps_the_verdict_on_a_card(tmp_path):
    project = make_project(tmp_path, **night_and_day(swap=(1, 2)))
    card = int(project.issues.id[only_card(project)])
    project.apply(verbs.dismiss(project, card))
    store_found(project, run_find(find_inputs(project)))
    assert int(project.issues.id[only_card(project)]) == card
    assert project.issues.status_of(only_card(project)) == "dismissed"
    assert (project.issues.cluster[waiting(project, "fix")] >= 0).sum() == 32
    project.close()


def test_another_issue_has_its_own_fix(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    assert clusters.accept(project, issue) == verbs.accept(project, issue)
    project.close()
