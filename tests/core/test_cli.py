"""The command line, as a user types it."""

import csv
import gzip
import io
import json
import os
import re
import stat
import threading
from pathlib import Path

import pytest

from builders.datasets import ANN, annotation, issue_of, make_project, write_dataset
from builders.systematic import night_and_day
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
    opened.apply(verbs.dismiss(opened, issue_of(opened, "spurious"), comment="a shadow"))
    opened.close()
    assert main(["draw", project, "--rate", "1", "--seed", "4", "--actor", "Ann", "--role", "annotator"]) == 1
    assert main(["draw", project, "--rate", "1", "--seed", "4", "--actor", "Lea"]) == 0
    assert "draw 1 of 1 for review (100 % of all labels; seed 4)" in capsys.readouterr().out
    assert main(["status", project]) == 0
    assert "review           1" in capsys.readouterr().out
    assert main(["history", project]) == 0
    told = capsys.readouterr().out
    assert "not an error “a shadow”  [006.png: dog 902]" in told
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
    assert main(["find", project, "--detections", str(tmp_path / "xyxy.json"), "--mapping", "written"]) == 0
    assert "warning: " in capsys.readouterr().err
    given = ["--annotations", str(tmp_path / "annotations.json"), "--detections", str(tmp_path / "xyxy.json")]
    assert main(["find", *given, "--mapping", "written"]) == 0
    assert "offer: to read the file so, leave out --mapping written: boxes as" in capsys.readouterr().err
    assert main(["find", *given]) == 0
    assert "mapping: it is read so, with boxes as" in capsys.readouterr().err


def test_find_straight_from_files_is_what_the_project_says(project, tmp_path, capsys):
    assert main(["issues", project]) == 0
    expected = re.sub(r'"issue": \d+, ', "", capsys.readouterr().out)
    given = ["--annotations", str(tmp_path / "annotations.json")]
    given += ["--detections", str(tmp_path / "detections.json")]
    assert main(["find", *given]) == 0
    told = capsys.readouterr()
    assert told.out == expected
    assert " issues: " in told.err
    out = tmp_path / "found.csv"
    assert main(["find", *given, "--format", "csv", "--top", "3", "--out", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["kind"] for row in rows] == [json.loads(line)["kind"] for line in expected.splitlines()[:3]]
    assert capsys.readouterr().out == ""


def test_what_is_wrong_with_a_whole_batch_is_said_first(tmp_path, capsys):
    annotations, pictures, detections = write_dataset(tmp_path, **night_and_day(swap=(1, 2)))
    given = ["--annotations", str(annotations), "--detections", str(detections)]
    project = str(tmp_path / "p.labelmend")
    assert main(["new", project, "--images", str(pictures), *given]) == 0
    for words, listing in ((["find", *given], []), (["find", project], ["issues", project])):
        capsys.readouterr()
        assert main(words) == 0
        told = capsys.readouterr()
        assert "systematic: In batch 'night/'" in told.err
        assert " issues of this cluster)." in told.err
        assert not listing or main(listing) == 0
        first, *others = map(json.loads, (capsys.readouterr().out or told.out).splitlines())
        assert first["suggestion"] == {"fix": "members"}
        assert first["reason"].startswith("In batch 'night/'")
        assert sum(other["cluster"] == first["cluster"] for other in others) == 32


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "either a project or --annotations"),
        (["PROJECT", "--annotations", "ANNOTATIONS"], "either a project or --annotations"),
        (["PROJECT", "--out", "x.jsonl"], "go with --annotations"),
        (["--annotations", "no.json"], "no.json cannot be read"),
        (["--annotations", "ANNOTATIONS", "--out", "no/x.jsonl"], "folder no is not there"),
        (["--annotations", "ANNOTATIONS", "--out", "pictures"], "is a folder"),
        (["--annotations", "ANNOTATIONS", "--out", "../X/annotations.json"], "is what is read here"),
        (["--annotations", "ANNOTATIONS", "--detections", "ANNOTATIONS"], "score"),
    ],
)
def test_find_refuses_in_one_sentence(project, tmp_path, monkeypatch, capsys, words, told):
    monkeypatch.chdir(tmp_path)
    place = {"PROJECT": project, "ANNOTATIONS": "annotations.json"}
    before = sorted(tmp_path.iterdir())
    words = [place.get(word, word).replace("X", tmp_path.name) for word in words]
    assert main(["find", *words]) == 1
    answer = capsys.readouterr()
    assert told in answer.err
    assert answer.out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_check_answers_with_its_exit_code(tmp_path, capsys):
    annotations, _, _ = write_dataset(tmp_path)
    assert main(["check", str(annotations)]) == 0
    assert "12 images, 72 annotations: 0 errors, 0 warnings" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "no.json")]) == 2
    assert "no.json" in capsys.readouterr().err
    (tmp_path / "half.json").write_text('{"images": [')
    assert main(["check", str(tmp_path / "half.json")]) == 2
    assert "breaks off" in capsys.readouterr().err


