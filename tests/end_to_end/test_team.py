"""A team without a server, through the window and the command line: from instructions to the report.

A lead writes instructions and rules, two annotators work on packages of the sample, which are merged with one
conflict; a reviewer rejects, an expert decides; of the acceptance plans one passes and one fails.
"""

import csv
import hashlib
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.checks import check_loads
from builders.datasets import EXP, LEA, REV
from labelmend.cli import main
from labelmend.project.choosing import Shareable
from labelmend.project.sampling import batches
from labelmend.review.policy import Policy, Reason
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor
from labelmend_desktop.dialogs import ExportChoice
from labelmend_desktop.instructions.window import InstructionsWindow
from labelmend_desktop.report_dialog import ReportChoice
from labelmend_desktop.sample_dialog import SampleChoice

K = Qt.Key
ANN, BEN = Actor("Ann Lee", "annotator"), Actor("Ben Okafor", "annotator")
EACH = 12
"""Images of a package; one image is in both."""


@pytest.fixture
def lead(user):
    """The lead, before the sample with its issues found."""
    user.choose("open_sample")
    user.wait(lambda: len(user.project.issues) > 0 and not user.window.tasks.busy)
    user.work_as(LEA)
    user.look()
    return user


def write_instructions(user):
    """The lead writes what a coin is, and what a reviewer rejects for."""
    user.press(K.Key_I, modifier=Qt.KeyboardModifier.ControlModifier)
    window = user.window.findChild(InstructionsWindow)
    window.list.setCurrentItem(window.list.findItems("coin", Qt.MatchFlag.MatchStartsWith)[0])
    field = window.findChild(object, "instructions_definition")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "Money, <round> & flat.")
    save = window.findChild(object, "save_instructions")
    user.wait(save.isEnabled)
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    window.close()
    user.answers.given["policy"] = Policy((Reason("Wrong class", "W"), Reason("Too loose", "L")))
    user.choose("review_rules")


def label_in_both(project):
    """The id of a label that looks wrongly classed, its image, and how many images go to the first package so
    that it holds that one too."""
    table, order = project.issues, Shareable(project).choose("fix").tolist()
    for place in range(EACH - 4, EACH + 4):
        for row in range(len(table)):
            if int(table.image[row]) == order[place] and table.kind_of(row) == "class":
                name = project.images.file_name[order[place]]
                return project.id_of(int(table.annotation[row])), name, place + 1
    raise AssertionError("no image in the middle has a doubtful class")


def share(project, folder, first):
    """Two packages by the command line; the last image of the first is the first of the second."""
    paths = [folder / f"{name}.labelmend" for name in ("ann", "ben")]
    parts = (["--images", str(first)], ["--images", str(EACH), "--skip", str(first - 1)])
    for path, part in zip(paths, parts, strict=True):
        assert main(["share", str(project), "--to", str(path), "--queue", "fix", *part]) == 0
    return paths


def judge(user, number, name, *, leave=""):
    """An annotator goes down the list: accepts, dismisses every fourth, gives one label a class. Of the image
    `leave` no other label is judged. How many were."""
    user.look()
    judged, seen = 0, set()
    while user.window.session.issue is not None and user.issue not in seen:
        issue, suspect = user.issue, user.suspect()
        seen.add(issue)
        row = user.project.issues.row_of(issue)
        if suspect is not None and suspect.id == number and user.kind == "class":
            user.choose_class(name)
            user.press(K.Key_Return)
        elif user.project.images.file_name[user.project.issues.image[row]] == leave:
            user.press(K.Key_N)
            continue
        else:
            user.press(K.Key_X if judged % 4 == 3 else K.Key_Return)
            if user.state(issue) == "flagged":  # there was nothing to accept
                user.press(K.Key_X)
        assert user.state(issue) in ("fixed", "dismissed")
        judged += 1
    return judged


def review(user, failing):
    """The reviewer rejects all fixes of one class for the reason of the list, and approves the others."""
    drawn = user.project.state.planned
    wrong = set(next(one.drawn for one in drawn.strata if one.title == f"class {failing}"))
    for _ in drawn.drawn:
        issue = user.issue
        assert user.state(issue) == "in_review"
        user.press(*((K.Key_X, K.Key_W) if issue in wrong else (K.Key_Return,)))
        assert user.state(issue) == ("rejected" if issue in wrong else "approved")
    return wrong


def decide(user):
    """The expert takes Ann's version of the label that two changed, and puts back what was rejected; a label
    that was changed again under another issue cannot be put back, and stays as it is. Which were put back."""
    (conflict,) = user.project.state.versions
    put_back = []
    for _ in user.project.issues.rows_in("expert"):
        issue = user.issue
        if issue == conflict:
            assert [card.who.text() for card in user.window.versions.cards][1:] == [ANN.name, BEN.name]
            user.press(K.Key_1)
            assert user.state(issue) == "decided"
            continue
        user.press(K.Key_X)
        if user.state(issue) == "decided":
            put_back.append(issue)
        else:
            assert "changed again under another issue" in user.window.error_bar.text.text()
            user.press(K.Key_Return)
            assert user.state(issue) == "decided"
    return conflict, put_back


