"""A project is read beside the window that has it open: as it stands, and without disturbing it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from builders.datasets import ANN, make_project
from labelmend.cli import main
from labelmend.errors import BadFile, Refused
from labelmend.project.history import Step
from labelmend.project.project import Project
from labelmend.project.snapshot import copy_consistently

HOLDER = """
import sys
from pathlib import Path
from labelmend.project import editing
from labelmend.project.project import Project
from labelmend.review.states import Actor
project = Project.open(Path(sys.argv[1]), actor=Actor("Ann", "annotator"))
Path(sys.argv[1]).read_bytes()  # as a file dialog does that looks for an icon: SQLite's own locks end here
for line in sys.stdin:
    project.apply(editing.set_box(project, int(line), [1.0, 2.0, 30.0, 40.0]))
    print("done", flush=True)
"""


@pytest.fixture
def path(tmp_path):
    make_project(tmp_path).close()
    return tmp_path / "test.labelmend"


@pytest.fixture
def held(path):
    """A process that has the project open, and changes a label when it is told its key."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        change(process, 3)
        yield process
        process.stdin.close()


def change(process, key):
    process.stdin.write(f"{key}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def test_what_is_done_while_others_look_is_kept_though_the_file_was_looked_into(path, held):
    Project.open_to_read(path).close()
    with pytest.raises(Refused, match="by Ann"):
        Project.open(path)
    change(held, 4)
    held.stdin.close()
    held.wait()
    project = Project.open(path)
    assert project.annotation(4).bbox.tolist() == [1, 2, 30, 40]
    project.close()


def test_what_stands_is_read_while_another_process_has_the_project(path, held):
    with pytest.raises(Refused, match="by Ann"):
        Project.open(path)
    project = Project.open_to_read(path)
    assert project.annotation(3).bbox.tolist() == [1, 2, 30, 40]
    assert project.images_folder == path.parent / "pictures"
    change(held, 4)
    assert project.annotation(4).bbox.tolist() != [1, 2, 30, 40]  # as it was when it was opened
    project.close()
    project = Project.open_to_read(path)
    assert project.annotation(4).bbox.tolist() == [1, 2, 30, 40]
    project.close()
    with pytest.raises(Refused, match="by Ann"):  # the lock and the name beside it are untouched
        Project.open(path)


def test_reading_commands_answer_beside_a_window(path, held, capsys):
    for command in ("issues", "status", "history"):
        assert main([command, str(path)]) == 0
        assert capsys.readouterr().out.count("\n") >= 4
    assert main(["find", str(path)]) == 1
    assert "by Ann" in capsys.readouterr().err


def test_a_project_that_is_read_cannot_be_changed(path):
    before = path.read_bytes()
    project = Project.open_to_read(path)
    with pytest.raises(Refused, match="reading only"):
        project.record_event(Step(title="Export"), "export")
    with pytest.raises(Refused, match="reading only"):
        project.set_orientation("turned")
    with pytest.raises((BadFile, Refused)), project.store.transaction():
        project.store.put("orientation", "turned")
    second = Project.open_to_read(path)  # many may read at once
    second.close()
    project.close()
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.glob("test.labelmend*")) == ["test.labelmend"]


def test_reading_what_this_process_writes_is_refused(path):
    project = Project.open(path, actor=ANN)
    with pytest.raises(Refused, match="this very program"):
        Project.open_to_read(path)
    project.close()
    Project.open_to_read(path).close()


def test_what_is_no_project_is_said(tmp_path):
    (tmp_path / "a.labelmend").write_text("not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(BadFile, match="no Labelmend project"):
        Project.open_to_read(tmp_path / "a.labelmend")
    (tmp_path / "b.labelmend").touch()
    with pytest.raises(BadFile, match="not a Labelmend project"):
        Project.open_to_read(tmp_path / "b.labelmend")
    with closing(sqlite3.connect(tmp_path / "c.labelmend")) as other:
        other.executescript("CREATE TABLE a(b); PRAGMA user_version = 99")
    with pytest.raises(BadFile, match="not a Labelmend project"):
        Project.open_to_read(tmp_path / "c.labelmend")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the owner may write anywhere")
def test_a_project_in_a_folder_that_cannot_be_written_to_is_read(path):
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        read = Project.open_to_read(path)
        assert read.record(0) == read.original(0)
        read.close()
    finally:
        path.parent.chmod(0o700)


WRITER = """
import sqlite3, sys, time
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("PRAGMA locking_mode = EXCLUSIVE")
file.execute("PRAGMA journal_mode = WAL")
file.execute("PRAGMA wal_autocheckpoint = 20")
n = 0
while True:
    n += 1
    file.execute("BEGIN IMMEDIATE")
    file.execute("UPDATE a SET n = ?", (n,))
    file.execute("COMMIT")
    print(n, flush=True)
    time.sleep(0.03)
"""


def test_a_copy_is_whole_whatever_is_written_meanwhile(tmp_path):
    """Every row holds the number of the last transaction: a copy with two numbers would be torn."""
    path, rows = tmp_path / "busy", 400
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE a(n INTEGER, fill BLOB)")
    database.executemany("INSERT INTO a VALUES(0, ?)", [(bytes(3000),)] * rows)
    database.commit()
    database.close()
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        seen = []
        for number in range(30):
            to = tmp_path / f"copy{number}"
            copy_consistently(path, to)
            copy = sqlite3.connect(to)
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ((low, high, count),) = copy.execute("SELECT min(n), max(n), count(*) FROM a").fetchall()
            copy.close()
            assert low == high
            assert count == rows
            seen.append(low)
        writer.kill()
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_a_project_may_be_closed_twice(path):
    project = Project.open(path)
    project.close()
    with path.open("rb") as other:  # it may have got the number that the lock had
        project.close()
        assert other.read(6) == b"SQLite"
