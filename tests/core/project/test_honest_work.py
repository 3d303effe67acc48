"""What the window lets people do in a package is merged, however they write their names."""

from functools import partial

import pytest

from builders.datasets import ANN, EXP, LEA, faulty, make_project
from builders.teams import BEA, as_, box, made, shared, work
from labelmend.errors import Refused
from labelmend.project import editing, many, sampling, verbs
from labelmend.project.merging import merge
from labelmend.project.project import Project
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor


def test_who_writes_their_name_otherwise_takes_back_their_own_steps(tmp_path):
    project = made(tmp_path)
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    for turn in (Project.undo, Project.redo):
        package = Project.open(path, actor=Actor("bea", "annotator"))
        turn(package)
        package.close()
    expected = Project.open_to_read(path).record(0)
    assert merge(project, path).steps == 3
    assert project.record(0) == expected
    project.close()


def test_two_do_the_same_to_several_labels_at_once(tmp_path):
    project = made(tmp_path)
    paths = [shared(project, name, [0]) for name in ("a", "b")]
    for name, path in zip("AB", paths, strict=True):
        work(path, Actor(name, "annotator"), lambda package: many.delete(package, [0, 1]))
    assert [merge(project, path).conflicts for path in paths] == [0, 0]
    assert project.record(0) is project.record(1) is None
    both = {one.authors for one in project.state.standings.values() if one and one.status == "fixed"}
    assert len(both) > 0
    project.close()
    again = Project.open(project.path)
    assert not again.tampered
    assert again.record(0) is again.record(1) is None
    again.close()


@pytest.fixture
def twice(tmp_path):
    """A project in which two issues are about label 0; the one issue, the other."""
    given = faulty(6)
    given["annotations"][0]["category_id"] = 2
    project = make_project(tmp_path, **given)
    first, other = project.issues.id[project.issues.rows_on(0)][:2].tolist()
    return project, first, other


def drawn(project, issue):
    """The project once this issue alone was drawn for review."""
    project = as_(project, LEA)
    draws = (sampling.draw_sample(project, Rates(0.5), seed=seed) for seed in range(99))
    project.apply(next(one for one in draws if one.draw.drawn == (issue,)), op="draw")
    return project


def test_what_is_in_review_is_not_put_back_under_another_issue(twice):
    project, first, other = twice
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=first))
    project.apply(editing.set_category(project, 0, 0, issue=other))
    project = drawn(project, first)
    path = shared(project, "part", [0])
    package = Project.open(path, actor=BEA)
    with pytest.raises(Refused, match="in review under another issue"):
        verbs.dismiss(package, other)
    package.apply(verbs.ambiguous(package, other))
    package.close()
    assert merge(project, path).steps == 1
    project.close()


def test_of_what_is_in_review_no_version_is_taken_under_another_issue(twice):
    project, first, other = twice
    paths = [shared(project, name, [0]) for name in ("a", "b")]
    for x, path in enumerate(paths):
        change = partial(editing.set_box, key=0, bbox=[20 + x, 20, 60, 50], issue=first)
        work(path, Actor(f"P{x}", "annotator"), change)
    assert sum(merge(project, path).conflicts for path in paths) == 1
    project = as_(project, EXP)
    project.apply(verbs.decide(project, first, "sent back", comment="Which?"))
    project = as_(project, ANN)
    project.apply(editing.set_category(project, 0, 0, issue=other))
    project.apply(verbs.dismiss(project, int(project.issues.id[project.issues.image == 3][0])))
    project = drawn(project, other)
    package = Project.open(shared(project, "part", [0]), actor=BEA)
    with pytest.raises(Refused, match="in review under another issue"):
        verbs.take_version(package, first, 0)
    package.close()
    project.close()


def test_the_original_of_a_conflict_is_what_was_shared_whichever_issue_it_was_changed_under(twice):
    project, *issues = twice
    low, high = sorted(issues)
    original = project.record(0)
    paths = [shared(project, name, [0]) for name in ("a", "b")]
    work(paths[0], ANN, partial(editing.delete, key=0, issue=high))
    work(paths[1], BEA, partial(editing.set_box, key=0, bbox=[20, 20, 60, 50], issue=low))
    assert [merge(project, path).conflicts for path in paths] == [0, 1]
    assert project.record(0) == original
    project = as_(project, EXP)
    project.apply(verbs.decide(project, low, "original stands"))
    assert project.record(0) == original
    project.close()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_was_taken_back_in_a_package_is_in_conflict_with_nothing(twice, order):
    project, first, other = twice
    paths = [shared(project, name, [0]) for name in ("a", "b")]
    package = Project.open(paths[0], actor=BEA)
    package.apply(editing.set_box(package, 0, [20, 20, 60, 50], issue=first))
    package.undo()
    package.apply(editing.delete(package, 0, issue=other))
    package.close()
    work(paths[1], ANN, lambda package: verbs.dismiss(package, first))
    assert [merge(project, paths[n]).conflicts for n in order] == [0, 0]
    assert project.record(0) is None
    assert (project.standing(first).status, project.standing(other).status) == ("dismissed", "fixed")
    project.close()
