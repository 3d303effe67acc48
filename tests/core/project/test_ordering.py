"""Merges that follow one another: a package that comes late is merged where it belongs, the others anew."""

import shutil

import numpy as np
import pytest

from builders.datasets import ANN, EXP, REV, issue_of, make_project
from builders.teams import BEA, EACH, as_, box, made, shared, work
from labelmend.find.issues import empty
from labelmend.find.run import Found
from labelmend.project import verbs
from labelmend.project.finding import store_found
from labelmend.project.history import counting, first_tampered
from labelmend.project.merging import merge, merge_into
from labelmend.project.project import Project
from labelmend.report.chronicle import read_chronicle
from labelmend.report.judgements import Judgements
from labelmend.review.states import Actor

CY = Actor("Cy", "annotator")
PEOPLE = (ANN, BEA, CY)


@pytest.fixture
def project(tmp_path):
    project = as_(made(tmp_path), EXP)
    yield project
    project.close()


@pytest.fixture
def paths(project):
    """Three packages of one image, two with the same box for its first label and one with another."""
    paths = [shared(project, f"part{n}", [0]) for n in range(3)]
    for path, who, x in zip(paths, PEOPLE, (30, 30, 40), strict=True):
        work(path, who, box(0, x))
    return paths


def counts(project):
    """The rows that count, without their numbers and times."""
    return [(row.op, row.actor, row.title) for row in counting(project.store.history())]


def merges(project):
    return [title.split(".")[0] for op, _, title in counts(project) if op == "import" and "Merge" in title]


def anew(project):
    return [row.seq for row in project.store.history() if row.op == "anew"]


def by_numbers(project, paths):
    """A copy of the project into which these are merged in their order."""
    project.close()
    copy = shutil.copy(project.path, project.path.with_name("other.labelmend"))
    other = Project.open(copy, actor=EXP)
    for path in paths:
        merge(other, path)
    assert not anew(other)
    return other


def test_the_rows_that_count_are_those_of_the_order_of_the_packages(project, paths):
    other = by_numbers(project, paths)
    project = Project.open(project.path, actor=EXP)
    for n in (2, 1, 0):
        merge(project, paths[n])
    assert len(anew(project)) == 2
    assert merges(project) == ["Merge part0", "Merge part1", "Merge part2"]
    assert counts(project) == counts(other)
    assert project.state.versions == other.state.versions
    assert project.state.standings == other.state.standings
    other.close()
    project.close()


def test_nothing_that_was_merged_is_lost_and_the_history_is_whole(project, paths):
    merge(project, paths[1])
    before = [row.hash for row in project.store.history()]
    merge(project, paths[0])
    rows = project.store.history()
    assert [row.hash for row in rows[: len(before)]] == before
    assert first_tampered(rows) is None
    told = project.state
    again = as_(project, EXP)
    assert (again.state.records, again.state.standings, again.state.stacks.undoable(BEA)) == (
        told.records,
        told.standings,
        told.stacks.undoable(BEA),
    )
    again.close()


def test_merging_again_changes_nothing(project, paths):
    for n in (2, 0, 1):
        merge(project, paths[n])
    last = project.last_row
    assert [merge(project, path).steps for path in paths] == [0, 0, 0]
    assert project.last_row == last


def test_a_merge_tells_of_the_conflicts_that_were_not_there_before(project, paths):
    told = [merge(project, paths[n]) for n in (2, 0, 1)]
    assert len(anew(project)) == 2
    assert [(one.steps, one.conflicts) for one in told] == [(1, 0), (1, 1), (1, 0)]


def test_packages_of_other_images_are_not_merged_anew(project):
    paths = [shared(project, f"part{n}", [n]) for n in range(3)]
    for n, (path, who) in enumerate(zip(paths, PEOPLE, strict=True)):
        work(path, who, box(n * EACH, 30) if n == 0 else box(0, 30))
    for n in (2, 1, 0):
        merge(project, paths[n])
    assert not anew(project)
    assert merges(project) == ["Merge part2", "Merge part1", "Merge part0"]


