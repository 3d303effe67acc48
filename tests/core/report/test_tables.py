"""The report's tables as CSV: nothing is left out, nothing computes, nothing is half written."""

import csv
import json

import numpy as np
import pytest

from builders.datasets import EXP, LEA, REV, faulty, issue_of, make_project
from labelmend.cli import main
from labelmend.errors import Cancelled, Refused
from labelmend.project import verbs
from labelmend.project.audit import draw_audit
from labelmend.project.issue_table import GONE
from labelmend.project.sampling import draw_sample
from labelmend.report.csv_files import cell, write_tables
from labelmend.report.tables import Table
from labelmend.report.writing import Wanted, write_report
from labelmend.review.sampling import Rates, draw


@pytest.fixture
def reviewed(tmp_path):
    """Two fixes; both drawn; one approved, one rejected and put back; an audit of three."""
    project = make_project(tmp_path, **faulty())
    for kind in ("location", "class"):
        project.apply(verbs.accept(project, issue_of(project, kind)))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1), seed=3), op="draw")
    project.apply(draw_audit(project, 3, seed=4))
    project.work_as(REV)
    project.apply(verbs.approve(project, issue_of(project, "location")))
    project.apply(verbs.reject(project, issue_of(project, "class"), reason='=HYPERLINK("x"), "really"\nno'))
    project.work_as(EXP)
    project.apply(verbs.decide(project, issue_of(project, "class"), "original stands", comment="-1"))
    yield project
    project.close()


def written(project, tmp_path):
    """The tables of a project: rows as dictionaries, by name."""
    folder = tmp_path / "tables"
    write_report(project, Wanted(None, folder))
    out = {}
    for path in folder.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            out[path.stem] = list(csv.DictReader(file, strict=True))
    return out


def test_every_issue_and_every_row_of_the_history_is_there(reviewed, tmp_path):
    told = written(reviewed, tmp_path)
    table = reviewed.issues
    assert len(told["issues"]) == int((table.status != GONE).sum())
    assert [int(one["issue"]) for one in told["issues"]] == table.id[table.status != GONE].tolist()
    history = reviewed.store.history()
    assert [one["sha256"] for one in told["history"]] == [row.hash.hex() for row in history]
    assert [one["title"] for one in told["history"]] == [row.title for row in history]
    accepted = next(one for one in told["history"] if one["title"] == "accept the suggestion")
    assert [accepted[name] for name in ("images", "file", "annotation_id", "class")] == [
        "1", "001.png", "1", "cat",
    ]  # fmt: skip


def test_an_issue_tells_people_times_and_reasons(reviewed, tmp_path):
    told = {one["issue"]: one for one in written(reviewed, tmp_path)["issues"]}
    one = told[str(issue_of(reviewed, "class"))]
    assert (one["state"], one["verdict"], one["annotator"], one["reviewer"]) == (
        "decided", "accepted", "Ann", "Rev",
    )  # fmt: skip
    assert (one["expert"], one["outcome"], one["expert_comment"]) == ("Exp", "original stands", "'-1")
    assert one["rejected_because"] == '\'=HYPERLINK("x"), "really"\nno'
    assert one["judged_at"] <= one["reviewed_at"] <= one["decided_at"]
    assert one["judged_at"] >= "20"


def test_a_change_is_told_in_numbers(reviewed, tmp_path):
    (one,) = written(reviewed, tmp_path)["changes"]  # the other was put back
    before = reviewed.read_annotation(0, reviewed.original(0)).bbox
    now = reviewed.annotation(0).bbox
    assert [float(one[f"{side}_before"]) for side in ("x", "y", "width", "height")] == before.tolist()
    assert [float(one[f"{side}_now"]) for side in ("x", "y", "width", "height")] == pytest.approx(
        now, abs=1e-3
    )
    assert (one["change"], one["class_before"], one["class_now"]) == ("shape", "cat", "cat")


def test_a_sample_can_be_drawn_again_from_the_tables(reviewed, tmp_path):
    told = written(reviewed, tmp_path)
    first = told["draws"][0]
    frame = [one for one in told["drawn"] if one["draw"] == first["draw"]]
    ids = np.array([int(one["issue"]) for one in frame])
    again = draw(ids, rate=float(first["rate"]), seed=int(first["seed"]))
    assert again.tolist() == sorted(int(one["issue"]) for one in frame if one["drawn"] == "1")
    assert [one["what"] for one in told["draws"]] == ["rates", "audit"]
    assert len([one for one in told["drawn"] if one["draw"] == "2"]) == 3


def test_the_other_tables_say_what_the_numbers_say(reviewed, tmp_path):
    told = written(reviewed, tmp_path)
    write_report(reviewed, Wanted(tmp_path / "report.json", form="json"))
    numbers = json.loads((tmp_path / "report.json").read_text())
    assert [one["class"] for one in told["classes"]] == ["cat", "dog", "bird"]
    assert sum(int(one["labels_before"]) for one in told["classes"]) == len(reviewed.dataset.annotations)
    assert [one["person"] for one in told["people"]] == [one["name"] for one in numbers["course"]["people"]]
    assert len(told["reliability"]) == len(numbers["reliability"])
    assert told["agreement"][0]["how"] == "review"
    assert told["error_rates"][0]["wrong"] == "1"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\uff1d1", "\n=1"])
