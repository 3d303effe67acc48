"""Project files: made whole or not at all, opened by one, refused with a sentence."""

import json
import shutil
import sqlite3
import threading
from contextlib import closing

import numpy as np
import pytest

from builders.datasets import ANN, make_project, write_dataset
from labelmend.cli import main
from labelmend.errors import BadFile, Cancelled, Refused
from labelmend.project import editing
from labelmend.project.export import export
from labelmend.project.project import Project
from labelmend.project.store import Store


def exported(project, folder, **options):
    certificate = export(project, folder / "out.json", overwrite=True, **options)
    return certificate, json.loads((folder / "out.json").read_text())


def test_two_windows_cannot_have_one_project(tmp_path):
    project = make_project(tmp_path)
    with pytest.raises(Refused, match=r"open in another.*by Ann"):
        Project.open(tmp_path / "test.labelmend")
    project.close()
    Project.open(tmp_path / "test.labelmend").close()


def test_an_import_has_no_log_to_fold_whatever_its_size(tmp_path, monkeypatch):
    folded = []
    monkeypatch.setattr(Store, "_fold", folded.append)
    store = Store(tmp_path / "test.labelmend", importing=True)
    with store.transaction():
        store.put_array("boxes", np.random.default_rng(0).random(1_000_000))
    for thread in threading.enumerate():
        if thread.name == "folding the log":
            thread.join()
    store.into_wal()
    store.close()
    assert folded == []


def test_the_log_is_folded_into_the_file_by_a_thread_and_stays_small(tmp_path):
    project, log = make_project(tmp_path), tmp_path / "test.labelmend-wal"
    path, sizes = tmp_path / "test.labelmend", []
    before = path.read_bytes()
    for number in range(200):
        with project.store.transaction():
            project.store.put_picture(f"{number:064}", bytes([number]) * 20_000)
        for thread in threading.enumerate():
            if thread.name == "folding the log":
                thread.join()
        sizes.append(log.stat().st_size)
    assert max(sizes) < 1 << 20
    assert len(path.read_bytes()) > len(before) + 150 * 20_000
    project.apply(editing.delete(project, 3))
    (tmp_path / "copy").mkdir()
    for file in (path, log):  # as it is when the program dies here
        shutil.copy(file, tmp_path / "copy" / file.name)
    project.close()
    again = Project.open(tmp_path / "copy" / path.name)
    assert again.record(3) is None
    kept = again.store._connection.execute("SELECT count(*), sum(length(body)) FROM picture").fetchone()
    assert kept == (200, 200 * 20_000)
    again.close()


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("UPDATE history SET actor = 'Eve' WHERE seq = 4", 4),
        ("UPDATE history SET body = x'00' WHERE seq = 4", 4),
        ("UPDATE history SET op = 'undo' WHERE seq = 4", 4),
        ("DELETE FROM history WHERE seq = 4", 5),
    ],
)
def test_tampering_shows_and_the_project_is_read_only_as_it_stood_before(tmp_path, capsys, sql, row):
    project = make_project(tmp_path)
    project.apply(editing.delete(project, 3))
    project.apply(editing.delete(project, 4))
    project.undo()
    project.apply(editing.delete(project, 5))
    project.close()
    path = tmp_path / "test.labelmend"
    alter(path, sql)
    history = path.read_bytes()
    project = Project.open(path, actor=ANN)
    assert f"row {row} of 2" in project.tampered
    assert [project.record(key) is None for key in (3, 4, 5)] == [True, False, False]
    with pytest.raises(Refused, match="altered outside"):
        project.apply(editing.delete(project, 6))
    project.close()
    assert main(["history", str(path)]) == 1
    assert f"row {row} of 2" in capsys.readouterr().err
    assert main(["status", str(path)]) == 0
    assert f"row {row} of 2" in capsys.readouterr().err
    for command in (["draw", "--audit", "2", "--seed", "1"], ["review", "--approve", "1"]):
        assert main([command[0], str(path), *command[1:], "--actor", "Lea"]) == 1
        assert "altered outside" in capsys.readouterr().err
    assert main(["report", str(path), "--out", str(tmp_path / "report.html")]) == 0
    assert "altered outside" in (tmp_path / "report.html").read_text()
    assert len(path.read_bytes()) == len(history)


def alter(path, sql):
    """Do with the history what nobody is to do: the file's own triggers are taken out of the way."""
    database = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(sql)
    for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute(sql)
    database.commit()
    database.close()


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_a_new_project_never_takes_a_place_that_is_taken(tmp_path, suffix):
    annotations, pictures, _ = write_dataset(tmp_path)
    (tmp_path / f"p.labelmend{suffix}").write_bytes(b"old")
    with pytest.raises(Refused, match="exists already"):
        Project.create(tmp_path / "p.labelmend", annotations=annotations, images=pictures)
    assert (tmp_path / f"p.labelmend{suffix}").read_bytes() == b"old"


def test_a_failed_or_cancelled_import_leaves_nothing(tmp_path):
    annotations, pictures, detections = write_dataset(tmp_path)
    there = sorted(tmp_path.iterdir())

    def cancel(done, total):
        if done > 60:
            raise Cancelled

    with pytest.raises(Cancelled):
        Project.create(
            tmp_path / "p.labelmend",
            annotations=annotations,
            images=pictures,
            detections=detections,
            progress=cancel,
        )
    annotations.write_text('{"images": [], "annotations": [')
    with pytest.raises(BadFile, match=r"annotations\.json"):
        Project.create(tmp_path / "p.labelmend", annotations=annotations, images=pictures)
    assert sorted(tmp_path.iterdir()) == there


def test_a_project_outlives_its_source(tmp_path):
    project = make_project(tmp_path)
    source = (tmp_path / "annotations.json").read_bytes()
    (tmp_path / "annotations.json").unlink()
    (tmp_path / "detections.json").unlink()
    exported(project, tmp_path)
    assert (tmp_path / "out.json").read_bytes() == source
    project.close()


def test_something_else_is_no_project(tmp_path):
    (tmp_path / "a.labelmend").write_text("not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(BadFile, match="no Labelmend project"):
        Project.open(tmp_path / "a.labelmend")
    with pytest.raises(BadFile, match="not there"):
        Project.open(tmp_path / "b.labelmend")
    with closing(sqlite3.connect(tmp_path / "c.labelmend")) as other:
        other.executescript("CREATE TABLE a(b); PRAGMA user_version = 1")
    with pytest.raises(BadFile, match="not a Labelmend project"):
        Project.open(tmp_path / "c.labelmend")
    project = make_project(tmp_path)
    project.close()
    newer = sqlite3.connect(tmp_path / "test.labelmend")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(BadFile, match="newer Labelmend"):
        Project.open(tmp_path / "test.labelmend")
