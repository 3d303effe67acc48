"""What other numbers would do is what finding again with them does."""

import pytest

from builders.datasets import LEA, issue_of, make_project
from builders.systematic import night_and_day
from labelmend.errors import Cancelled
from labelmend.find.run import run_find
from labelmend.project import verbs
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.foreseeing import changes_numbers, foresee, foreseeing
from labelmend.project.instructing import revise
from labelmend.review.instructions import Amount, ClassInstructions, Instructions, tolerance_of


def wide(pixels, **more):
    return Instructions(
        classes=tuple(
            ClassInstructions(name, tolerance=Amount(pixels), **more) for name in ("cat", "dog", "bird")
        )
    )


def names(project):
    """What is in the list, by kind and label; there is one missing label in a picture at most."""
    table = project.issues
    return {
        (table.kind_of(row), int(table.annotation[row]), int(table.image[row])) for row in range(len(table))
    }


@pytest.mark.parametrize("given", [wide(5), wide(40), wide(0, margin=Amount(6)), wide(0, smallest=62)])
def test_it_is_what_finding_again_does(tmp_path, given):
    project = make_project(tmp_path, actor=LEA)
    told = foresee(foreseeing(project), tolerance_of(given, project.categories.name))
    before = names(project)
    revise(project, given)
    store_found(project, run_find(find_inputs(project)))
    after = names(project)
    project.close()
    assert (sum(told.goes.values()), sum(told.comes.values())) == (len(before - after), len(after - before))


def test_the_numbers_that_hold_change_nothing(tmp_path):
    project = make_project(tmp_path, **night_and_day())
    told = foresee(foreseeing(project), None)
    assert (told.goes, told.comes) == ({}, {})
    assert told.sentence == "No issue goes and none comes."
    project.close()


def test_what_was_judged_stays_and_is_not_counted(tmp_path):
    project = make_project(tmp_path)
    tolerance = tolerance_of(wide(40), project.categories.name)
    first = foresee(foreseeing(project), tolerance)
    project.apply(verbs.dismiss(project, issue_of(project, "location")))
    again = foresee(foreseeing(project), tolerance, now=first.now)
    assert again.goes["location"] == first.goes["location"] - 1
    project.close()


def test_there_and_back(tmp_path):
    project = make_project(tmp_path, actor=LEA)
    there = foresee(foreseeing(project), tolerance_of(wide(40), project.categories.name))
    revise(project, wide(40))
    back = foresee(foreseeing(project), None)
    assert (back.goes, back.comes) == (there.comes, there.goes)
    assert there.sentence.startswith(f"{sum(there.goes.values()):,} issues go (")
    project.close()


def test_only_numbers_cost_a_search(tmp_path):
    project = make_project(tmp_path, actor=LEA, find=False)
    assert not changes_numbers(project, Instructions(classes=(ClassInstructions("cat", "Purrs."),)))
    assert changes_numbers(project, wide(3))
    revise(project, wide(3))
    assert not changes_numbers(project, wide(3))
    assert changes_numbers(project, wide(4))
    project.close()


def test_it_can_be_stopped(tmp_path):
    project = make_project(tmp_path)

    def stop(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        foresee(foreseeing(project), None, progress=stop)
    project.close()
