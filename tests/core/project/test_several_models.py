"""A project with the detections of several models: kept apart, compared, replaced with every verdict kept."""

import json
import sqlite3

import numpy as np
import pytest

from builders.datasets import ANN, faulty, issue_of, make_project, write_dataset
from labelmend.cli import main
from labelmend.coco.detections import joined
from labelmend.errors import BadFile
from labelmend.find.run import run_find
from labelmend.project import verbs
from labelmend.project.finding import add_detections, find_inputs, store_found
from labelmend.project.project import Project


def second_file(folder, name="second.json"):
    """Another model's results: the first one's, a little beside, and less sure."""
    seen = json.loads((folder / "detections.json").read_text())
    for one in seen:
        one["bbox"][0] += 1.5
        one["score"] = round(0.8 * one["score"], 3)
    (folder / name).write_text(json.dumps(seen[::-1]))
    return folder / name


@pytest.fixture
def two(tmp_path):
    annotations, pictures, first = write_dataset(tmp_path, **faulty())
    second = second_file(tmp_path)
    Project.create(
        tmp_path / "two.labelmend", annotations=annotations, images=pictures, detections=[first, second]
    )
    project = Project.open(tmp_path / "two.labelmend", actor=ANN)
    yield project
    project.close()


def test_the_project_keeps_which_model_each_detection_is_of(two):
    kept = two.detections()
    assert two.models == ("detections.json", "second.json")
    assert (np.diff(kept.image) >= 0).all()
    first, second = (kept.score[kept.source == k] for k in (0, 1))
    assert len(first) == len(second) == len(kept) / 2
    np.testing.assert_allclose(np.sort(second), np.sort(np.round(0.8 * first, 3)))
    of_image = two.detections_of(2)
    assert set(of_image.source.tolist()) == {0, 1}
    (row,) = two.store.history()
    assert row.step().facts["detections"] == "detections.json, second.json"
    assert len(row.step().facts["detections sha256"].split(", ")) == 2


def test_one_file_leaves_no_trace_of_several(tmp_path):
    project = make_project(tmp_path)
    assert project.models == ("detections.json",)
    assert project.detections().source is None
    project.close()


def test_issues_of_two_models_say_so_and_each_is_checked_by_name(two):
    found = run_find(find_inputs(two))
    store_found(two, found)
    missing = two.issues.row_of(issue_of(two, "missing"))
    assert two.issues.sentence(missing).endswith("both models see it.")
    assert any(sentence.startswith("second.json: ") for sentence in found.checkup)
    assert any(sentence.startswith("detections.json: ") for sentence in found.checkup)


def test_a_verdict_outlives_other_detections(tmp_path):
    project = make_project(tmp_path)
    issue = issue_of(project, "spurious")
    key = int(project.issues.annotation[project.issues.row_of(issue)])
    project.apply(verbs.dismiss(project, issue))
    add_detections(project, [tmp_path / "detections.json", second_file(tmp_path)])
    store_found(project, run_find(find_inputs(project)))
    row = project.issues.row_of(issue)
    assert project.issues.status_of(row) == "dismissed"
    assert project.issues.annotation[row] == key
    again = (project.issues.annotation == key) & (project.issues.kind == project.issues.kind[row])
    assert again.sum() == 1
    add_detections(project, [tmp_path / "detections.json"])
    assert project.models == ("detections.json",)
    assert project.detections().source is None
    store_found(project, run_find(find_inputs(project)))
    assert project.issues.status_of(project.issues.row_of(issue)) == "dismissed"
    project.close()


def test_of_the_same_detections_twice_one_file_is_left_out(tmp_path):
    project = make_project(tmp_path)
    copy = tmp_path / "copy.json"
    copy.write_bytes((tmp_path / "detections.json").read_bytes())
    faults, _ = add_detections(project, [tmp_path / "detections.json", copy])
    assert faults == ["copy.json holds the same detections as detections.json; it was left out."]
    assert project.models == ("detections.json",)
    project.close()


def test_more_files_than_can_be_compared_are_refused(two):
    with pytest.raises(BadFile, match="17 detection files"):
        joined([two.detections()] * 17)


def test_a_project_of_version_1_opens_with_its_detections(tmp_path):
    project = make_project(tmp_path)
    before, issues = project.detections(), len(project.issues)
    project.close()
    path = tmp_path / "test.labelmend"
    old = sqlite3.connect(path)
    old.execute("UPDATE meta SET value = json_extract(value, '$[0]') WHERE key = 'detections'")
    old.execute("DELETE FROM array WHERE name = 'detections.source'")
    for column in ("seen_by", "models", "tolerance"):
        old.execute("DELETE FROM array WHERE name = ?", (f"issues.{column}",))
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    project = Project.open(path, actor=ANN)
    assert project.models == ("detections.json",)
    np.testing.assert_array_equal(project.detections().score, before.score)
    assert len(project.issues) == issues
    assert (tmp_path / "test.labelmend.version1.backup").is_file()
    project.close()


def test_several_files_on_the_command_line(tmp_path, capsys):
    annotations, pictures, first = write_dataset(tmp_path, **faulty())
    path, second = str(tmp_path / "p.labelmend"), second_file(tmp_path)
    given = ["--annotations", str(annotations), "--images", str(pictures)]
    assert main(["new", path, *given, "--detections", str(first), str(second)]) == 0
    assert main(["find", path]) == 0
    assert "second.json: " in capsys.readouterr().err
    assert main(["issues", path]) == 0
    assert "both models see it" in capsys.readouterr().out
    third = second_file(tmp_path, "third.json")
    seen = json.loads(third.read_text())
    third.write_text(json.dumps(seen[: len(seen) // 2]))
    assert main(["find", path, "--detections", str(first), str(second), str(third)]) == 0
    assert main(["issues", path]) == 0
    assert "of 3 models" in capsys.readouterr().out
    assert main(["find", "--annotations", str(annotations), "--detections", str(first), str(second)]) == 0
    assert "both models see it" in capsys.readouterr().out
    assert main(["find", path, "--detections", str(first), str(first)]) == 0
    assert "holds the same detections as" in capsys.readouterr().err