def tables(folder):
    out = {}
    for path in folder.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            out[path.stem] = list(csv.DictReader(file, strict=True))
    return out


def test_a_team_from_the_instructions_to_the_report(lead, open_user, tmp_path, capsys):
    write_instructions(lead)
    path, source = lead.project.path, lead.project.path.parent / "annotations.json"
    number, both, first = label_in_both(lead.project)
    names = lead.project.categories.name
    lead.window.close()

    packages = share(path, tmp_path, first)
    for package, actor, name, leave in zip(packages, (ANN, BEN), ("coin", "nut"), ("", both), strict=True):
        user = open_user(package, actor=actor)
        assert judge(user, number, name, leave=leave) > 8
        user.window.close()
    capsys.readouterr()
    assert main(["merge", str(path), *map(str, packages)]) == 0
    assert "no conflict.\nben.labelmend: " in capsys.readouterr().out

    user = open_user(path, actor=LEA)
    assert len(user.project.state.versions) == 1
    user.answers.given["sample"] = SampleChoice(Rates(1.0), 7, plan=(0.3, 0.6))
    user.choose("draw_sample")
    sizes = sorted((batch.plan.size, batch.category) for batch in batches(user.project))
    (_, passing), (_, failing) = sizes[-2:]
    user.work_as(REV)
    rejected = review(user, failing)
    user.work_as(EXP)
    conflict, put_back = decide(user)
    assert len(put_back) > 1
    assert set(put_back) <= rejected
    out = tmp_path / "corrected.json"
    user.export(out, ExportChoice(out, every_fix=False))
    page = tmp_path / "report.html"
    user.answers.given["write_report"] = ReportChoice(page, tables=True)
    user.choose("write_report")

    check_export(user.project, out, source, number, put_back)
    results = {one["of"]: one["sentence"] for one in tables(tmp_path / "report-tables")["results"]}
    assert results[failing].startswith(f"{failing}: not accepted")
    assert results[passing].startswith(f"{passing}: accepted")
    check_report(page.read_text(encoding="utf-8"), out, names)
    check_tables(tables(tmp_path / "report-tables"), user.project, conflict, put_back)
    user.window.close()
    assert main(["history", str(path)]) == 0
    assert "The history is whole" in capsys.readouterr().out


def check_export(project, out, source, number, put_back):
    """Ann's version went out; what was rejected and put back has the bytes it had."""
    check_loads(out)
    after = {one["id"]: one for one in json.loads(out.read_bytes())["annotations"]}
    before = {one["id"]: one for one in json.loads(source.read_bytes())["annotations"]}
    names = {one["id"]: one["name"] for one in json.loads(source.read_bytes())["categories"]}
    assert names[after[number]["category_id"]] == "coin"
    assert names[before[number]["category_id"]] != "coin"
    table = project.issues
    for issue in put_back:
        key = int(table.annotation[table.row_of(issue)])
        if key >= 0:
            assert after[project.id_of(key)] == before[project.id_of(key)]


def check_report(text, out, names):
    """The page tells who, what, why, and what proves it."""
    for words in (ANN.name, BEN.name, REV.name, EXP.name, LEA.name, "Wrong class", "Accepted means"):
        assert words in text
    assert "Money, &lt;round&gt; &amp; flat." in text
    assert hashlib.sha256(out.read_bytes()).hexdigest() in text
    assert '<span class="state danger">not accepted</span>' in text
    assert '<span class="state ok">accepted</span>' in text
    assert "is whole" in text
    assert text.count("<img") >= 8
    assert all(name in text for name in names)


def check_tables(told, project, conflict, put_back):
    """Every issue with who judged it; the packages, the draw and the export are rows of the history."""
    issues = {int(one["issue"]): one for one in told["issues"]}
    assert issues[conflict]["state"] == "decided"
    assert issues[conflict]["authors"] == f"{ANN.name}, {BEN.name}"
    for issue in put_back:
        one = issues[issue]
        assert (one["reviewer"], one["rejected_because"], one["outcome"]) == (
            REV.name,
            "Wrong class",
            "original stands",
        )
    assert {one["annotator"] for one in told["issues"]} >= {ANN.name, BEN.name}
    assert [one["op"] for one in told["history"]].count("export") == 3  # two packages and the file
    assert told["draws"][0]["what"] == "plans"
    assert {one["person"] for one in told["people"]} == {ANN.name, BEN.name, REV.name, EXP.name}
    assert len(told["history"]) == project.last_row.seq
