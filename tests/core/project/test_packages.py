"""Packages and merges: work done apart comes together, in any order, and nothing that was done is lost."""

import json
import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest

from builders.datasets import ANN, EXP, LEA, REV, annotation, issue_of, make_project
from builders.teams import BEA, EACH, IMAGES, as_, box, made, shared, work
from labelmend.errors import NotThere, Refused
from labelmend.find.run import run_find
from labelmend.project import editing, sampling, verbs
from labelmend.project.export import export
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.found_pictures import take_back_missing
from labelmend.project.history import Decision, Step
from labelmend.project.merging import merge
from labelmend.project.project import Project
from labelmend.report.progress import overview_of
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor


def exported(project, tmp_path):
    export(project, tmp_path / "out.json", every_fix=True, overwrite=True)
    return (tmp_path / "out.json").read_bytes()


@pytest.fixture
def project(tmp_path):
    return made(tmp_path)


def test_work_in_a_package_comes_back_once(project, tmp_path):
    path = shared(project, "part", [1])
    work(path, BEA, box(0, 12), lambda p: editing.delete(p, 1))
    work(path, BEA, lambda p: editing.create(p, 0, 2, bbox=[1, 2, 30, 40]))
    assert merge(project, path).sentence == "part.labelmend: 3 steps merged, no conflict."
    assert project.annotation(EACH).bbox[0] == 12
    assert project.annotation(EACH + 1) is None
    (added,) = [one for one in project.annotations_of(1) if one.key < 0]
    assert added.bbox.tolist() == [1, 2, 30, 40]
    rows = [(row.actor, row.title) for row in project.store.history()]
    assert ("Bea", "move the box") in rows
    once = exported(project, tmp_path)
    before = project.last_row.seq
    assert "nothing new" in merge(project, path).sentence
    assert project.last_row.seq == before
    work(path, BEA, box(2, 90))
    assert merge(project, path).steps == 1
    assert exported(project, tmp_path) != once
    assert json.loads(exported(project, tmp_path))["annotations"][EACH + 1]["bbox"][0] == 90


def test_labels_added_here_and_there_meanwhile_are_all_there(project, tmp_path):
    path = shared(project, "part", [0])
    work(path, BEA, lambda p: editing.create(p, 0, 1, bbox=[1, 2, 30, 40]))
    merge(project, path)
    project = as_(project, ANN)
    project.apply(editing.create(project, 1, 1, bbox=[5, 6, 10, 10]))
    path_later = shared(project, "later", [1])
    work(path, BEA, lambda p: editing.create(p, 0, 1, bbox=[50, 2, 30, 40]))
    work(path_later, BEA, lambda p: editing.create(p, 0, 1, bbox=[5, 60, 10, 10]))
    project.apply(editing.create(project, 2, 1, bbox=[7, 8, 10, 10]))
    assert [merge(project, one).conflicts for one in (path, path_later)] == [0, 0]
    records = json.loads(exported(project, tmp_path))["annotations"]
    boxes = [(one["image_id"], *one["bbox"][:2]) for one in records[IMAGES * EACH :]]
    assert sorted(boxes) == [(1, 1, 2), (1, 50, 2), (2, 5, 6), (2, 5, 60), (3, 7, 8)]
    assert len({one["id"] for one in records}) == len(records)


@pytest.mark.parametrize("ids", [[1, 2], [1.0, 2.0], ["1", "2"], ["a", "b"], [10**17, 4]])
def test_ids_of_every_kind_stay_apart(tmp_path, ids):
    given = [annotation(one, 1, [10, 20, 20, 30]) for one in ids]
    project = make_project(tmp_path, annotations=given, images=2, find=False, detections_given=False)
    paths = [shared(project, f"part{n}", [0]) for n in range(2)]
    for path in paths:
        work(path, BEA, *[lambda p: editing.create(p, 0, 1, bbox=[1, 2, 30, 40])] * 2)
        project.apply(editing.create(project, 1, 1, bbox=[5, 6, 10, 10]))
    assert [merge(project, path).conflicts for path in paths] == [0, 0]
    records = json.loads(exported(project, tmp_path))["annotations"]
    assert len({one["id"] for one in records}) == len(records) == len(ids) + 6


def test_a_label_that_came_back_is_changed_under_its_own_issue(project):
    path = shared(project, "part", [0])
    work(path, BEA, lambda p: editing.create(p, 0, 1, bbox=[1, 2, 30, 40]))
    merge(project, path)
    project = as_(project, ANN)
    (its,) = project.state.standings
    (added,) = [one.key for one in project.annotations_of(0) if one.key < 0]
    project.apply(box(0, 12)(project))
    (other,) = set(project.state.standings) - {its}
    step = editing.set_box(project, added, [3, 2, 30, 40], issue=other)
    assert [one.issue for one in step.decisions] == [its]


def test_what_was_undone_in_a_package_is_undone_here(project):
    path = shared(project, "part", [0])
    package = Project.open(path, actor=BEA)
    package.apply(box(0, 12)(package))
    package.undo()
    package.redo()
    package.undo()
    package.close()
    merge(project, path)
    assert project.record(0) == project.original(0)
    project = as_(project, BEA)
    assert project.redo_title() == "move the box"


