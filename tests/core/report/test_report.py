"""The report: its numbers, and a page that needs nothing beside it and lets nothing slip in."""

import json
import shutil
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from builders.datasets import EXP, LEA, REV, faulty, issue_of, make_project
from labelmend.cli import main
from labelmend.find.run import run_find
from labelmend.project import editing, verbs
from labelmend.project.export import export
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.instructing import instruct
from labelmend.project.project import Project
from labelmend.project.sampling import draw_planned, draw_sample
from labelmend.report.evaluation import evaluate
from labelmend.report.fixes import choose
from labelmend.report.numbers import numbers
from labelmend.report.page import page
from labelmend.report.reliability import reliability, taught_reliability
from labelmend.report.sections.fixes import fixes, labels_mended
from labelmend.report.writing import pictures
from labelmend.review.instructions import ClassInstructions, Instructions
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor

VOID = ("meta", "rect", "line", "circle", "polyline", "img")


class Checked(HTMLParser):
    """Tags that open and close in order; the words between them."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.words = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def judged(tmp_path):
    """A project with one fix, one dismissal, one doubt, one rejected fix and one that an expert undid."""
    project = make_project(tmp_path, **faulty())
    for kind in ("location", "class", "spurious"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.apply(verbs.dismiss(project, issue_of(project, "missing")))
    project.apply(verbs.ambiguous(project, issue_of(project, "duplicate")))
    yield project
    project.close()


def needs_nothing(text):
    """The page, checked: sound, and nothing in it leads outside; its pictures are within it."""
    checked = Checked(text)
    for tag, attributes in checked.seen:
        for name, value in attributes.items():
            if (tag, name) == ("img", "src"):
                assert value.startswith("data:image/jpeg;base64,")
            else:
                assert not (value or "").startswith(("http", "//", "data:", "javascript"))
                assert not name.startswith("on")
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in checked.seen}
    assert "@import" not in text
    assert "url(" not in text
    return checked


def total(project):
    bands = [one for one in reliability(project) if one["kind"] == "all"]
    return {name: sum(one[name] for one in bands) for name in ("issues", "judged", "confirmed")}


def test_a_verdict_counts_until_it_is_doubted(judged):
    assert total(judged) == {"issues": len(judged.issues), "judged": 4, "confirmed": 3}
    judged.work_as(LEA)
    judged.apply(draw_sample(judged, Rates(1), seed=1), op="draw")
    judged.work_as(REV)
    assert total(judged)["judged"] == 4
    issue = issue_of(judged, "class")
    judged.apply(verbs.reject(judged, issue, reason="It is a cat."))
    assert total(judged)["judged"] == 3
    judged.work_as(EXP)
    judged.apply(verbs.decide(judged, issue, "original stands"))
    assert total(judged) == {"issues": len(judged.issues), "judged": 4, "confirmed": 2}


def test_bands_hold_every_issue_once(judged):
    bands = reliability(judged)
    for kinds in (["all"], [one["kind"] for one in bands if one["kind"] != "all"]):
        own = [one for one in bands if one["kind"] in kinds]
        assert sum(one["issues"] for one in own) == len(judged.issues)
        assert sum(one["expected"] for one in own) == pytest.approx(judged.issues.score.sum())
    for one in bands:
        mean = one["expected"] / one["issues"]
        assert one["low"] - 1e-9 <= mean <= one["high"] + 1e-9
        if one["judged"]:
            low, high = one["interval"]
            assert 0 <= low <= one["share"] <= high <= 1


def test_scores_that_verdicts_teach_are_held_against_the_verdicts(judged):
    bands = taught_reliability(judged)
    for kinds in (["all"], [one["kind"] for one in bands if one["kind"] != "all"]):
        own = [one for one in bands if one["kind"] in kinds]
        # Of the four that were judged one is a fault of a record, which teaches no score.
        assert sum(one["judged"] for one in own) == sum(one["issues"] for one in own) == 3
        assert sum(one["confirmed"] for one in own) == 2


def test_what_a_person_noted_is_not_the_finders(tmp_path):
    project = make_project(tmp_path, **faulty())
    before = total(project)
    project.apply(editing.create(project, 0, 0, bbox=[285, 205, 30, 30]))  # notes an issue of its own
    assert len(project.state.notes) == 1
    assert total(project) == before
    project.close()


def test_the_changes_are_those_of_an_export(judged, tmp_path):
    judged.apply(editing.create(judged, 3, 2, bbox=[1, 1, 20, 20]))
    told = numbers(judged)["changes"]
    certificate = export(judged, tmp_path / "out.json")
    assert [told[name] for name in ("changed", "added", "deleted", "held_back")] == [
        certificate.changed,
        certificate.added,
        certificate.deleted,
        certificate.held_back,
    ]
    out = json.loads((tmp_path / "out.json").read_text())["annotations"]
    for one in told["classes"]:
        wanted = ["cat", "dog", "bird"].index(one["category"]) + 1
        assert one["after"] == sum(record["category_id"] == wanted for record in out)
        assert one["before"] != one["after"]


def test_the_page_says_the_numbers_and_needs_nothing_else(judged):
    told = numbers(judged, evaluated=evaluate(judged))
    chosen = choose(judged)
    text = page(told, pictures=pictures(judged, chosen))
    checked = needs_nothing(text)
    shown = [attributes["src"] for tag, attributes in checked.seen if tag == "img"]
    assert len(shown) == 2 * len(chosen.worst + chosen.typical) > 6
    words = "\n".join(checked.words)
    assert told["imported"]["annotations"]["sha256"] in words
    assert f"{told['evaluation']['evaluated'][0]['before']['AP']:.4f}" in words
    for sentence in ("scores hold?", "Nothing was exported yet.", "No sample was drawn"):
        assert sentence in words
    assert [tag for tag, _ in checked.seen].count("svg") >= 1


def test_why_fixes_and_mended_labels_differ_is_said(judged):
    told = numbers(judged)
    mended = labels_mended(told["changes"])
    words = "\n".join(fixes(told, {}))
    assert ("An export now would mend" in words) == (mended != told["fixes"]["number"])
    told["changes"]["held_back"] = 5
    told["fixes"]["number"] = mended + 2
    words = "\n".join(fixes(told, {}))
    assert f"An export now would mend {mended} labels: one fix may change several" in words
    assert "held back (5) keep their original" in words


def test_names_from_files_cannot_become_markup(tmp_path):
    data = faulty()
    project = make_project(tmp_path, **data)
    project.categories.name[0] = "<script>alert('x')</script>&\"cat"
    for key in range(5):
        project.apply(editing.delete(project, key))
    told = numbers(project, evaluated=evaluate(project))
    told["project"] = told["imported"]["annotations"]["file"] = "<img src=x onerror=alert(1)>.json"
    text = page(told, pictures=pictures(project, choose(project)))
    needs_nothing(text)
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;" in text
    project.close()


def test_the_command_writes_a_page_or_json(tmp_path, capsys):
    make_project(tmp_path, **faulty()).close()
    path, out = str(tmp_path / "test.labelmend"), tmp_path / "report.html"
    assert main(["report", path, "--out", str(out)]) == 0
    first = out.read_text(encoding="utf-8")
    assert first.startswith("<!doctype html>")
    assert "Nothing was judged yet." in first
    assert main(["report", path, "--out", str(out)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main(["report", path, "--out", path, "--overwrite"]) == 1
    assert "is what is read here" in capsys.readouterr().err
    other = tmp_path / "other.labelmend"
    shutil.copy(path, other)
    assert main(["report", path, "--out", str(other), "--overwrite"]) == 1
    assert "is a project or another database" in capsys.readouterr().err
    assert other.read_bytes() == Path(path).read_bytes()
    assert main(["report", path, "--out", str(out), "--format", "json", "--evaluate", "--overwrite"]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))
    assert told["imported"]["detections"][0]["file"] == "detections.json"
    assert len(told["evaluation"]["evaluated"][0]["after"]) == 12
    assert sum(one["issues"] for one in told["kinds"]) == sum(
        one["issues"] for one in told["reliability"] if one["kind"] == "all"
    )


def test_a_project_without_detections_has_a_report(tmp_path):
    project = make_project(tmp_path, detections_given=False, **faulty())
    told = numbers(project)
    assert told["imported"]["detections"] == []
    assert told["checkup"]["sentences"] == []
    assert np.isfinite([one["expected"] for one in told["kinds"]]).all()
    Checked(page(told))
    project.close()


def test_the_work_is_told_by_queue_kind_class_and_person(judged):
    told = numbers(judged)["course"]
    assert [(one["name"], one["role"], one["done"]) for one in told["people"]] == [("Ann", "annotator", 4)]
    assert {one["name"] for one in told["queues"]} == {"fix", "review", "expert"}
    assert told["course"]["judged"]["fix"][-1] == 5
    words = "\n".join(Checked(page(numbers(judged))).words)
    for title in (
        "By queue",
        "By kind",
        "By class",
        "By person",
        "nobody can tell how many labels are wrong",
    ):
        assert title in words


def test_reasons_and_error_rates_are_on_the_page(judged):
    judged.work_as(LEA)
    judged.apply(draw_sample(judged, Rates(1), seed=1), op="draw")
    judged.work_as(REV)
    judged.apply(verbs.reject(judged, issue_of(judged, "class"), reason="It <i>is</i> a cat."))
    judged.apply(verbs.approve(judged, issue_of(judged, "location")))
    text = page(numbers(judged))
    needs_nothing(text)
    assert "It &lt;i&gt;is&lt;/i&gt; a cat." in text
    assert "Of what was fixed or dismissed" in text
    assert "1 of 2: " in text


EVIL = "<script>alert('x')</script>\"'&"


def test_whatever_people_and_files_say_is_only_text(tmp_path):
    """Names of classes, files and people, comments, reasons, instructions: all of them try to be markup."""
    data = faulty()
    make_project(tmp_path, find=False, **data).close()
    file = json.loads((tmp_path / "annotations.json").read_text())
    for one in file["categories"]:
        one["name"] = f"{one['name']} {EVIL}"
    for one in file["images"][:6]:
        one["file_name"] = f"{EVIL}/no{one['file_name']}"
    (tmp_path / "annotations.json").write_text(json.dumps(file))
    (tmp_path / "test.labelmend").unlink()
    path = tmp_path / f"{len(EVIL)}.labelmend"
    Project.create(
        path,
        annotations=tmp_path / "annotations.json",
        images=tmp_path / "pictures",
        detections=tmp_path / "detections.json",
    )
    project = Project.open(path, actor=Actor(f"Ann {EVIL}", "annotator"))
    store_found(project, run_find(find_inputs(project)))
    for kind in ("location", "class", "spurious", "missing"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.apply(verbs.ambiguous(project, issue_of(project, "duplicate"), comment=EVIL))
    project.work_as(Actor(f"Lea {EVIL}", "lead"))
    project.apply(instruct(project, Instructions(EVIL, EVIL, (ClassInstructions(EVIL, EVIL, EVIL, EVIL),))))
    project.apply(draw_planned(project, limit=0.3, sure=0.6, seed=1), op="draw")
    project.work_as(Actor(f"Rev {EVIL}", "reviewer"))
    for issue in project.issues.id[project.issues.rows_in("review")].tolist():
        project.apply(verbs.reject(project, issue, reason=EVIL))
    export(project, tmp_path / "out.json")
    chosen = choose(project)
    text = page(numbers(project, chosen=chosen), pictures=pictures(project, chosen))
    project.close()
    needs_nothing(text)
    assert "<script" not in text
    for words in (f"cat {EVIL}", f"Ann {EVIL}", f"Rev {EVIL}", f"{EVIL}/no001.png"):
        assert escape(words) in text
    assert "is missing" in text


def test_the_same_project_has_the_same_page(judged):
    first, second = (
        page(numbers(judged) | {"written": ""}, pictures=pictures(judged, choose(judged))) for _ in range(2)
    )
    assert first == second


def test_what_waits_for_review_is_said_once(judged):
    judged.work_as(LEA)
    judged.apply(draw_sample(judged, Rates(1), seed=1), op="draw")
    told = numbers(judged)
    assert {one["state"] for one in told["fixes"]["worst"]} == {"in_review"}
    shown = " ".join(fixes(told, {}))
    assert shown.count("in review") == len(told["fixes"]["worst"] + told["fixes"]["typical"])
    assert "by Ann <" in shown
