"""Files that are written take their place when they are whole, or not at all."""

import errno
import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from builders.datasets import make_project, write_dataset
from labelmend.cli import main
from labelmend.errors import Refused
from labelmend.files import written
from labelmend.project.inputs_kept import inputs
from labelmend.project.project import Project
from labelmend.words import told_apart


def test_what_a_link_leads_to_is_replaced(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with written(link) as file:
        file.write("new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert sorted(tmp_path.iterdir()) == [link, target]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    expected = pytest.raises(Refused, match=r"cannot be written: .*; choose another place\.")
    with expected, written(tmp_path / "none" / "i.md"):
        pass


def test_a_disk_that_is_full_is_told_and_leaves_what_was_there(tmp_path):
    there = tmp_path / "i.md"
    there.write_text("old")
    expected = pytest.raises(Refused, match=r"i\.md cannot be written: No space left on device")
    with expected, written(there) as file:
        file.write("new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_the_folder_one_is_in_is_no_name_for_a_file(tmp_path, capsys, monkeypatch):
    make_project(tmp_path).close()
    project = str(tmp_path / "test.labelmend")
    annotations, pictures, _ = write_dataset(tmp_path / "again")
    monkeypatch.chdir(tmp_path)
    assert main(["new", ".", "--annotations", str(annotations), "--images", str(pictures)]) == 1
    assert main(["export", project, "--out", "."]) == 1
    assert main(["share", project, "--to", "."]) == 1
    assert capsys.readouterr().err.count("labelmend: . is a folder: choose another name.") == 3


def test_files_of_one_name_are_told_apart_by_their_folders_and_no_others():
    paths = [Path("/a/one/d.json"), Path("/a/two/d.json"), Path("/b/two/d.json"), Path("/a/e.json")]
    assert told_apart(paths) == ["one/d.json", "/a/two/d.json", "/b/two/d.json", "e.json"]
    assert told_apart(paths[2:]) == ["d.json", "e.json"]
    assert told_apart(paths[2:], beside="e.json") == ["d.json", "a/e.json"]


def test_detections_of_one_name_are_told_apart_wherever_they_are_named(tmp_path, capsys):
    annotations, pictures, detections = write_dataset(tmp_path / "set")
    found = json.loads(detections.read_text())
    for model in ("first", "second"):
        (tmp_path / model).mkdir()
        for one in found:
            one["score"] = 2 * one["score"] - 1  # each is another model
        (tmp_path / model / "annotations.json").write_text(json.dumps([*found, {"image_id": 999}]))
    given = [str(tmp_path / model / "annotations.json") for model in ("first", "second")]
    assert main(["find", "--annotations", str(annotations), "--detections", *given]) == 0
    told = capsys.readouterr().err
    for model in ("first", "second"):
        assert f"fault: {model}/annotations.json: detections[{len(found)}] is of image 999" in told
        assert f"check: {model}/annotations.json: 100 % of the sure detections" in told
    project = tmp_path / "p.labelmend"
    made = ["new", str(project), "--annotations", str(annotations), "--images", str(pictures)]
    assert main([*made, "--detections", *given]) == 0
    with closing(Project.open(project)) as opened:
        assert opened.models == ("first/annotations.json", "second/annotations.json")
        assert "annotations.json" in inputs(opened).names