def test_a_text_that_a_spreadsheet_would_compute_is_marked(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1, -0.5, 0, None, "", "cat", "a=b", "1-1"])
def test_all_else_is_left_as_it_is(value):
    assert cell(value) == value


def test_names_of_the_file_cannot_compute(tmp_path):
    project = make_project(tmp_path, **faulty())
    path = project.path
    text = (tmp_path / "annotations.json").read_text().replace('"cat"', "\"=cmd|' /C calc'!A0\"")
    project.close()
    path.unlink()
    (tmp_path / "annotations.json").write_text(text)
    files = {"annotations": "annotations.json", "images": "pictures", "detections": "detections.json"}
    given = [part for name, file in files.items() for part in (f"--{name}", str(tmp_path / file))]
    assert main(["new", str(path), *given]) == 0
    assert main(["find", str(path)]) == 0
    assert main(["report", str(path), "--csv", str(tmp_path / "tables")]) == 0
    for table in (tmp_path / "tables").iterdir():
        with table.open(newline="") as file:
            cells = [one for row in csv.reader(file, strict=True) for one in row]
        assert not [one for one in cells if one.startswith("=")]
    assert "'=cmd|" in (tmp_path / "tables" / "classes.csv").read_text()


def test_lines_end_and_quotes_double_as_the_standard_says(tmp_path):
    write_tables([Table("t", ("a", "b"), [('say "so"', "two\nlines"), (1, None)])], tmp_path / "out")
    assert (tmp_path / "out" / "t.csv").read_bytes() == b'a,b\r\n"say ""so""","two\nlines"\r\n1,\r\n'


def test_numbers_are_written_with_the_digits_that_tell_them_apart(tmp_path):
    numbers = [0.0, -0.5, 0.1 + 0.2, 1e-05, 1e-4, 123456789.5, 1e16, float("nan")]
    rows = [(one, 2**60 + n, one if n % 2 else n) for n, one in enumerate(numbers)]
    write_tables([Table("t", ("a", "b", "c"), rows)], tmp_path / "out")
    with (tmp_path / "out" / "t.csv").open(newline="") as file:
        assert list(csv.reader(file))[1:] == [[str(one) for one in row] for row in rows]


def test_nothing_is_replaced_unless_that_is_said(reviewed, tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    write_report(reviewed, Wanted(None, folder))
    before = (folder / "issues.csv").read_bytes()
    with pytest.raises(Refused, match="holds CSV files already"):
        write_report(reviewed, Wanted(None, folder))
    write_report(reviewed, Wanted(None, folder), overwrite=True)
    assert (folder / "issues.csv").read_bytes() == before
    assert (folder / "notes.txt").read_text() == "mine"
    (tmp_path / "a file").write_text("")
    with pytest.raises(Refused, match="is a file"):
        write_report(reviewed, Wanted(None, tmp_path / "a file"))
    with pytest.raises(Refused, match="is not there"):
        write_report(reviewed, Wanted(None, tmp_path / "no" / "where"))


def test_cancelled_at_any_moment_nothing_is_left(reviewed, tmp_path):
    said = []
    out, folder = tmp_path / "report.html", tmp_path / "tables"
    wanted = Wanted(out, folder, evaluated=True)
    write_report(reviewed, wanted, progress=lambda done, total: said.append(done / total))
    assert said == sorted(said)
    assert said[-1] == 1
    whole = out.read_bytes()[:200], sorted(path.name for path in folder.iterdir())
    for stop in range(0, len(said) - 1, 7):
        seen = []

        def progress(done, total, stop=stop, seen=seen):
            seen.append(done)
            if len(seen) > stop:
                raise Cancelled

        other = Wanted(tmp_path / "b.html", tmp_path / "b", evaluated=True)
        with pytest.raises(Cancelled):
            write_report(reviewed, other, progress=progress)
        assert not (tmp_path / "b.html").exists()
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith("unfinished")] == []
    assert whole == (out.read_bytes()[:200], sorted(path.name for path in folder.iterdir()))


def test_the_command_wants_to_be_told_what_to_write(reviewed, capsys):
    reviewed.close()
    assert main(["report", str(reviewed.path)]) == 1
    assert "Name what to write" in capsys.readouterr().err


def test_a_label_of_an_unknown_class_has_a_class_that_says_so(tmp_path):
    given = faulty()
    given["annotations"][0]["category_id"] = 99
    project = make_project(tmp_path, **given)
    fault = next(issue for issue in project.issues.id.tolist() if "category 99" in sentence(project, issue))
    project.apply(verbs.dismiss(project, fault))
    told = written(project, tmp_path)
    project.close()
    of_label = [one["class"] for one in told["issues"] if one["annotation_id"] == "1"]
    assert "unknown class" in of_label
    assert "" not in of_label
    assert told["history"][-1]["class"] == "unknown class"


def sentence(project, issue):
    return project.issues.sentence(project.issues.row_of(issue))
