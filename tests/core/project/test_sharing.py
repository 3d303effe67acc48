"""Packages as they are shared: what is in them, where they lie, and what is refused."""

import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest
import zstandard

from builders.datasets import ANN, LEA, annotation, make_project
from builders.teams import BEA, EACH, IMAGES, as_, box, labels, made, shared, work
from labelmend.errors import BadFile, Refused
from labelmend.project import audit, editing, sampling, verbs
from labelmend.project.choosing import Shareable
from labelmend.project.merging import merge
from labelmend.project.packages import share
from labelmend.project.policy import change_policy
from labelmend.project.project import Project
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates
from labelmend.review.states import Actor


@pytest.fixture
def project(tmp_path):
    return made(tmp_path)


def test_a_package_holds_its_images_and_nothing_else(project):
    project.apply(box(0, 14)(project))
    package = Project.open_to_read(shared(project, "part", [0, 2]))
    assert package.n_images == 2
    assert len(package.dataset.annotations.id) == 2 * EACH
    assert package.annotation(0).bbox[0] == 14
    assert package.original(0) == project.original(0)
    assert [entry.what for entry in package.story(next(iter(package.state.standings)))] == ["move the box"]
    assert package.store.read(0, package.frame.size).count(b'"image_id": 2') == 0


def test_images_that_are_out_already_are_named_until_something_comes_back(project):
    assert not Shareable(project).told_out(np.arange(4))
    first = shared(project, "first", [0, 1])
    share(project, first.with_name("second.labelmend"), np.array([1, 2]), person="Ben", role="annotator")
    project = as_(project, ANN)  # from what the file holds
    day = project.last_row.at[:10]
    assert Shareable(project).told_out(np.arange(4)) == (
        f"3 of these 4 images are out as first.labelmend and with Ben since {day}; "
        "what both change differently becomes a question for the expert."
    )
    work(first, BEA, box(0, 12))
    merge(project, first)
    assert Shareable(project).told_out(np.arange(4)).startswith("2 of these 4 images are out with Ben since ")
    assert Shareable(project).told_out(np.array([2])).startswith("This image is out with Ben since ")
    assert not Shareable(project).told_out(np.array([0, 3]))


def test_ids_that_leave_no_room_are_not_shared(tmp_path):
    given = [annotation(one, 1, [10, 20, 20, 30]) for one in (1, (1 << 63) - 2)]
    project = make_project(tmp_path, annotations=given, images=1, find=False, detections_given=False)
    with pytest.raises(Refused, match="smaller ids"):
        shared(project, "part", [0])
    assert not (tmp_path / "part.labelmend").exists()


def test_a_package_is_shared_from_a_project_and_into_a_folder_that_is_there(project, tmp_path):
    package = Project.open(shared(project, "part", [0]))
    with pytest.raises(Refused, match="is a package itself"):
        shared(package, "part of a part", [0])
    with pytest.raises(BadFile, match="is not there"):
        share(project, tmp_path / "nowhere" / "part.labelmend", np.array([0]))


