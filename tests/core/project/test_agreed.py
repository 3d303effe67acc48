"""Two who do the same agree: what stands for both, and what becomes of it when one of them goes on."""

import json
import shutil
from functools import partial

import numpy as np
import pytest

from builders.datasets import ANN, EXP, issue_of, make_project
from builders.teams import BEA, as_, shared, work
from labelmend.find.run import run_find
from labelmend.project import editing, verbs
from labelmend.project.export import export
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.merging import merge
from labelmend.project.project import Project
from labelmend.review.states import Actor


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_missing_label_added_alike_by_two_is_agreement(tmp_path, order):
    project = make_project(tmp_path)
    issue = issue_of(project, "missing")
    paths = [shared(project, name, np.arange(project.n_images)) for name in ("first", "second")]
    for path, actor in zip(paths, (ANN, BEA), strict=True):
        work(path, actor, lambda package: verbs.accept(package, issue))
    before = len(project.annotations_of(2))
    assert [merge(project, paths[n]).conflicts for n in order] == [0, 0]
    assert len(project.annotations_of(2)) == before + 1
    (key,) = project.state.added.keys() & {one.key for one in project.annotations_of(2)}
    first = Project.open_to_read(paths[0])
    assert project.record(key) == first.record(key)  # that of the package that was shared first
    first.close()
    standing = project.standing(issue)
    assert (standing.status, set(standing.authors)) == ("fixed", {"Ann", "Bea"})
    told = [(one.actor, one.what) for one in project.story(issue)]
    assert {who for who, _ in told} == {"Ann", "Bea", ""}
    assert ("", "several added the same label: one stands for all") in told
    work(paths[1], BEA, lambda package: editing.set_box(package, *package.state.added, [1, 2, 30, 40]))
    assert merge(project, paths[1]).conflicts == 0  # Bea's next version of what both had done
    assert project.annotation(key).bbox.tolist() == [1, 2, 30, 40]
    assert set(project.standing(issue).authors) == {"Ann", "Bea"}
    work(paths[0], ANN, lambda package: editing.set_box(package, *package.state.added, [1, 2, 30, 50]))
    assert merge(project, paths[0]).conflicts == 1
    versions = project.state.versions[issue]
    assert {key for one in versions for key, _ in one.records} == {key}
    project = as_(project, EXP)
    project.apply(verbs.take_version(project, issue, 1))
    (added,) = [one for one in project.annotations_of(2) if one.key < 0]
    assert added.bbox.tolist() == [1, 2, 30, 40]
    export(project, tmp_path / "out.json", every_fix=True)
    written = json.loads((tmp_path / "out.json").read_text())["annotations"]
    assert len(written) == len({*project.dataset.annotations.id}) + 1


def test_a_label_that_was_shared_before_another_stood_for_it_is_still_one(tmp_path):
    project = make_project(tmp_path)
    issue, every = issue_of(project, "missing"), np.arange(project.n_images)
    first, second = shared(project, "first", every), shared(project, "second", every)
    for path, actor in ((first, ANN), (second, BEA)):
        work(path, actor, lambda package: verbs.accept(package, issue))
    merge(project, second)
    third = shared(project, "third", every)
    assert merge(project, first).conflicts == 0
    work(
        third, Actor("Cy", "annotator"), lambda one: editing.set_box(one, *one.state.added, [122, 22, 60, 55])
    )
    (added,) = [one for one in project.annotations_of(2) if one.key < 0]
    assert merge(project, third).conflicts == 0
    assert set(project.standing(issue).authors) == {"Ann", "Bea", "Cy"}
    (now,) = [one for one in project.annotations_of(2) if one.key < 0]
    assert (now.key, now.id, now.bbox.tolist()) == (added.key, added.id, [122, 22, 60, 55])


def test_an_issue_about_a_label_that_made_way_is_about_the_one_that_stands(tmp_path):
    project = make_project(tmp_path)
    issue, every = issue_of(project, "missing"), np.arange(project.n_images)
    paths = [shared(project, name, every) for name in ("first", "second")]
    for path, actor in zip(paths, (ANN, BEA), strict=True):
        loose = partial(editing.create, image=2, category=1, bbox=[102, 2, 95, 100], issue=issue)
        work(path, actor, loose)
    merge(project, paths[1])
    (gone,) = project.state.added
    store_found(project, run_find(find_inputs(project)))
    about = project.issues.rows_on(gone).tolist()
    assert about
    assert merge(project, paths[0]).conflicts == 0
    (stands,) = [one.key for one in project.annotations_of(2) if one.key < 0]
    third = shared(project, "third", [2])
    assert (len(project.issues.rows_on(gone)), len(project.issues.rows_on(stands))) == (0, len(about))
    project.close()
    for path in (project.path, third):
        opened = Project.open_to_read(path)
        assert (len(opened.issues.rows_on(gone)), len(opened.issues.rows_on(stands))) == (0, len(about))
        opened.close()