def test_two_who_change_one_label_differently_leave_it_to_the_expert(project, tmp_path):
    first, second = shared(project, "first", [0, 1]), shared(project, "second", [1, 2])
    work(first, ANN, box(EACH, 12))
    work(second, BEA, box(0, 13), box(EACH, 91))
    merge(project, first)
    assert project.annotation(EACH).bbox[0] == 12
    told = merge(project, second)
    assert told.sentence == "second.labelmend: 1 step merged; 1 conflict waits for the expert."
    assert project.record(EACH) == project.original(EACH)
    (issue,) = project.state.versions
    assert project.standing(issue).status == "conflict"
    assert [version.who for version in project.state.versions[issue]] == ["Ann", "Bea"]
    project = as_(project, EXP)
    assert sorted(version.who for version in project.state.versions[issue]) == ["Ann", "Bea"]
    project.apply(verbs.take_version(project, issue, 1))
    assert project.annotation(EACH).bbox[0] == 13
    assert project.annotation(2 * EACH).bbox[0] == 91
    assert project.standing(issue).status == "decided"
    assert not project.state.versions


def test_what_the_expert_did_not_take_does_not_come_back_by_itself(project):
    first, second = shared(project, "first", [0]), shared(project, "second", [0])
    work(first, ANN, box(0, 12))
    work(second, BEA, box(0, 13))
    merge(project, first)
    merge(project, second)
    project = as_(project, EXP)
    (issue,) = project.state.versions
    project.apply(verbs.take_version(project, issue, 0))
    work(second, BEA, box(0, 19))
    assert merge(project, second).conflicts == 1
    assert project.record(0) == project.original(0)
    found = [record for one in project.state.versions[issue] for _, record in one.records]
    assert sorted(project.read_annotation(0, record).bbox[0] for record in found) == [12, 19]


def test_two_who_do_the_same_agree(project):
    first, second = shared(project, "first", [0]), shared(project, "second", [0])
    work(first, ANN, box(0, 12))
    work(second, BEA, box(0, 12))
    merge(project, first)
    assert merge(project, second).conflicts == 0
    assert project.annotation(0).bbox[0] == 12


