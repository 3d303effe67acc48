"""What packages come to does not depend on which of them is merged first: what once made it do so."""

import itertools
import shutil

import pytest

from builders.datasets import EXP, LEA, REV, issue_of, make_project
from builders.teams import BEA, as_, box, made, shared, work
from labelmend.project import editing, looks, sampling, verbs
from labelmend.project.merging import merge
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.report.progress import overview_of
from labelmend.review.opinions import Judged
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

CY, DAN, EVE = (Actor(name, "annotator") for name in ("Cy", "Dan", "Eve"))
HAL, IDA = Actor("Hal", "reviewer"), Actor("Ida", "reviewer")


@pytest.fixture
def project(tmp_path):
    """Ann moved a label."""
    project = made(tmp_path)
    project.apply(box(0, 12)(project))
    yield project
    project.close()


@pytest.fixture
def drawn(project):
    """It was drawn for review and for a blind look."""
    project = as_(project, LEA)
    project.apply(change_policy(project, Policy(blind=1.0)))
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    yield project
    project.close()


def issue_in(project):
    return next(iter(project.state.touches))


def come_to(project, paths):
    """The versions, words and first reviews that merging these comes to, the same in any order; so are the
    labels and how the issues stand."""
    project.close()
    results, stands = [], []
    for n, order in enumerate(itertools.permutations(paths)):
        one = Project.open(shutil.copy(project.path, project.path.with_name(f"o{n}.labelmend")), actor=EXP)
        for path in order:
            merge(one, path)
        told = [(v.who, v.records, v.said) for of in one.state.versions.values() for v in of]
        review = next(queue for queue in overview_of(one).queues if queue.name == "review")
        results.append((told, review.approved.tolist(), review.rejected.tolist()))
        stands.append((one.state.records, one.state.standings))
        one.close()
    assert all(other == stands[0] for other in stands)
    assert all(result == results[0] for result in results)
    return results[0]


def look(package, *, same):
    issue = issue_in(package)
    record = package.record(0) if same else package.original(0)
    own = Judged("", "fixed" if same else "dismissed", record)
    package.apply(looks.take_look(package, issue, own), op="answer")


def test_who_only_looked_blind_before_two_corrected_alike_made_no_version(drawn):
    paths = [shared(drawn, name, [0]) for name in ("one", "two", "three")]
    for path, person, same in ((paths[1], DAN, True), (paths[2], EVE, False)):
        package = Project.open(path, actor=person)
        look(package, same=same)
        package.close()
    work(paths[0], HAL, box(0, 30))
    work(paths[1], IDA, box(0, 30))
    versions, _, _ = come_to(drawn, paths)
    assert [who for who, *_ in versions] == ["Ann", "Ann, Hal, Ida", "Eve"]


def test_every_first_review_counts_also_of_what_several_judged(drawn):
    issue = issue_in(drawn)
    paths = [shared(drawn, name, [0]) for name in ("one", "two")]
    work(paths[0], REV, lambda package: verbs.reject(package, issue, reason="Too loose"))
    work(paths[1], HAL, lambda package: verbs.approve(package, issue))
    versions, approved, rejected = come_to(drawn, paths)
    assert versions
    assert (approved, rejected) == ([], [issue])  # the rejection came first
    assert {who for _, _, said in versions for who, _ in said} == {"Ann", "Hal", "Rev"}


def test_what_was_taken_back_and_merged_is_done_again_over_a_look_that_came_meanwhile(drawn):
    issue = issue_in(drawn)
    reviewed, looked = (shared(drawn, name, [0]) for name in ("reviewed", "looked"))
    work(reviewed, HAL, lambda package: verbs.approve(package, issue))
    package = Project.open(reviewed, actor=HAL)
    package.undo()
    package.close()
    package = Project.open(looked, actor=DAN)
    look(package, same=True)
    package.close()
    for path in (reviewed, looked):
        merge(drawn, path)
    package = Project.open(reviewed, actor=HAL)
    package.redo()
    package.close()
    assert merge(drawn, reviewed).conflicts == 0
    stands = drawn.standing(issue)
    assert (stands.status, stands.reviewer, stands.authors) == ("approved", "Hal", ("Ann", "Dan"))