def test_a_missing_label_added_otherwise_by_two_is_one_question(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "missing")
    every = np.arange(project.n_images)
    first, second = shared(project, "first", every), shared(project, "second", every)
    work(first, ANN, lambda package: verbs.accept(package, issue))
    work(second, BEA, lambda package: editing.create(package, 2, 1, bbox=[125, 22, 60, 55], issue=issue))
    before = len(project.annotations_of(2))
    merge(project, first)
    assert len(project.annotations_of(2)) == before + 1
    assert merge(project, second).conflicts == 1
    assert len(project.annotations_of(2)) == before
    assert [version.who for version in project.state.versions[issue]] == ["Ann", "Bea"]
    project = as_(project, EXP)
    project.apply(verbs.take_version(project, issue, 0))
    assert len(project.annotations_of(2)) == before + 1


CY = Actor("Cy", "annotator")


@pytest.fixture
def agreed(tmp_path):
    """Ann and Bea added the same label in packages; both are merged."""
    project = make_project(tmp_path)
    issue, every = issue_of(project, "missing"), np.arange(project.n_images)
    paths = [shared(project, name, every) for name in ("first", "second")]
    for path, actor in zip(paths, (ANN, BEA), strict=True):
        work(path, actor, lambda package: verbs.accept(package, issue))
        merge(project, path)
    return project, issue, dict(zip("AB", paths, strict=True))


def added(project):
    return [one.key for one in project.annotations_of(2) if one.key < 0]


def take_back(project, who, path):
    """Undo in the project itself, or in the package the work came from."""
    if path is None:
        project.work_as(who)
        project.undo()
        return
    package = Project.open(path, actor=who)
    package.undo()
    package.close()
    assert merge(project, path).conflicts == 0


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("order", ["AB", "BA"])
def test_what_both_did_stands_until_both_take_it_back(agreed, order, there):
    project, issue, paths = agreed
    (key,), record = added(project), project.record(added(project)[0])
    who = {"A": ANN, "B": BEA}
    take_back(project, who[order[0]], paths[order[0]] if there else None)
    stays = who[order[1]].name
    assert (added(project), project.record(key)) == ([key], record)
    assert (project.standing(issue).annotator, project.standing(issue).authors) == (stays, (stays,))
    told = project.story(issue)[-1]
    assert told.actor == who[order[0]].name
    assert told.what == "undo: accept the suggestion (others did the same: it stands)"
    take_back(project, who[order[1]], paths[order[1]] if there else None)
    assert (added(project), project.standing(issue).status) == ([], "flagged")
    for n in order:
        project.work_as(who[n])
        project.redo()
    assert added(project) == [key]
    assert set(project.standing(issue).authors) == {"Ann", "Bea"}
    seq, state = project.last_row.seq, project.state
    again = as_(project, CY)
    assert (again.last_row.seq, added(again), again.state.twins) == (seq, [key], state.twins)
    assert again.standing(issue) == state.standing(issue)
    again.close()


def test_in_a_package_shared_since_one_takes_back_their_own_part(agreed):
    project, issue, _ = agreed
    path = shared(project, "third", np.arange(project.n_images))
    take_back(project, ANN, path)
    assert len(added(project)) == 1
    assert project.standing(issue).authors == ("Bea",)
    take_back(project, BEA, path)
    assert not added(project)
    project.close()


@pytest.mark.parametrize("alike", [True, False])
def test_packages_that_were_shared_at_different_times_come_to_the_same_in_any_order(tmp_path, alike):
    project = make_project(tmp_path)
    issue, every = issue_of(project, "missing"), np.arange(project.n_images)
    first, second = (shared(project, name, every) for name in ("first", "second"))
    work(first, ANN, lambda package: verbs.accept(package, issue))
    other = partial(editing.create, image=2, category=1, bbox=[125, 22, 60, 55], issue=issue)
    work(second, BEA, (lambda package: verbs.accept(package, issue)) if alike else other)
    merge(project, first)
    third = shared(project, "third", every)
    work(third, CY, lambda package: editing.set_box(package, *added(package), [122, 22, 60, 55]))
    project.close()
    results = []
    for name, order in (("one", (second, third)), ("two", (third, second))):
        one = Project.open(shutil.copy(project.path, tmp_path / f"{name}.labelmend"), actor=EXP)
        assert sum(merge(one, path).conflicts for path in order) == (0 if alike else 1 + (name == "one"))
        stands, versions = one.standing(issue), one.state.versions.get(issue, ())
        told = [(version.who, version.records, version.said) for version in versions]
        results.append((added(one), stands.annotator, sorted(stands.authors), told))
        one.close()
    assert results[0] == results[1]
    _, annotator, authors, told = results[0]
    assert (annotator, [who for who, *_ in told]) == (("Cy", []) if alike else ("", ["Ann, Cy", "Bea"]))
    assert authors == ["Ann", "Bea", "Cy"]