@pytest.mark.parametrize("name", ["../outside.png", "link/../../outside.png", "{folder}/001.png", "away.png"])
def test_a_picture_whose_name_leads_elsewhere_is_not_copied(tmp_path, name):
    here = tmp_path / "here"
    here.mkdir()
    project = make_project(here, annotations=labels(), images=IMAGES, find=False, detections_given=False)
    folder = project.images_folder
    shutil.copy(folder / "001.png", tmp_path / "outside.png")
    shutil.copy(folder / "001.png", folder / "outside.png")
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "link").symlink_to(folder / "deep" / "deeper")
    (folder / "away.png").symlink_to(tmp_path / "outside.png")
    project.images.file_name[0] = name.format(folder=folder)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadFile, match="leads out"):
        share(project, tmp_path / "part.labelmend", np.array([0]), pictures=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_pictures_go_along_and_none_from_elsewhere(project, tmp_path):
    to = tmp_path / "part.labelmend"
    share(project, to, np.array([0, 1]), pictures=True)
    package = Project.open_to_read(to)
    assert package.images_folder == tmp_path / "part.pictures"
    assert sorted(one.name for one in package.images_folder.iterdir()) == ["001.png", "002.png"]
    with pytest.raises(Refused, match="exists already"):
        share(project, tmp_path / "part.labelmend", np.array([0]), pictures=True)


def everything(path):
    """All bytes that a file holds: as they lie there, and of every compressed part what was put in."""
    found = [path.read_bytes()]
    with sqlite3.connect(path) as connection:
        for table in ("chunk", "array"):
            parts = connection.execute(f"SELECT body FROM {table}").fetchall()
            found += [zstandard.ZstdDecompressor().decompress(body) for (body,) in parts]
        found += [body for (body,) in connection.execute("SELECT body FROM history")]
    connection.close()
    return b"\0".join(found)


def test_nothing_of_other_images_is_in_a_package(tmp_path):
    """Neither their records nor names, nor what anybody did or said of them: in no page of the file."""
    given = [one | {"note": f"secret-{one['image_id']}"} for one in labels()]
    folders = {image: f"folder-{image}" for image in range(1, IMAGES + 1)}
    project = make_project(
        tmp_path, annotations=given, images=IMAGES, folders=folders, detections_given=False
    )
    for image, who in ((0, ANN), (2, Actor("Mallory", "annotator"))):
        project.work_as(who)
        project.apply(box(EACH * image, 14)(project))
        (issue,) = project.state.issues_touching(EACH * image)
        project.apply(verbs.dismiss(project, issue, comment=f"said-of-{image + 1}"))
        project.apply(editing.create(project, image, 1, bbox=[70 + image, 80, 20, 30]))
    project.work_as(LEA)
    rates = Rates(1.0, annotators={"Mallory": 1.0})
    project.apply(sampling.draw_sample(project, rates, seed=1), op="draw")
    project.apply(audit.draw_audit(project, 5, seed=1), op="draw")
    shared(project, "earlier", [4])
    held = everything(shared(project, "part", [0, 1]))
    for image in (1, 2):
        assert f"folder-{image}/".encode() in held
        assert f"secret-{image}".encode() in held
    assert b"said-of-1" in held
    for image in range(3, IMAGES + 1):
        for word in (f"folder-{image}/", f"secret-{image}", f"said-of-{image}"):
            assert word.encode() not in held, word
    for word in (b"Mallory", b"earlier"):
        assert word not in held, word
    records = (project.original(key) for key in range(2 * EACH, IMAGES * EACH))
    assert not any(record in held for record in records if record is not None)


def test_a_package_with_its_pictures_does_not_tell_where_they_were(project, tmp_path):
    to = tmp_path / "part.labelmend"
    share(project, to, np.array([0]), pictures=True)
    assert str(project.images_folder).encode() not in everything(to)


@pytest.mark.parametrize(
    "name", ["C:\\outside.png", "..\\outside.png", "\\\\host\\share\\a.png", "C:a.png", "a\0b"]
)
def test_names_that_lead_elsewhere_on_another_system_are_not_copied_either(project, tmp_path, name):
    project.images.file_name[0] = name
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadFile, match="leads out"):
        share(project, tmp_path / "part.labelmend", np.array([0]), pictures=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_pictures_that_are_not_there_are_counted(project, tmp_path):
    project.image_path(1).unlink()
    told = share(project, tmp_path / "part.labelmend", np.array([0, 1]), pictures=True)
    assert told == (
        "Shared 2 images as part.labelmend; the pictures are in part.pictures, but 1 that are not there."
    )


def test_what_the_lead_does_is_not_done_in_a_package(project):
    package = Project.open(shared(project, "part", [0]), actor=ANN)
    package.apply(box(0, 12)(package))
    package.work_as(LEA)
    for act in (
        lambda: sampling.draw_sample(package, Rates(1.0), seed=1),
        lambda: audit.draw_audit(package, 1, seed=1),
        lambda: change_policy(package, Policy(second=0.5)),
    ):
        with pytest.raises(Refused, match="is a package"):
            package.apply(act())


def test_nothing_is_left_when_the_history_cannot_be_written(project, tmp_path, monkeypatch):
    before = sorted(tmp_path.rglob("*"))

    def full(_step, _op):
        raise Refused("The disk is full.")

    monkeypatch.setattr(project, "record_event", full)
    with pytest.raises(Refused, match="disk is full"):
        share(project, tmp_path / "part.labelmend", np.array([0]), pictures=True)
    assert sorted(tmp_path.rglob("*")) == before


KILLED = """
import sys
from pathlib import Path
import numpy as np
from labelmend.project.packages import prepare, write
from labelmend.project.project import Project
project = Project.open(Path(sys.argv[1]))
kept = write(prepare(project, Path(sys.argv[2]), np.array([0])))
print("written", flush=True)
input()
"""


def test_what_a_killed_share_left_goes_at_the_next_one(project, tmp_path):
    path = project.path
    project.close()
    to = tmp_path / "there" / "part.labelmend"
    to.parent.mkdir()
    command = [sys.executable, "-c", KILLED, str(path), str(to)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.kill()
    (left,) = to.parent.iterdir()
    assert (left / to.name).stat().st_size
    share(Project.open(path, actor=LEA), to, np.array([0]))
    assert list(to.parent.iterdir()) == [to]
