"""Packages in which people worked in every role come to the same in any order, and nothing is lost."""

import itertools
import shutil

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.datasets import ANN, EXP, LEA, REV, issue_of, make_project
from builders.teams import EACH, IMAGES, as_, box, made, shared
from labelmend.errors import Refused
from labelmend.project import editing, looks, sampling, verbs
from labelmend.project.export import export
from labelmend.project.instructing import instruct, instructions_of
from labelmend.project.merging import merge
from labelmend.project.packages import keys_of
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.review.instructions import with_class
from labelmend.review.opinions import Judged
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import FLAGGED, QUEUES, Actor

with_ = msgspec.structs.replace
ANNOTATORS = ["box", "delete", "class", "add", "dismiss", "undo", "redo", "look"]
REVIEWERS = ["approve", "reject", "correct", "undo", "redo"]
EXPERTS = ["fix stands", "original stands", "corrected", "sent back", "take", "undo", "redo"]


def works(role, acts):
    """What one person in a role does, in two neighbouring images of a package of their own."""
    act = st.tuples(st.sampled_from(acts), st.integers(0, 2 * EACH - 1), st.integers(0, 2))
    return st.tuples(st.just(role), st.integers(0, 2), st.lists(act, max_size=5))


WORK = st.one_of(works("annotator", ANNOTATORS), works("reviewer", REVIEWERS), works("expert", EXPERTS))


def prepared(folder):
    """A project whose labels are fixed, in review with second and blind looks, rejected, and in conflict."""
    project = made(folder)
    for key in (0, 1, 3, 4, 6):
        project.apply(box(key, 12)(project))
    project = as_(project, LEA)
    given = instructions_of(project)
    one = with_(given.of("cat"), definition="A cat.")
    project.apply(instruct(project, with_class(given, one)))
    project.apply(change_policy(project, Policy(second=0.5, blind=0.5)))
    project.apply(sampling.draw_sample(project, Rates(0.7), seed=3), op="draw")
    project = as_(project, REV)
    drawn = [n for n, one in project.state.standings.items() if one and one.status == "in_review"]
    project.apply(verbs.reject(project, drawn[0], reason="Too loose"))
    project = as_(project, ANN)
    for n, x in enumerate((30, 31)):
        path = shared(project, f"before{n}", [1])
        package = Project.open(path, actor=Actor(f"Q{n}", "annotator"))
        package.apply(box(2, x)(package))
        package.close()
    for n in range(2):
        merge(project, folder / f"before{n}.labelmend")
    assert project.state.versions
    return project


BASE = st.sampled_from([prepared, made])


@settings(max_examples=15)
@example(given_works=[("expert", 1, [("take", 0, 0)]), ("expert", 1, [("take", 0, 1)])])
@example(given_works=[("reviewer", 0, [("approve", 0, 0)]), ("reviewer", 0, [("reject", 0, 0)])])
@example(given_works=[("annotator", 0, [("look", 0, 0)]), ("annotator", 0, [("look", 0, 1)])])
@example(
    given_works=[("annotator", 0, [("box", 5, 0)]), ("annotator", 1, [("class", 2, 0), ("class", 2, 2)])]
)
@example(given_works=[("annotator", 1, [("look", 1, 1)]), ("reviewer", 1, [("approve", 2, 0)])])
@given(given_works=st.lists(WORK, min_size=2, max_size=3))
def test_any_order_of_merges_gives_the_same_and_loses_nothing(tmp_path_factory, given_works):
    folder = tmp_path_factory.mktemp("any")
    project = prepared(folder)
    assert_any_order(project, worked_in(project, given_works, "part"))


@settings(max_examples=8)
@given(base=BASE, given_works=st.lists(st.tuples(WORK, WORK), min_size=2, max_size=3), by=st.randoms())
def test_packages_that_are_merged_again_come_to_the_same(tmp_path_factory, base, given_works, by):
    """Of some packages what was done first is merged by itself, before or after all others."""
    folder = tmp_path_factory.mktemp("again")
    project = base(folder)
    every = []
    for n, ((role, image, acts), (then, _, more)) in enumerate(given_works):
        path = shared(project, f"part{n}", [image, (image + 1) % IMAGES])
        work_in(path, Actor(f"P{n}", role), acts)
        early = shutil.copy(path, folder / f"early{n}.labelmend")
        work_in(path, Actor(f"Q{n}", then), more)
        every.append([early, path])
    project.close()
    results = []
    for n in range(3):
        waiting, one = [list(pair) for pair in every], opened_copy(project, folder, f"copy{n}")
        while any(waiting):
            merge(one, by.choice([pair for pair in waiting if pair]).pop(0))
        results.append(come_to(one, folder))
        one.close()
    assert all(result == results[0] for result in results)


