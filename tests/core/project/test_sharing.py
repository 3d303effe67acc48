"""Packages as they are shared: what is in them, where they lie, and what is refused."""

import shutil

import numpy as np
import pytest

from builders.datasets import annotation, make_project
from builders.teams import EACH, IMAGES, box, labels, made, shared
from labelmend.errors import BadFile, Refused
from labelmend.project.packages import share
from labelmend.project.project import Project


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