def test_a_reviewer_corrects_in_a_package(project):
    project.apply(box(0, 12)(project))
    project = as_(project, LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    path = shared(project, "review", [0])
    work(path, REV, box(0, 11), lambda package: verbs.approve(package, *package.state.standings))
    merge(project, path)
    (standing,) = project.state.standings.values()
    assert (standing.status, standing.corrected) == ("approved", "Rev")
    assert project.annotation(0).bbox[0] == 11


def test_a_reviewer_reviews_in_a_package(project):
    project.apply(box(0, 12)(project))
    project = as_(project, LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    path = shared(project, "review", [0])
    package = Project.open(path, actor=REV)
    (issue,) = [one for one, stands in package.state.standings.items() if stands.status == "in_review"]
    assert package.original(0) != package.record(0)
    package.apply(verbs.reject(package, issue, reason="too loose"))
    package.close()
    merge(project, path)
    assert project.standing(issue).status == "rejected"
    assert "Too loose" in [entry.comment for entry in project.story(issue)]


def test_what_is_no_package_of_this_project_is_refused(project, tmp_path):
    path = shared(project, "part", [0])
    (tmp_path / "b").mkdir()
    other = made(tmp_path / "b")
    other.close()
    with pytest.raises(Refused, match="but no package"):
        merge(project, other.path)
    (tmp_path / "c").mkdir()
    stranger = made(tmp_path / "c")
    with pytest.raises(Refused, match="of another project"):
        merge(stranger, path)


def test_a_package_of_a_copy_and_a_second_copy_of_a_package_are_refused(project, tmp_path):
    project.close()
    copy = tmp_path / "copy.labelmend"
    shutil.copy(project.path, copy)
    project = Project.open(project.path, actor=ANN)
    elsewhere = Project.open(copy, actor=ANN)
    path = shared(elsewhere, "part", [0])
    with pytest.raises(Refused, match="another copy of this project"):
        merge(project, path)
    twin = tmp_path / "twin.labelmend"
    shutil.copy(path, twin)
    work(path, ANN, box(0, 12))
    work(twin, BEA, box(1, 55))
    merge(elsewhere, path)
    with pytest.raises(Refused, match="Another copy of twin"):
        merge(elsewhere, twin)


def test_an_altered_package_is_refused_and_changes_nothing(project):
    path = shared(project, "part", [0])
    work(path, ANN, box(0, 12))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER history_keeps")
        connection.execute("UPDATE history SET actor = 'Eve' WHERE actor = 'Ann'")
    before = project.last_row.seq
    with pytest.raises(Refused, match="altered outside Labelmend") as refused:
        merge(project, path)
    assert "ask its sender for the file as it was" in str(refused.value)
    assert "The project" not in str(refused.value)
    assert project.last_row.seq == before


def test_pictures_that_are_found_in_a_package_are_told_there_alone(project):
    path = shared(project, "part", [0, 1])
    with closing(Project.open(path, actor=BEA)) as package:
        package.apply(verbs.note_picture(package, 1, NotThere("It is not there.")), op="find")
        package.image_path(1).parent.mkdir(parents=True, exist_ok=True)
        package.image_path(1).touch()
        assert take_back_missing(package).title == "1 missing picture found"
        assert not len(package.issues.rows_in("fix"))
    work(path, BEA, box(0, 12))
    waits = len(project.issues.rows_in("fix"))
    assert merge(project, path).steps == 1
    assert len(project.issues.rows_in("fix")) == waits


def test_an_issue_that_waits_is_not_taken_back_in_a_package(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    path = shared(project, "part", np.arange(project.n_images))
    with closing(Project.open(path, actor=BEA)) as package:
        package.apply(
            Step(title="1 missing picture found", decisions=(Decision(issue, None, None),)), op="find"
        )
    with pytest.raises(Refused, match="by what changes none"):
        merge(project, path)


def test_errors_found_anew_meanwhile_do_not_lose_what_was_judged(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    path = shared(project, "part", np.arange(project.n_images))
    work(path, BEA, lambda package: verbs.dismiss(package, issue, comment="it is there"))
    store_found(project, run_find(find_inputs(project)))
    assert project.issues.row_of(issue) < 0
    assert merge(project, path).conflicts == 0
    assert project.standing(issue).status == "dismissed"
    assert project.issues.kind_of(project.issues.row_of(issue)) == "spurious"


def test_a_package_from_before_an_export_or_a_find_is_recognised(tmp_path):
    project = make_project(tmp_path)
    first, second = shared(project, "first", [0]), shared(project, "second", [1])
    work(first, BEA, box(0, 12))
    work(second, BEA, box(0, 13))
    store_found(project, run_find(find_inputs(project)))
    told = merge(project, first).sentence
    assert told.endswith("Errors were found anew since it was shared: what was judged in it is kept.")
    export(project, tmp_path / "out.json", every_fix=True)
    today = project.last_row.at[:10]
    told = merge(project, second).sentence
    assert told.endswith(f"It is from before the export of {today}: export again.")
    third = shared(project, "third", [2])
    work(third, BEA, box(0, 12))
    # nothing was found anew
    project.apply(verbs.note_picture(project, 0, NotThere("It is not there.")), op="find")
    assert merge(project, third).sentence == "third.labelmend: 1 step merged, no conflict."


def test_errors_found_in_a_package_come_back_with_what_was_said_of_them(tmp_path):
    project = make_project(tmp_path, find=False)
    package = Project.open(shared(project, "part", np.arange(project.n_images)), actor=BEA)
    store_found(package, run_find(find_inputs(package)))
    issue = issue_of(package, "spurious")
    package.apply(verbs.dismiss(package, issue, comment="it is there"))
    package.close()
    assert merge(project, package.path).conflicts == 0
    assert project.standing(issue).status == "dismissed"
    assert project.issues.kind_of(project.issues.row_of(issue)) == "spurious"


def test_two_who_come_to_the_same_are_both_named_and_neither_reviews_it(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    first, second = (shared(project, name, np.arange(project.n_images)) for name in ("first", "second"))
    for path, actor, words in ((first, ANN, "one"), (second, BEA, "other")):
        work(path, actor, lambda package, words=words: verbs.dismiss(package, issue, comment=words))
        merge(project, path)
    assert set(project.standing(issue).authors) == {"Ann", "Bea"}
    said = [(entry.actor, entry.comment) for entry in project.story(issue)]
    assert said == [("Ann", "one"), ("Bea", "other")]
    project = as_(project, LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    for actor in (ANN, BEA):
        project.work_as(Actor(actor.name, "reviewer"))
        with pytest.raises(Refused, match="own work"):
            project.apply(verbs.approve(project, issue))


def test_what_was_said_in_a_package_is_kept_when_it_conflicts(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    first, second = (shared(project, name, np.arange(project.n_images)) for name in ("first", "second"))
    work(first, ANN, lambda package: verbs.accept(package, issue))
    work(second, BEA, lambda package: verbs.dismiss(package, issue, comment="look at the corner"))
    merge(project, first)
    assert merge(project, second).conflicts == 1
    assert ("Bea", "look at the corner") in [(one.actor, one.comment) for one in project.story(issue)]
    assert [one.who for one in project.state.versions[issue]] == ["Ann", "Bea"]


def test_what_was_merged_and_then_undone_in_the_package_is_undone_here(project):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    assert merge(project, path).steps == 1
    package = Project.open(path, actor=BEA)
    package.undo()
    package.close()
    assert merge(project, path).conflicts == 0
    assert project.record(0) == project.original(0)
    assert not any(project.state.touches.values())
    assert [one.name for one in overview_of(project).people if len(one.open) + len(one.done)] == []
    project = as_(project, BEA)
    assert project.undo_title() is None
    project.redo()
    assert project.annotation(0).bbox[0] == 12
    project.undo()
    package = Project.open(path, actor=BEA)
    package.redo()
    package.close()
    merge(project, path)
    assert project.annotation(0).bbox[0] == 12
    assert project.undo_title() == "move the box"