@settings(max_examples=6)
@given(
    base=BASE,
    first=st.lists(WORK, min_size=2, max_size=3),
    then=WORK,
    second=st.lists(WORK, min_size=1, max_size=2),
)
def test_what_is_shared_after_merges_in_any_order_is_the_same(tmp_path_factory, base, first, then, second):
    """Rounds: merged, worked on in the project, shared anew, merged."""
    folder = tmp_path_factory.mktemp("rounds")
    project = base(folder)
    paths = worked_in(project, first, "first")
    project.close()
    results = []
    for n, order in enumerate((1, -1)):
        (folder / f"round{n}").mkdir()
        one = opened_copy(project, folder / f"round{n}", "copy")
        for path in paths[::order]:
            merge(one, path)
        one.close()
        work_in(one.path, Actor("Ann", then[0]), then[2])
        one = Project.open(one.path, actor=EXP)
        for path in worked_in(one, second, "second")[::order]:
            merge(one, path)
        results.append(come_to(one, folder))
        one.close()
    assert results[0] == results[1]


def worked_in(project, given_works, name):
    """Packages of the project in which this was done."""
    paths = []
    for n, (role, image, acts) in enumerate(given_works):
        paths.append(shared(project, f"{name}{n}", [image, (image + 1) % IMAGES]))
        work_in(paths[-1], Actor(f"P{n}", role), acts)
    return paths


def opened_copy(project, folder, name):
    return Project.open(shutil.copy(project.path, folder / f"{name}.labelmend"), actor=EXP)


ADDED = ["accept", "add", "move", "delete", "dismiss", "undo", "redo"]
ADDS = st.lists(st.tuples(st.sampled_from(ADDED), st.just(0), st.integers(0, 1)), min_size=1, max_size=3)


@settings(max_examples=6)
@example(given_acts=[[("accept", 0, 0)], [("accept", 0, 0)], [("accept", 0, 0), ("move", 0, 0)]])
@example(given_acts=[[("accept", 0, 0)], [("accept", 0, 0), ("delete", 0, 0)], [("accept", 0, 0)]])
@given(given_acts=st.lists(ADDS, min_size=2, max_size=3))
def test_a_missing_label_that_several_add_comes_to_the_same_in_any_order(tmp_path_factory, given_acts):
    project = make_project(tmp_path_factory.mktemp("added"))
    issue, paths = issue_of(project, "missing"), []
    for n, acts in enumerate(given_acts):
        paths.append(shared(project, f"part{n}", [2]))
        work_in(paths[-1], Actor(f"P{n}", "annotator"), acts, issue=issue)
    assert_any_order(project, paths)


def assert_any_order(project, paths):
    """Merging these packages in any order, and each twice, comes to the same and loses nothing."""
    folder = project.path.parent
    base = {key: project.record(key) for key in range(len(project.dataset.annotations.id))}
    stood = {issue: project.standing(issue) for issue in project.state.standings}
    project.close()
    results = []
    for order in itertools.permutations(range(len(paths))):
        one = opened_copy(project, folder, f"copy{len(results)}")
        for n in order:
            merge(one, paths[n])
            assert not merge(one, paths[n]).steps
        results.append(come_to(one, folder))
        for path in paths:
            nothing_is_lost(one, path, base, stood)
        one.close()
        again = Project.open(one.path)
        assert come_to(again, folder) == results[-1]
        again.close()
    assert all(result == results[0] for result in results)


def come_to(project, folder):
    """All that a person sees of what a project came to, whatever the order of its rows."""
    export(project, folder / "out.json", every_fix=True, overwrite=True)
    state = project.state
    return (
        (folder / "out.json").read_bytes(),
        {issue: one for issue, one in state.standings.items() if one is not None},
        {issue: [with_(one, at="") for one in of] for issue, of in state.versions.items()},
        {asked: sorted(map(repr, said)) for asked, said in state.opinions.items()},
        {issue: sorted(said.values()) for issue, said in state.said.items()},
        {issue: sorted(map(repr, said)) for issue, said in state.reviews.items()},
        state.instructions,
        state.policy,
    )


