"""Detections that are meant otherwise than written: offered, taken when wanted, noted in the history."""

import json

import msgspec
import pytest

from builders.datasets import ANN, detection, grid, write_dataset
from labelmend import api
from labelmend.cli import main
from labelmend.coco.reading import Reading
from labelmend.errors import BadFile
from labelmend.find.run import run_find
from labelmend.project.finding import add_detections, find_inputs, store_found
from labelmend.project.project import Project

SIZE = (320, 240)


def files(folder, change):
    """A dataset of which every detection is changed by `change`."""
    annotations, detections = grid()
    for one in detections:
        change(one)
    return write_dataset(folder, annotations=annotations, detections=detections)


def as_it_is(one):
    pass


def to_corners(one):
    x, y, w, h = one["bbox"]
    one["bbox"] = [x, y, x + w, y + h]


def to_shares(one):
    one["bbox"] = [value / SIZE[k % 2] for k, value in enumerate(one["bbox"])]


def from_0(one):
    one["category_id"] -= 1


def made(folder, change, *, offered):
    annotations, pictures, detections = files(folder, change)
    path = folder / "test.labelmend"
    imported = Project.create(
        path, annotations=annotations, images=pictures, detections=detections, offered=offered
    )
    return Project.open(path, actor=ANN), imported


def by_1000(one):
    one["category_id"] += 1000


CASES = [
    (to_corners, Reading(boxes="corners")),
    (to_shares, Reading(shares=True)),
    (from_0, Reading(classes=((0, 1), (1, 2), (2, 3)))),
    (by_1000, Reading(classes=((1001, 1), (1002, 2), (1003, 3)))),
]


@pytest.mark.parametrize(("change", "reading"), CASES)
def test_taken_it_is_as_if_the_file_were_right(tmp_path, change, reading):
    plain, mended = tmp_path / "plain", tmp_path / "mended"
    plain.mkdir()
    mended.mkdir()
    right, _ = made(plain, as_it_is, offered=True)
    project, imported = made(mended, change, offered=True)
    assert [offer.reading for offer in imported.offers] == [reading]
    mine, theirs = project.detections(), right.detections()
    assert mine is not None
    assert theirs is not None
    assert mine.bbox == pytest.approx(theirs.bbox, abs=1e-9)
    assert (mine.category == theirs.category).all()
    found = run_find(find_inputs(project))
    assert not found.misfit
    facts = project.store.history()[0].step().facts
    assert facts["read as"] == reading.sentence()
    assert msgspec.json.decode(str(facts["readings"]), type=list[Reading]) == [reading]
    project.close()
    right.close()


@pytest.mark.parametrize("change", [to_corners, to_shares])
def test_not_taken_it_is_offered_and_nothing_changes(tmp_path, change):
    project, imported = made(tmp_path, change, offered=False)
    assert len(imported.offers) == 1
    written = json.loads((tmp_path / "detections.json").read_text())
    mine = project.detections()
    assert mine is not None
    assert mine.bbox[0].tolist() == pytest.approx(written[mine.row[0]]["bbox"])
    assert "read as" not in project.store.history()[0].step().facts
    assert run_find(find_inputs(project)).misfit
    _, offers = add_detections(project, [tmp_path / "detections.json"], offered=True)
    assert offers[0].reading == imported.offers[0].reading
    last = project.store.history()[-1]
    assert last.title == f"New detections: detections.json, read: {offers[0].reading.sentence()}"
    assert not run_find(find_inputs(project)).misfit
    project.close()


def test_a_sound_file_is_read_as_it_is_written(tmp_path):
    project, imported = made(tmp_path, as_it_is, offered=True)
    assert imported.offers == ()
    assert "readings" not in project.store.history()[0].step().facts
    project.close()


def test_a_file_that_is_no_use_as_written_names_the_way_out(tmp_path):
    def other(one):
        one["category_id"] += 99

    annotations, _, detections = files(tmp_path, other)
    with pytest.raises(BadFile, match="none of its 72 detections is of a category"):
        api.load(annotations, detections=detections, offered=False)
    for one in (data := json.loads(detections.read_text())):
        one["category_id"] = 0
    labels = json.loads(annotations.read_text())
    labels["categories"] = labels["categories"][:1]
    for one in labels["annotations"]:
        one["category_id"] = 1
    annotations.write_text(json.dumps(labels))
    detections.write_text(json.dumps(data))
    with pytest.raises(BadFile, match=r"counted from 0 .* --mapping offered\."):
        api.load(annotations, detections=detections, offered=False)
    assert not api.find_issues(api.load(annotations, detections=detections, offered=True)).misfit


def test_the_command_line_offers_and_takes(tmp_path, capsys):
    annotations, pictures, detections = files(tmp_path, to_corners)
    path = str(tmp_path / "a.labelmend")
    given = ["--annotations", str(annotations), "--images", str(pictures), "--detections", str(detections)]
    assert main(["new", path, *given, "--mapping", "written"]) == 0
    told = capsys.readouterr().err
    assert "warning: detections.json: Only " in told
    assert "offer: to read the file so, leave out --mapping written: boxes as x1, y1, x2, y2" in told
    assert main(["find", path]) == 0
    assert "warning: Only " in capsys.readouterr().err
    assert main(["find", path, "--detections", str(detections)]) == 0
    told = capsys.readouterr().err
    assert "mapping: it is read so, with boxes as x1, y1, x2, y2" in told
    assert "check: 100 % of the sure detections" in told
    assert main(["history", path]) == 0
    assert "New detections: detections.json, read: boxes as x1, y1, x2, y2" in capsys.readouterr().out
    assert main(["find", path, "--mapping", "offered"]) == 1
    assert "name their file again" in capsys.readouterr().err


def test_faults_of_detections_are_told_at_the_import_and_are_no_issues(tmp_path):
    annotations, detections = grid()
    stray = [detection(1, [5, 5, 20, 20], category=999)] * 3
    files = write_dataset(tmp_path, annotations=annotations, detections=detections + stray)
    path = tmp_path / "stray.labelmend"
    imported = Project.create(path, annotations=files[0], images=files[1], detections=files[2])
    assert any("category 999" in sentence for sentence in imported.faults)
    project = Project.open(path)
    store_found(project, run_find(find_inputs(project)))
    assert "structure" not in project.issues.counts()
    project.close()


def test_ids_that_nothing_explains_are_told_as_they_are_written(tmp_path):
    def to_names(one):
        one["category_id"] = f"class {one['category_id']}"

    with pytest.raises(BadFile, match=r"category ids there: 'class \d'") as caught:
        made(tmp_path, to_names, offered=False)
    assert "offered" not in str(caught.value)


def test_a_folder_that_lacks_most_pictures_is_told_first(tmp_path):
    annotations, _, detections = files(tmp_path, as_it_is)
    (tmp_path / "other").mkdir()
    given = {"annotations": annotations, "images": tmp_path / "other", "detections": detections}
    imported = Project.create(tmp_path / "test.labelmend", **given)
    assert imported.faults[0].startswith("The folder of the pictures, ")
