"""The command line, as a user types it."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from builders.datasets import ANN, issue_of, make_project, write_dataset
from labelmend.cli import main
from labelmend.project import verbs
from labelmend.project.project import Project


@pytest.fixture
def project(tmp_path):
    make_project(tmp_path).close()
    return str(tmp_path / "test.labelmend")


def test_from_coco_to_coco(tmp_path, capsys):
    annotations, pictures, detections = write_dataset(tmp_path)
    path, out = str(tmp_path / "p.labelmend"), tmp_path / "out.json"
    given = ["--annotations", str(annotations), "--images", str(pictures), "--detections", str(detections)]
    assert main(["new", path, *given]) == 0
    assert main(["find", path]) == 0
    assert main(["export", path, "--out", str(out)]) == 0
    assert out.read_bytes() == annotations.read_bytes()
    certificate = json.loads((tmp_path / "out.json.certificate.json").read_text())
    assert certificate["changed"] == certificate["added"] == certificate["deleted"] == 0
    assert "identical to the byte" in capsys.readouterr().out
    assert main(["export", path, "--out", str(out)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main(["export", path, "--out", str(out), "--overwrite"]) == 0


def test_gzip_in_and_out(tmp_path):
    annotations, pictures, detections = write_dataset(tmp_path)
    for file in (annotations, detections):
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
    path, out = str(tmp_path / "p.labelmend"), tmp_path / "out.json.gz"
    given = [
        "--annotations",
        f"{annotations}.gz",
        "--images",
        str(pictures),
        "--detections",
        f"{detections}.gz",
    ]
    assert main(["new", path, *given]) == 0
    assert main(["export", path, "--out", str(out)]) == 0
    assert gzip.decompress(out.read_bytes()) == annotations.read_bytes()


def test_issues_as_json_lines_and_as_csv(project, capsys):
    assert main(["issues", project]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    duplicate = next(row for row in rows if row["kind"] == "duplicate")
    assert {duplicate["annotation_id"]} <= {25, 901}
    missing = next(row for row in rows if row["kind"] == "missing")
    assert missing["annotation_id"] is None
    assert missing["image_id"] == 3
    assert len(missing["bbox"]) == 4
    assert main(["issues", project, "--format", "csv", "--top", "2"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["kind"] for row in table] == [row["kind"] for row in rows[:2]]


def test_draw_status_history(project, capsys):
    opened = Project.open(Path(project), actor=ANN)
    opened.apply(verbs.accept(opened, issue_of(opened, "spurious")))
    opened.close()
    assert main(["draw", project, "--rate", "1", "--seed", "4", "--actor", "Ann", "--role", "annotator"]) == 1
    assert main(["draw", project, "--rate", "1", "--seed", "4", "--actor", "Rev"]) == 0
    assert "draw 1 of 1 for review (100%, seed 4)" in capsys.readouterr().out
    assert main(["status", project]) == 0
    assert "review           1" in capsys.readouterr().out
    assert main(["history", project]) == 0
    told = capsys.readouterr().out
    assert "accept the suggestion" in told
    assert "The history is whole" in told


def test_find_with_other_detections(project, tmp_path, capsys):
    (tmp_path / "none.json").write_text("[]")
    assert main(["find", project, "--detections", str(tmp_path / "none.json")]) == 1
    few = json.loads((tmp_path / "detections.json").read_text())[:40]
    few[3]["image_id"] = 4711
    (tmp_path / "few.json").write_text(json.dumps(few))
    assert main(["find", project, "--detections", str(tmp_path / "few.json")]) == 0
    assert "4711" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["find"], ["issues"], ["status"], ["history"], ["export", "--out", "x.json"]]
)
def test_a_project_that_is_not_there(tmp_path, capsys, command):
    assert main([command[0], str(tmp_path / "no.labelmend"), *command[1:]]) == 1
    assert "not there" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_detections_that_do_not_fit_are_said_to(tmp_path, capsys):
    make_project(tmp_path, find=False).close()
    project, seen = str(tmp_path / "test.labelmend"), json.loads((tmp_path / "detections.json").read_text())
    assert main(["find", project]) == 0
    assert "check: " in capsys.readouterr().err
    for one in seen:
        x, y, w, h = one["bbox"]
        one["bbox"] = [x, y, x + w, y + h]  # xyxy in the place of xywh
    (tmp_path / "xyxy.json").write_text(json.dumps(seen))
    assert main(["find", project, "--detections", str(tmp_path / "xyxy.json")]) == 0
    assert "warning: " in capsys.readouterr().err
