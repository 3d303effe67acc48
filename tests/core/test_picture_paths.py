"""Pictures are found by names that come from another machine."""

from pathlib import Path

import pytest

import labelmend
from builders.datasets import write_dataset
from labelmend.picture_paths import picture_in
from labelmend.project.creation import missing_pictures

NAMES = (
    "night/a.jpg",
    "night\\a.jpg",
    "train/night/a.jpg",
    "D:\\data\\night\\a.jpg",
    "/me/night/a.jpg",
    "x/b.jpg",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_have_more_folders_or_other_separators(name: str, tmp_path: Path) -> None:
    (tmp_path / "night").mkdir()
    for place in (tmp_path / "night" / "a.jpg", tmp_path / "b.jpg"):
        place.touch()
    found = picture_in(tmp_path, name)
    assert found.is_file()
    assert found.name == name[-5:]
    assert missing_pictures(tmp_path, [name]) == ""


def test_what_is_nowhere_is_where_its_name_says(tmp_path: Path) -> None:
    assert picture_in(tmp_path, "x/none.jpg") == tmp_path / "x" / "none.jpg"
    assert picture_in(tmp_path, "") == tmp_path


def test_such_pictures_are_looked_at(tmp_path: Path) -> None:
    annotations, pictures, detections = write_dataset(tmp_path)
    text = annotations.read_text().replace('"file_name": "', '"file_name": "train\\\\')
    annotations.write_text(text)
    data = labelmend.load(annotations, detections=detections)
    assert data.images.file_name[0] == "train\\001.png"
    found = labelmend.find_issues(data, images=pictures)
    assert not any("missing" in one.reason for one in found if one.kind == "structure")