def test_check_names_each_fault_and_its_place(tmp_path, capsys):
    faults = [
        annotation(1, 1, [5, 5, 0, 9]),
        annotation(2, 1, [400, 5, 9, 9]),
        annotation(3, 2, [300, 5, 40, 9]),
        annotation(3, 2, [1, 5, 4, 9]),
        annotation(4, 77, [1, 5, 4, 9]),
        annotation(5, 2, [1, 5, 4, 9], category=9),
        annotation(6, 2, ["x", 5, 4, 9]),
        annotation(7, 2, [1, 5, 40, 40], segmentation=[[1, 5, 41, 45, 41, 5, 1, 45]]),
        annotation(8, 2, [1, 5, 40, 40], segmentation=[[1, 5, 11, 5, 11, 45, 1, 45]]),
        annotation(9, 2, [1, 5, 40, 40], segmentation=[[1, 5, 41, 45]]),
        annotation(10, 2, [1, 5, 40, 40], segmentation={"size": [9, 9], "counts": [81]}),
    ]
    annotations, _, _ = write_dataset(tmp_path, annotations=faults)
    assert main(["check", str(annotations)]) == 1
    lines = capsys.readouterr().out.splitlines()
    wanted = [
        "error: annotations.json: annotations[0] (id 1): The box is 0 by 9 px",
        "error: annotations.json: annotations[1] (id 2): The whole box lies outside",
        "warning: annotations.json: annotations[2] (id 3): The box reaches out of the image: 20 px",
        "error: annotations.json: annotations[3] (id 3) has the same id as annotations[2]",
        "error: annotations.json: annotations[4] (id 4) is of image 77",
        "error: annotations.json: annotations[5] (id 5) is of category 9",
        "error: annotations.json: annotations[6] (id 6) has a bbox that is not four finite numbers",
        "warning: annotations.json: annotations[7] (id 7): The polygon crosses itself",
        "warning: annotations.json: annotations[8] (id 8): The box is not the bounds of its own outline",
        "error: annotations.json: annotations[9] (id 9) has a segmentation that is neither polygons",
        "error: annotations.json: annotations[10] (id 10) has a segmentation that cannot be used: its mask",
    ]
    assert [line[: len(start)] for line, start in zip(lines, wanted, strict=False)] == wanted
    assert lines[-1].endswith("12 images, 11 annotations: 8 errors, 3 warnings")
    assert main(["check", str(annotations), "--errors-only", "--top", "2"]) == 1
    told = capsys.readouterr().out
    assert "warning:" not in told
    assert told.count("error:") == 2
    assert main(["check", str(annotations), "--format", "jsonl"]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["severity"] for row in rows] == [start.split(":")[0] for start in wanted]
    assert rows[0] | {"reason": ""} == {
        "severity": "error",
        "image_id": 1,
        "annotation_id": 1,
        "bbox": [5, 5, 0, 9],
        "category": "cat",
        "reason": "",
        "suggestion": {"fix": "delete"},
    }