def test_what_was_done_in_the_project_since_is_not_done_anew(project, paths):
    merge(project, paths[2])
    project.apply(box(EACH, 60)(project))
    merge(project, paths[0])
    assert not anew(project)
    merge(project, paths[1])
    assert merges(project) == ["Merge part2", "Merge part0", "Merge part1"]
    assert project.annotation(EACH).bbox[0] == 60


def test_a_package_that_is_merged_again_goes_on_from_all_that_was_merged(project, paths):
    merge(project, paths[1])
    work(paths[1], BEA, box(0, 50))
    merge(project, paths[1])
    merge(project, paths[0])
    assert merges(project) == ["Merge part0", "Merge part1", "Merge part1"]
    assert project.annotation(0).bbox[0] == 50  # Bea went on from what both had done
    assert not project.state.versions


def test_whoever_merged_first_is_named_and_what_they_did_is_undone_once(project, paths):
    project.work_as(REV)
    merge(project, paths[1])
    project.work_as(EXP)
    merge(project, paths[0])
    told = {row.title.split(".")[0]: row.actor for row in counting(project.store.history())}
    assert (told["Merge part0"], told["Merge part1"]) == ("Exp", "Rev")
    for who in (BEA, ANN):
        project.work_as(who)
        project.undo()
    assert project.annotation(0).bbox[0] == 10
    assert project.undo_title() is None


def test_what_counts_no_more_is_not_counted(project, paths):
    caught_up, told = Judgements(), Judgements()
    for n in (2, 1):
        merge(project, paths[n])
        caught_up.catch_up(project.store)
    package = Project.open(paths[0], actor=ANN)
    package.undo()
    package.close()
    merge(project, paths[0])
    for one in (caught_up, told):
        one.catch_up(project.store)
    assert caught_up.events.tolist() == told.events.tolist()
    assert caught_up.turns.tolist() == told.turns.tolist()
    alive = {row.seq for row in counting(project.store.history())}
    assert set(told.events["seq"].tolist()) <= alive
    events = [step.title for _, step in read_chronicle(project).events if "Merge" in step.title]
    assert [title.split(".")[0] for title in events] == ["Merge part0", "Merge part1", "Merge part2"]


def test_packages_that_are_merged_in_one_go_come_in_their_order_too(project, paths):
    other = by_numbers(project, paths)
    project = Project.open(project.path, actor=EXP)
    seen = []
    merging = merge_into(project.still(), paths[::-1], progress=lambda done, _total: seen.append(done))
    project.take_over(merging.copy)
    assert counts(project) == counts(other)
    assert merging.conflicts >= 1
    assert seen == sorted(seen)
    other.close()
    project.close()


def test_a_package_that_is_shared_then_holds_what_counts(project, paths):
    for n in (2, 1, 0):
        merge(project, paths[n])
    package = Project.open_to_read(shared(project, "later", [0]))
    assert not anew(package)
    assert package.state.versions == project.state.versions
    package.close()


def test_an_issue_that_is_not_found_any_more_keeps_its_place_when_it_is_merged_anew(tmp_path):
    project = as_(make_project(tmp_path), EXP)
    issue = issue_of(project, "missing")
    paths = [shared(project, f"part{n}", np.arange(project.n_images)) for n in range(2)]
    for path, who in zip(paths, PEOPLE, strict=False):
        work(path, who, lambda package: verbs.dismiss(package, issue, comment="no"))
    sentence = project.issues.sentence(project.issues.row_of(issue))
    store_found(project, Found(empty(), {}))
    for n in (1, 0):
        merge(project, paths[n])
    assert len(anew(project)) == 1
    row = project.issues.row_of(issue)
    assert (project.issues.kind_of(row), project.issues.sentence(row)) == ("missing", sentence)
    assert set(project.standing(issue).authors) == {"Ann", "Bea"}
    project.close()
