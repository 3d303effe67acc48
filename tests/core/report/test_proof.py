"""What an auditor finds in a report: every draw and its result, certificates, the chain's head, versions."""

import hashlib
import sqlite3

import pytest

from builders.datasets import EXP, LEA, REV, faulty, issue_of, make_project
from builders.sheets import answered
from labelmend.project import verbs
from labelmend.project.audit import draw_audit
from labelmend.project.export import export
from labelmend.project.finding import add_detections
from labelmend.project.instructing import add_reference, instruct
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.project.references import cut_of, made_of_label
from labelmend.project.sampling import draw_planned, draw_rest, draw_sample
from labelmend.project.trials import start_trial, take_answer, trial_of
from labelmend.report.fixes import choose
from labelmend.report.numbers import numbers
from labelmend.report.page import page
from labelmend.report.tables import tables
from labelmend.report.writing import pictures
from labelmend.review.instructions import ClassInstructions, Instructions
from labelmend.review.policy import Policy, Reason
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor


@pytest.fixture
def judged(tmp_path):
    """Three fixes and a dismissal, as Ann left them."""
    project = make_project(tmp_path, **faulty())
    for kind in ("location", "class", "spurious"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.apply(verbs.dismiss(project, issue_of(project, "missing")))
    yield project
    project.close()


LEAD = INSTRUCTOR = LEA
"""Who draws samples, and who changes the instructions."""


def test_a_draw_is_told_with_all_that_it_takes_to_draw_again(judged):
    judged.work_as(LEAD)
    rates = Rates(0.5, changes={"deleted": 1.0})
    judged.apply(draw_sample(judged, rates, seed=5), op="draw")
    (told,) = numbers(judged)["draws"]
    assert (told["what"], told["seed"], told["frame"], told["by"]) == ("rates", 5, 4, LEAD.name)
    assert told["rates"] == {"every": 0.5, "changes": {"deleted": 1.0}}
    sizes = {one["title"]: (one["rate"], one["frame"], one["drawn"], one["open"]) for one in told["strata"]}
    assert sizes == {"all labels": (0.5, 3, 2, 2), "change deleted": (1.0, 1, 1, 1)}


def test_a_draw_tells_how_it_fared(judged):
    judged.work_as(LEAD)
    judged.apply(draw_sample(judged, Rates(1), seed=5), op="draw")
    judged.work_as(REV)
    judged.apply(verbs.approve(judged, issue_of(judged, "location")))
    for kind in ("class", "spurious"):
        judged.apply(verbs.reject(judged, issue_of(judged, kind), reason="It was right."))
    judged.work_as(EXP)
    judged.apply(verbs.decide(judged, issue_of(judged, "class"), "fix stands"))
    ((one,),) = [draw["strata"] for draw in numbers(judged)["draws"]]
    assert (one["drawn"], one["right"], one["wrong"], one["open"]) == (4, 2, 1, 1)


def test_plans_their_rest_and_audits_tell_what_they_say(judged):
    judged.work_as(LEAD)
    judged.apply(draw_planned(judged, limit=0.3, sure=0.6, seed=5), op="draw")
    judged.work_as(REV)
    for issue in judged.issues.id[judged.issues.rows_in("review")].tolist():
        judged.apply(verbs.reject(judged, issue, reason="No."))
    judged.work_as(LEAD)
    judged.apply(draw_audit(judged, 5, seed=6))
    told = numbers(judged)
    plans, audit = told["draws"]
    assert plans["what"] == "plans"
    assert all(one["refused"] and "not accepted" in one["sentence"] for one in plans["results"])
    assert (audit["what"], audit["seed"], audit["drawn"], audit["frame"]) == (
        "audit",
        6,
        5,
        audit["strata"][0]["frame"],
    )
    text = page(told)
    assert '<span class="state danger">not accepted</span>' in text
    assert "5 still to review" in text
    judged.undo()
    audit = numbers(judged)["draws"][1]
    assert (audit["strata"], audit["results"]) == ([], [])
    assert "It was taken back." in page(numbers(judged))


def test_the_rest_is_a_draw_of_its_own(judged):
    for kind in ("duplicate", "structure"):
        judged.apply(verbs.dismiss(judged, issue_of(judged, kind)))
    judged.work_as(LEAD)
    judged.apply(draw_planned(judged, limit=0.6, sure=0.5, seed=5), op="draw")
    judged.work_as(REV)
    for issue in judged.issues.id[judged.issues.rows_in("review")].tolist():
        judged.apply(verbs.reject(judged, issue, reason="No."))
    judged.work_as(LEAD)
    judged.apply(draw_rest(judged), op="draw")
    assert [draw["what"] for draw in numbers(judged)["draws"]] == ["plans", "rest"]


def test_an_export_is_told_with_hashes_that_are_the_files(judged, tmp_path):
    certificate = export(judged, tmp_path / "out.json")
    told = numbers(judged)
    (one,) = told["exports"]
    assert one["sha256_export"] == hashlib.sha256((tmp_path / "out.json").read_bytes()).hexdigest()
    assert one["sha256_source"] == hashlib.sha256((tmp_path / "annotations.json").read_bytes()).hexdigest()
    assert (one["changed"], one["added"], one["deleted"]) == (2, 0, 1)
    assert (one["held_back"], one["states"]) == (0, certificate.states)
    text = page(told)
    assert one["sha256_export"] in text
    assert f"{certificate.identical} of {certificate.annotations_before} identical to the byte" in text


def test_new_detections_have_a_hash_and_are_no_export(judged, tmp_path):
    add_detections(judged, [tmp_path / "detections.json"])
    export(judged, tmp_path / "out.json")
    assert [one["file"] for one in numbers(judged)["exports"]] == ["out.json"]


def test_the_head_of_the_chain_is_the_last_row(judged):
    told = numbers(judged)["history"]
    last = judged.store.history()[-1]
    assert told["head"] == {"row": last.seq, "at": last.at, "sha256": last.hash.hex()}
    assert told["rows"] == last.seq
    assert told["whole"]
    assert [one["op"] for one in told["events"]] == ["import", "find"]


def test_an_altered_history_is_said_first(judged, tmp_path):
    path = judged.path
    judged.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER history_keeps")
        connection.execute("UPDATE history SET actor = 'Eve' WHERE seq = 3")
    connection.close()
    altered = Project.open_to_read(path)
    text = page(numbers(altered))
    altered.close()
    head = text[: text.index("<nav>")]
    assert "<p class=alarm>The history of test.labelmend was altered outside Labelmend: row 3" in head
    assert "and is whole" not in text


def test_the_instructions_and_all_their_versions(judged):
    cat = ClassInstructions("cat", definition="A cat, <b>whole</b>.")
    first = Instructions("Pets", "Every pet.", (cat, ClassInstructions("bird")))
    judged.work_as(INSTRUCTOR)
    judged.apply(instruct(judged, first))
    judged.apply(
        instruct(judged, Instructions("Pets", "Every pet.", (ClassInstructions("dog", include="Puppies"),)))
    )
    judged.undo()
    told = numbers(judged)["instructions"]
    assert told["in_force"]["classes"][0]["definition"] == "A cat, <b>whole</b>."
    assert [(one["classes"], one["undone"]) for one in told["versions"]] == [
        (["cat"], False),
        (["dog", "cat"], False),
        (["cat", "dog"], True),
    ]
    assert [one["general"] for one in told["versions"]] == [True, False, False]
    text = page(numbers(judged))
    assert "A cat, &lt;b&gt;whole&lt;/b&gt;." in text
    assert "taken back: cat, dog" in text
    assert "Nothing is said of bird." in text


def test_the_pictures_of_the_instructions_and_the_rules_of_review(judged):
    judged.work_as(LEAD)
    for key, good in ((6, True), (9, False)):
        made = made_of_label(cut_of(judged, judged.annotation(key)))
        add_reference(judged, 0, made, good=good, caption=f"<i>label {key}</i>")
    rules = Policy((Reason("Too <b>loose</b>", "L"),), second=0.25)
    judged.apply(change_policy(judged, rules))
    chosen = choose(judged)
    text = page(numbers(judged, chosen=chosen), pictures=pictures(judged, chosen))
    assert "Like this: &lt;i&gt;label 6&lt;/i&gt;</figcaption>" in text
    assert "Not like this: &lt;i&gt;label 9&lt;/i&gt;</figcaption>" in text
    assert text.count("<img") == 2 * len(chosen.worst + chosen.typical) + 2
    assert "A second person reviews 25 % of the reviewed labels again" in text
    assert "<li>Too &lt;b&gt;loose&lt;/b&gt;</li>" in text
    assert "change the rules of review: reasons, second review 25 %" in text
    judged.undo()
    assert "taken back: change the rules of review" in page(numbers(judged))


def test_a_trial_tells_which_instruction_is_misunderstood(judged):
    judged.work_as(LEAD)
    judged.apply(draw_sample(judged, Rates(1), seed=5), op="draw")
    judged.work_as(REV)
    for kind in ("location", "class", "spurious"):
        judged.apply(verbs.approve(judged, issue_of(judged, kind)))
    judged.work_as(LEAD)
    judged.apply(start_trial(judged, seed=7), op="draw")
    trial = trial_of(judged)
    judged.work_as(Actor("Bea", "annotator"))
    issue = issue_of(judged, "class")
    own = answered(judged, issue, lambda there, note: verbs.dismiss(there, note), who="Bea")
    judged.apply(take_answer(judged, trial, issue, own), op="answer")
    (told,) = numbers(judged)["trials"]
    assert (told["labels"], told["seed"]) == (3, 7)
    assert told["people"] == [{"name": "Bea", "answered": 1, "right": 0}]
    (one,) = told["misunderstood"]
    assert (one["class"], one["kind"], one["asked"], one["right"]) == ("dog", "class", 1, 0)
    rows = {one.name: [list(row) for row in one.rows] for one in tables(judged, numbers(judged))}
    assert rows["trials"] == [[1, 7, "Bea", 1, 0]]
    assert rows["misunderstood"] == [[1, "dog", "class", 1, 0, "left as it was; it is to be changed", 1]]
    text = page(numbers(judged))
    assert "Trial 1 of the instructions" in text
    assert "3 labels with known answers, drawn with the seed 7" in text


def test_second_reviews_and_blind_looks_are_told_with_their_draw(judged):
    judged.work_as(LEAD)
    judged.apply(change_policy(judged, Policy(second=1.0, blind=0.5)))
    judged.apply(draw_sample(judged, Rates(0.5), seed=5), op="draw")
    (draw,) = numbers(judged)["draws"]
    assert [(one["title"], one["rate"], one["drawn"]) for one in draw["again"]] == [
        ("second review", 1.0, 2),
        ("blind second look", 0.5, 2),
    ]
    assert "For a second review: 2 of 2, drawn by the same seed." in page(numbers(judged))
