"""Project files: made whole or not at all, opened by one, refused with a sentence."""

import json
import sqlite3

import pytest

from builders.datasets import ANN, make_project, write_dataset
from labelmend.errors import BadFile, Cancelled, Refused
from labelmend.project import editing
from labelmend.project.export import export
from labelmend.project.project import Project


def exported(project, folder, **options):
    certificate = export(project, folder / "out.json", overwrite=True, **options)
    return certificate, json.loads((folder / "out.json").read_text())


def test_two_windows_cannot_have_one_project(tmp_path):
    project = make_project(tmp_path)
    with pytest.raises(Refused, match=r"open in another.*by Ann"):
        Project.open(tmp_path / "test.labelmend")
    project.close()
    Project.open(tmp_path / "test.labelmend").close()


def test_tampering_shows_and_the_project_is_read_only(tmp_path):
    project = make_project(tmp_path)
    project.apply(editing.delete(project, 3))
    project.close()
    database = sqlite3.connect(tmp_path / "test.labelmend")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("UPDATE history SET actor = 'Eve'")
    database.execute("DROP TRIGGER history_keeps")
    database.execute("UPDATE history SET actor = 'Eve' WHERE seq = 3")
    database.commit()
    database.close()
    project = Project.open(tmp_path / "test.labelmend", actor=ANN)
    assert "row 3" in project.tampered
    with pytest.raises(Refused, match="altered outside"):
        project.apply(editing.delete(project, 4))
    project.close()


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
    sqlite3.connect(tmp_path / "c.labelmend").executescript("CREATE TABLE a(b); PRAGMA user_version = 1")
    with pytest.raises(BadFile, match="not a Labelmend project"):
        Project.open(tmp_path / "c.labelmend")
    project = make_project(tmp_path)
    project.close()
    newer = sqlite3.connect(tmp_path / "test.labelmend")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(BadFile, match="newer Labelmend"):
        Project.open(tmp_path / "test.labelmend")