def nothing_is_lost(project, path, base, stood):
    """What somebody made of a label, decided or answered stands in the project, or waits for the expert."""
    package = Project.open_to_read(path)
    waiting = {pair for of in project.state.versions.values() for one in of for pair in one.records}
    open_ones = {issue for issue, of in project.state.versions.items() if of}
    merged = {issue for issue, one in project.state.standings.items() if one and one.outcome == "merged"}
    for there, here in enumerate(keys_of(package)[0].tolist()):
        record = package.record(there)
        if record != base[here]:
            assert project.record(here) == record or (here, record) in waiting
    first = package.store.get("package")["rows"]
    judged = {
        one.issue for row in package.store.history_after(first, most=999) for one in row.step().decisions
    }
    for issue in judged:
        mine, stands = package.standing(issue), project.standing(issue)
        taken_back = mine == stood.get(issue, FLAGGED)
        # Who only looked left it in review, and another package may bring that.
        reviewed = mine.status == "in_review" and stands.verdict == mine.verdict
        assert (
            taken_back
            or reviewed
            or issue in open_ones | merged
            or (stands.status, stands.verdict) == (mine.status, mine.verdict)
        )
    for asked, said in package.state.opinions.items():
        known = {one.own.who for one in project.state.opinions[asked]}
        assert {one.own.who for one in said} <= known
    package.close()


def work_in(path, actor, acts, *, issue=None):
    package = Project.open(path, actor=actor)
    for what, place, by in acts:
        try:
            if issue is None or what in ("undo", "redo"):
                act(package, what, place, by)
            else:
                package.apply(adding(package, issue, what, by))
        except (Refused, IndexError):
            continue  # nothing to do there, and nothing changed
    package.close()


def adding(package, issue, what, by):
    """One thing that somebody does about a label that was missing in the third image."""
    made = [one.key for one in package.annotations_of(2) if one.key < 0]
    steps = {
        "accept": lambda: verbs.accept(package, issue),
        "add": lambda: editing.create(package, 2, 1, bbox=[122 + by, 22, 60, 55], issue=issue),
        "move": lambda: editing.set_box(package, made[-1], [122 + by, 22, 60, 55]),
        "delete": lambda: editing.delete(package, made[-1]),
        "dismiss": lambda: verbs.dismiss(package, issue, comment="no"),
    }
    return steps[what]()


def act(package, what, place, by):
    """One thing that somebody does at the place-th label, or the issue that waits there for their role."""
    if what in ("undo", "redo"):
        getattr(package, what)()
    elif what == "look":
        issue = looks.waiting(package)[place]
        key = int(package.issues.annotation[package.issues.row_of(issue)])
        record = package.record(key) if by else None
        package.apply(looks.take_look(package, issue, Judged("", "fixed", record)), op="answer")
    elif what == "take":
        issue = sorted(package.state.versions)[place]
        package.apply(verbs.take_version(package, issue, by % 2))
    elif package.actor.role == "annotator":
        steps = {
            "box": lambda: editing.set_box(package, place, [50 + by, 20, 20, 30]),
            "delete": lambda: editing.delete(package, place),
            "add": lambda: editing.create(package, by % 2, by, bbox=[5 + by, 60, 20, 30]),
            "class": lambda: editing.set_category(package, place, by),
            "dismiss": lambda: verbs.dismiss(package, sorted(package.state.standings)[place], comment="no"),
        }
        package.apply(steps[what]())
    else:
        wanted = ("in_review",) if package.actor.role == "reviewer" else QUEUES["expert"]
        standings = {one: stands for one, stands in package.state.standings.items() if stands is not None}
        issue = sorted(one for one, stands in standings.items() if stands.status in wanted)[place]
        key = next(iter(package.state.before(issue)))
        steps = {
            "approve": lambda: verbs.approve(package, issue),
            "reject": lambda: verbs.reject(package, issue, reason="Too loose"),
            "correct": lambda: editing.set_box(package, key, [60 + by, 20, 20, 30], issue=issue),
        }
        package.apply(steps[what]() if what in steps else verbs.decide(package, issue, what, comment="so"))