def test_a_project_is_never_written_over(project, capsys):
    held = Path(project).read_bytes()
    assert main(["instructions", project, "--write", project, "--overwrite"]) == 1
    assert main(["report", project, "--out", f"{project}-wal", "--overwrite"]) == 1
    assert capsys.readouterr().err.count("is what is read here: choose another name.") == 2
    assert Path(project).read_bytes() == held


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_no_regular_file_is_never_replaced(project, tmp_path, capsys):
    annotations, _, detections = write_dataset(tmp_path / "again")
    given = ["--annotations", str(annotations), "--detections", str(detections)]
    pipe, told = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: told.append(pipe.read_text()))
    reader.start()
    assert main(["find", *given, "--out", str(pipe)]) == 0
    reader.join()
    assert main(["find", *given, "--out", "-"]) == 0
    assert told == [capsys.readouterr().out]
    assert main(["export", project, "--out", str(pipe), "--overwrite"]) == 1
    assert "no regular file" in capsys.readouterr().err
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_place_that_cannot_be_written_is_told_before_the_work(project, tmp_path, capsys):
    assert main(["instructions", project, "--write", str(tmp_path / "none" / "i.md")]) == 1
    assert main(["instructions", project, "--write", str(tmp_path), "--overwrite"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert "is not there: make it, or choose another place." in told[0]
    assert told[1].endswith("is a folder: choose another name.")


def test_a_project_has_its_suffix_in_any_case(tmp_path, capsys):
    annotations, pictures, _ = write_dataset(tmp_path)
    given = ["--annotations", str(annotations), "--images", str(pictures)]
    assert main(["new", str(tmp_path / "p"), *given]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'p.labelmend'}: ")
    assert (tmp_path / "p.labelmend").exists()
    assert not (tmp_path / "p").exists()


def test_what_was_never_searched_says_so(tmp_path, capsys):
    annotations, pictures, _ = write_dataset(tmp_path)
    path = str(tmp_path / "p.labelmend")
    assert main(["new", path, "--annotations", str(annotations), "--images", str(pictures)]) == 0
    for command in ("issues", "status"):
        capsys.readouterr()
        assert main([command, path]) == 0
        assert "Nothing was looked for yet" in capsys.readouterr().err


def test_status_accounts_for_every_issue(project, capsys):
    assert main(["issues", project]) == 0
    issues = len(capsys.readouterr().out.splitlines())
    assert main(["status", project]) == 0
    told = capsys.readouterr().out.splitlines()
    waiting = sum(int(line.split()[1].replace(",", "")) for line in told[:4])
    rest = int(told[4].split(";")[1].split()[0]) if len(told) > 4 else 0
    assert waiting + rest == issues


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty: choose a file with instructions."),
        ('{"images": []}', "is JSON, no text for people: choose a Markdown file."),
    ],
)
def test_instructions_are_read_from_instructions_only(project, tmp_path, capsys, text, told):
    file = tmp_path / "i.md"
    file.write_text(text, encoding="utf-8")
    assert main(["instructions", project, "--read", str(file), "--actor", "Ann"]) == 1
    assert main(["instructions", project, "--read", f"{file}.none", "--actor", "Ann"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert told in first
    assert second.endswith("choose a Markdown file.")


def test_instructions_as_they_are_change_nothing(project, tmp_path, capsys):
    file = str(tmp_path / "i.md")
    assert main(["instructions", project, "--write", file]) == 0
    assert main(["instructions", project, "--read", file, "--actor", "Ann"]) == 1
    assert "nothing changes" in capsys.readouterr().err


@pytest.mark.parametrize("rate", ["2", "-0.1", "nan", "half"])
def test_a_rate_is_a_share(project, capsys, rate):
    with pytest.raises(SystemExit) as stopped:
        main(["draw", project, f"--rate={rate}", "--seed", "1", "--actor", "Lea"])
    assert stopped.value.code == 2
    assert f"a number from 0 to 1 is needed, not {rate}" in capsys.readouterr().err


def test_annotations_in_the_place_of_a_project(tmp_path, capsys):
    annotations, _, _ = write_dataset(tmp_path)
    assert main(["find", str(annotations)]) == 1
    assert main(["status", str(annotations)]) == 1
    assert main(["status", str(tmp_path)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert all(line.endswith("and `labelmend find --annotations` finds without one.") for line in told[:2])
    assert told[2].endswith("is no file: choose an existing .labelmend file.")


def test_a_sample_is_drawn_by_rates_or_by_a_plan(project, capsys):
    opened = Project.open(Path(project), actor=ANN)
    for row in range(3):
        opened.apply(verbs.dismiss(opened, int(opened.issues.id[row])))
    opened.close()
    draw = ["draw", project, "--actor", "Lea"]
    assert main([*draw, "--rate", "0.5"]) == 1
    assert "Name a --seed" in capsys.readouterr().err
    assert main([*draw, "--rate", "0.5", "--class", "cow=1", "--seed", "1"]) == 1
    assert "There is no class 'cow'" in capsys.readouterr().err
    assert main([*draw, "--at-most", "0.02", "--change", "kept=1", "--seed", "1"]) == 1
    assert "go with --rate" in capsys.readouterr().err
    assert main([*draw, "--at-most", "0.02", "--seed", "1"]) == 0
    assert "draw 3 of 3" in capsys.readouterr().out
    assert main(["status", project]) == 0
    assert "still to review; 0 of" in capsys.readouterr().out


def test_an_audit_is_drawn_and_told(project, capsys):
    assert main(["draw", project, "--audit", "4", "--seed", "1", "--actor", "Lea"]) == 0
    assert "unflagged labels for the audit (seed 1)" in capsys.readouterr().out
    assert main(["status", project]) == 0
    assert "All classes: 0 of 4 audited labels wrong; 4 still to review." in capsys.readouterr().out
