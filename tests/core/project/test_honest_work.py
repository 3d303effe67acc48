"""What the window lets people do in a package is merged, however they write their names."""

import pytest

from builders.datasets import LEA, faulty, make_project
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


def test_what_is_in_review_is_not_put_back_under_another_issue(tmp_path):
    given = faulty(6)
    given["annotations"][0]["category_id"] = 2
    project = make_project(tmp_path, **given)
    first, other = project.issues.id[project.issues.rows_on(0)][:2].tolist()
    project.apply(editing.set_box(project, 0, [20, 20, 60, 50], issue=first))
    project.apply(editing.set_category(project, 0, 0, issue=other))
    project = as_(project, LEA)
    draws = (sampling.draw_sample(project, Rates(0.5), seed=seed) for seed in range(99))
    project.apply(next(one for one in draws if one.draw.drawn == (first,)), op="draw")
    path = shared(project, "part", [0])
    package = Project.open(path, actor=BEA)
    with pytest.raises(Refused, match="in review under another issue"):
        verbs.dismiss(package, other)
    package.apply(verbs.ambiguous(package, other))
    package.close()
    assert merge(project, path).steps == 1
    project.close()
