"""What a step is about: one label by its file, class and id, many by their number."""

import pytest

from builders.datasets import faulty, issue_of, make_project
from labelmend.project import many, verbs
from labelmend.project.history import Step
from labelmend.project.subjects import subject_of


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path, **faulty())
    yield made
    made.close()


def told(project, step):
    return subject_of(project, step).sentence(project)


def test_one_label_is_named_before_and_after_it_is_deleted(project):
    issue = issue_of(project, "spurious", annotation=71)
    assert told(project, verbs.dismiss(project, issue)) == "004.png: bird 900"
    step = verbs.accept(project, issue)
    assert told(project, step) == "004.png: bird 900"
    project.apply(step)
    project.undo()
    assert told(project, project.store.history()[-1].step()) == "004.png: bird 900"


def test_a_changed_class_is_the_one_that_it_became(project):
    assert told(project, verbs.accept(project, issue_of(project, "class"))) == "002.png: dog 8"


def test_a_missing_label_has_no_id_until_it_is_added(project):
    issue = issue_of(project, "missing")
    assert told(project, verbs.dismiss(project, issue)) == "003.png: dog"
    assert told(project, verbs.accept(project, issue)) == "003.png: dog 903"


def test_many_are_counted_and_a_step_about_none_says_nothing(project):
    step = many.set_category(project, [0, 1, 9], 2)
    assert told(project, step) == "3 labels in 2 images"
    assert told(project, many.set_category(project, [0, 1], 2)) == "2 labels in 001.png"
    assert told(project, Step("Export")) == ""