def test_a_version_that_somebody_went_on_from_is_in_theirs(project):
    issue = issue_in(project)
    first, second = (shared(project, name, [0]) for name in ("first", "second"))
    work(first, BEA, lambda package: verbs.ambiguous(package, issue, comment="Which one?"))
    work(second, CY, box(0, 30))
    merge(project, first)
    third = shared(project, "third", [0])
    work(third, DAN, box(0, 40))
    versions, _, _ = come_to(project, [second, third])
    assert [who for who, *_ in versions] == ["Ann, Bea, Dan", "Ann, Cy"]


def test_what_was_taken_back_is_no_word_about_a_version(project):
    paths = [shared(project, name, [0]) for name in ("one", "two", "three")]
    package = Project.open(paths[0], actor=DAN)
    package.apply(editing.set_box(package, 0, [50, 20, 20, 30]))
    package.undo()
    package.close()
    work(paths[1], BEA, box(0, 30))
    work(paths[2], CY, box(0, 40))
    versions, _, _ = come_to(project, paths)
    assert {who for _, _, said in versions for who, _ in said} == {"Ann", "Bea", "Cy"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_label_that_only_a_version_has_is_there_in_a_package_too(tmp_path, order):
    project = make_project(tmp_path)
    issue = issue_of(project, "missing")
    paths = [shared(project, name, [2]) for name in ("one", "two")]
    for path, person, x in zip(paths, (BEA, CY), (120, 125), strict=True):
        work(path, person, lambda there, x=x: editing.create(there, 0, 1, bbox=[x, 20, 60, 55], issue=issue))
    for n in order:
        merge(project, paths[n])
    package = shared(project, "expert", [2])
    for number in (0, 1):
        one = Project.open(shutil.copy(package, tmp_path / f"expert{number}.labelmend"), actor=EXP)
        one.apply(verbs.take_version(one, issue, number))
        (added,) = [label for label in one.annotations_of(0) if label.key < 0]
        assert added.bbox[0] == (120, 125)[number]
        one.close()
    assert merge(project, one.path).conflicts == 0
    assert project.state.versions == {}
    project.close()


def test_a_label_that_is_put_back_in_one_package_and_changed_in_another_comes_to_the_same(tmp_path):
    project = made(tmp_path)
    paths = [shared(project, "one", [1]), shared(project, "two", [1, 2])]
    package = Project.open(paths[0], actor=CY)
    package.apply(editing.set_category(package, 1, 0))
    package.apply(box(0, 50)(package))
    package.apply(verbs.dismiss(package, max(package.state.touches), comment="no"))
    package.close()
    work(paths[1], DAN, lambda package: editing.set_category(package, 0, 1))
    come_to(project, paths)


def test_a_label_that_was_added_between_two_packages_and_dismissed_in_both_comes_to_the_same(tmp_path):
    project = as_(make_project(tmp_path), Actor("Ann", "annotator"))
    issue = issue_of(project, "missing")
    paths = [shared(project, "one", [2, 3])]
    project.apply(verbs.accept(project, issue))
    paths.append(shared(project, "two", [2]))
    for path, person in zip(paths, (CY, DAN), strict=True):
        work(path, person, lambda package: verbs.dismiss(package, issue, comment="no"))
    come_to(project, paths)


def test_a_label_that_was_dismissed_and_added_between_two_packages_comes_to_the_same(tmp_path):
    project = as_(make_project(tmp_path), Actor("Ann", "annotator"))
    issue = issue_of(project, "missing")
    project.apply(verbs.dismiss(project, issue, comment="no"))
    paths = [shared(project, "one", [2])]
    project.apply(editing.create(project, 2, 1, bbox=[123, 22, 60, 55], issue=issue))
    paths.append(shared(project, "two", [2, 3]))
    work(paths[0], CY, lambda package: verbs.accept(package, issue))
    work(paths[1], DAN, lambda package: verbs.dismiss(package, issue, comment="no"))
    come_to(project, paths)
