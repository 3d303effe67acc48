"""Where the command line writes: streams that are closed, disks that are full, names without a suffix."""

import errno
import gzip
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from builders.datasets import make_project, write_dataset
from labelmend.cli import main
from labelmend.errors import Refused
from labelmend.files import written
from labelmend.project.project import Project


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path)
    made.close()
    return str(made.path)


@pytest.mark.skipif(os.name == "nt", reason="a shell closes them")
@pytest.mark.parametrize("words", ["issues {} --top 1", "issues {} --top 1 --format csv", "status {}"])
def test_closed_streams_are_no_failure(project, words):
    command = f"exec {sys.executable} -m labelmend.cli {words.format(project)}"
    told = subprocess.run(["sh", "-c", f"{command} >&-"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    told = subprocess.run(["sh", "-c", f"{command} 2>&-"], capture_output=True, text=True, check=False)
    assert told.returncode == 0
    assert told.stdout


def test_a_package_has_the_suffix_of_a_project(project, tmp_path, capsys):
    assert main(["share", project, "--to", str(tmp_path / "part"), "--images", "2"]) == 0
    assert capsys.readouterr().out == "Shared 2 images as part.labelmend.\n"
    assert (tmp_path / "part.labelmend").is_file()
    assert not (tmp_path / "part").exists()


def test_a_disk_that_a_package_fills_is_named(project, tmp_path, monkeypatch, capsys):
    def fill(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "of somebody else")

    monkeypatch.setattr(shutil, "copyfile", fill)
    with closing(Project.open_to_read(Path(project))) as opened:
        opened.image_path(0).parent.mkdir(exist_ok=True)
        opened.image_path(0).write_bytes(b"a picture")
    to, before = tmp_path / "part.labelmend", sorted(tmp_path.iterdir())
    assert main(["share", project, "--to", str(to), "--with-pictures"]) == 1
    told = capsys.readouterr().err
    assert told == f"labelmend: The disk of {to} is full: free some space; nothing was changed.\n"
    assert sorted(tmp_path.iterdir()) == before


def test_where_nothing_can_be_cleared_away_the_first_reason_is_told(tmp_path, monkeypatch):
    def read_only(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "unfinished")

    monkeypatch.setattr("pathlib.Path.open", read_only)
    monkeypatch.setattr("pathlib.Path.unlink", read_only)
    with (
        pytest.raises(Refused, match="cannot be written: Read-only"),
        written(tmp_path / "list.jsonl"),
    ):
        pass


def test_the_instructions_that_are_read_are_not_written_over(tmp_path, capsys):
    annotations, _, _ = write_dataset(tmp_path)
    guide = tmp_path / "guide.md"
    guide.write_text("Label what is there.")
    given = ["--annotations", str(annotations), "--instructions", str(guide)]
    assert main(["find", *given, "--out", str(guide)]) == 1
    assert "is what is read here" in capsys.readouterr().err
    assert guide.read_text() == "Label what is there."


def test_of_a_packed_file_the_hash_is_said_to_be_that_of_its_text(project, tmp_path, capsys):
    packed = tmp_path / "out.json.gz"
    assert main(["export", project, "--out", str(packed)]) == 0
    told = capsys.readouterr().out
    assert "SHA-256 of this file, unpacked" in told
    assert "SHA-256 of the source " in told
    assert gzip.decompress(packed.read_bytes()) == (tmp_path / "annotations.json").read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_who_is_told_to_end_leaves_nothing_half_done(tmp_path):
    slow, out = tmp_path / "slow.json", tmp_path / "list.jsonl"
    os.mkfifo(slow)
    command = [sys.executable, "-m", "labelmend.cli", "find", "--annotations", str(slow), "--out", str(out)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with slow.open("w"):  # when it is open to write, somebody reads: the command is in its midst
        assert (tmp_path / "unfinished-list.jsonl").exists()
        process.terminate()
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "labelmend: stopped; nothing half-done was left behind.\n")
    assert list(tmp_path.iterdir()) == [slow]
