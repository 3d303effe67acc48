"""Files that are written take their place when they are whole, or not at all."""

import errno
import os

import pytest

from builders.datasets import make_project, write_dataset
from labelmend.cli import main
from labelmend.errors import Refused
from labelmend.files import written


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
