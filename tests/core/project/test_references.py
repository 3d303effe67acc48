"""Reference pictures: made of labels and files, bounded, kept once by what they are, undone and shared."""

import hashlib
import sqlite3
from dataclasses import replace

import cv2
import msgspec
import numpy as np
import pytest

from builders.datasets import ANN, EXP, annotation, make_project
from labelmend import large_pictures
from labelmend.errors import BadFile, LabelmendError, Refused
from labelmend.project import references
from labelmend.project.instructing import MOST_PICTURES, add_reference, instruct, instructions_of, revise
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend.project.references import checked, cut_of, made_of_file, made_of_label, picture_of
from labelmend.review.instructions import ClassInstructions, Instructions, Reference, with_class
from labelmend.review.states import Actor

EVE = Actor("Eve", "lead")


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path, actor=EVE, find=False)
    yield made
    made.close()


def opened(made):
    return cv2.imdecode(np.frombuffer(made.data, np.uint8), cv2.IMREAD_COLOR).astype(int)


def is_line(pixels):
    """Where the yellow of an outline is."""
    return (pixels[..., 2] > 180) & (pixels[..., 1] > 150) & (pixels[..., 0] < 120)


def test_the_picture_of_a_label_shows_its_outline_and_its_surroundings(project):
    label = project.annotation(1)
    made = made_of_label(cut_of(project, label))
    assert made.name == hashlib.sha256(made.data).hexdigest()
    assert made.origin == f"001.png, label {label.id}"
    pixels = opened(made)
    assert max(pixels.shape[:2]) == references.SIDE
    rows, columns = np.nonzero(is_line(pixels))
    # The crop is 1.8 times as large as the box's longer side, with the box in its middle.
    w, h = label.bbox[2:].tolist()
    grow = references.SIDE / np.ceil(1.8 * max(w, h) + 1)
    assert columns.max() - columns.min() == pytest.approx(w * grow, rel=0.04)
    assert rows.max() - rows.min() == pytest.approx(h * grow, rel=0.04)


@pytest.mark.parametrize(
    "segmentation",
    [
        [[50, 40, 110, 40, 50, 110]],
        {
            "size": [240, 320],
            "counts": [50 * 240 + 40, 70, *[170, 70] * 29, 320 * 240 - 50 * 240 - 40 - 7030],
        },
    ],
)
def test_outlines_and_masks_are_drawn_as_they_are(tmp_path, segmentation):
    given = annotation(1, 1, [50, 40, 60, 70], segmentation=segmentation)
    project = make_project(tmp_path, annotations=[given], detections_given=False, images=1, find=False)
    lines = is_line(opened(made_of_label(cut_of(project, project.annotation(0)))))
    project.close()
    middle = references.SIDE // 2
    if isinstance(segmentation, list):  # a triangle: nothing at the far corner of its box
        assert not lines[middle + 80 :, middle + 80 :].any()
    assert lines[:, :middle].any()


def test_of_a_large_picture_the_label_is_shown_as_sharp_as_of_any(tmp_path, monkeypatch):
    given = annotation(1, 1, [150, 40, 60, 70])
    project = make_project(tmp_path, annotations=[given], detections_given=False, images=1, find=False)
    cut = cut_of(project, project.annotation(0))
    plain = made_of_label(cut)
    monkeypatch.setattr(large_pictures, "LARGEST", 1000)
    assert large_pictures.is_large(cut.path)
    assert np.abs(opened(made_of_label(cut)) - opened(plain)).max() <= 2
    monkeypatch.setattr(references, "_SHARP", 10)
    assert np.abs(opened(made_of_label(cut)) - opened(plain)).max() <= 2
    project.close()


def test_a_label_without_a_place_or_a_picture_is_no_reference(project):
    cut = cut_of(project, project.annotation(0))
    nowhere = replace(project.annotation(0), bbox=np.full(4, np.nan))
    with pytest.raises(Refused, match="lies in no picture"):
        cut_of(project, nowhere)
    project.image_path(0).unlink()
    with pytest.raises(LabelmendError, match="missing"):
        made_of_label(cut)


def test_a_picture_file_is_made_small_and_anything_else_refused(tmp_path):
    path = tmp_path / "large.png"
    cv2.imwrite(str(path), np.zeros((900, 3000), np.uint8))
    made = made_of_file(path)
    assert opened(made).shape[:2] == (384, 1280)
    assert made.origin == "large.png"
    path.write_text("no picture")
    with pytest.raises(LabelmendError, match=r"large\.png is broken or of an unknown format"):
        made_of_file(path)
    with pytest.raises(BadFile, match="is no file: choose a picture"):
        made_of_file(tmp_path)


def test_what_is_too_large_or_broken_is_not_kept():
    def png(height, width):
        return cv2.imencode(".png", np.zeros((height, width), np.uint8))[1].tobytes()

    assert checked(png(5, 5), where="a").data == png(5, 5)
    with pytest.raises(BadFile, match=r"^a has 2,049 x 5 pixels: 2,048 a side are the most"):
        checked(png(5, 2049), where="a")
    with pytest.raises(BadFile, match="neither a JPEG nor a PNG"):
        checked(b"GIF89a", where="a")
    with pytest.raises(BadFile, match="a broken picture"):
        checked(png(5, 5)[:40], where="a")
    with pytest.raises(BadFile, match="bytes: 2,097,152 are the most"):
        checked(bytes(3 << 20), where="a")


def test_a_reference_is_one_step_that_is_undone_and_found_again(project, tmp_path):
    made = made_of_label(cut_of(project, project.annotation(0)))
    changes = add_reference(project, 0, made, good=True, caption=" the whole \n cat ")
    assert changes.title == "add a reference: cat"
    assert instructions_of(project).of("cat").pictures == (
        Reference(made.name, True, "the whole cat", "001.png, label 1"),
    )
    with pytest.raises(Refused, match="in the instructions of “cat” already"):
        add_reference(project, 0, made, good=False)
    other = made_of_label(cut_of(project, project.annotation(1)))
    add_reference(project, 0, other, good=False)
    assert project.undo_title() == "add a counter-example: cat"
    project.undo()
    project.undo()
    assert project.state.instructions is None
    project.redo()
    project.redo()
    project.close()
    again = Project.open(tmp_path / "test.labelmend", actor=EVE)
    assert [each.good for each in instructions_of(again).of("cat").pictures] == [True, False]
    assert picture_of(again, made.name) == made.data
    again.close()


def test_who_may_not_change_instructions_adds_no_picture(project):
    made = made_of_label(cut_of(project, project.annotation(0)))
    project.work_as(ANN)
    with pytest.raises(Refused, match="change the instructions"):
        add_reference(project, 0, made, good=True)
    assert project.store.picture(made.name) is None
    project.work_as(EVE)
    with pytest.raises(Refused, match="of no class that there is"):
        add_reference(project, -1, made, good=True)


def test_an_expert_adds_the_picture_of_a_hard_case_and_changes_no_words(project):
    project.work_as(EXP)
    made = made_of_label(cut_of(project, project.annotation(0)))
    add_reference(project, 0, made, good=False, caption="half of it")
    (shown,) = instructions_of(project).of("cat").pictures
    assert shown.caption == "half of it"
    given = instructions_of(project)
    for other in (
        with_class(given, ClassInstructions("cat")),
        with_class(
            given,
            ClassInstructions("cat", pictures=(shown, Reference(made.name, caption="new words")), smallest=4),
        ),
        with_class(given, ClassInstructions("cat", pictures=(msgspec.structs.replace(shown, good=True),))),
    ):
        with pytest.raises(Refused, match="Only the lead can change the instructions"):
            instruct(project, other)


def test_instructions_never_refer_to_what_is_not_there(project):
    given = Instructions(classes=(ClassInstructions("cat", pictures=(Reference("0" * 64),)),))
    with pytest.raises(Refused, match="not in the project"):
        instruct(project, given)
    made = made_of_label(cut_of(project, project.annotation(0)))
    many = (Reference(made.name),) * (MOST_PICTURES + 1)
    with pytest.raises(Refused, match="“cat” has 13 pictures: 12 are the most"):
        revise(
            project,
            Instructions(classes=(ClassInstructions("cat", pictures=many),)),
            pictures={made.name: b""},
        )
    assert project.store.picture(made.name) is None


def test_a_picture_that_was_altered_is_not_shown(project, tmp_path):
    made = made_of_label(cut_of(project, project.annotation(0)))
    add_reference(project, 0, made, good=True)
    project.close()
    with sqlite3.connect(tmp_path / "test.labelmend") as file:
        file.execute("UPDATE picture SET body = ?", (b"\xff\xd8 something else",))
    file.close()
    again = Project.open(tmp_path / "test.labelmend", actor=EVE)
    with pytest.raises(BadFile, match="a picture of its instructions was altered"):
        picture_of(again, made.name)
    again.close()


def test_pictures_go_along_with_a_package_where_they_are_not_changed(project, tmp_path):
    first, second = (made_of_label(cut_of(project, project.annotation(n))) for n in (0, 1))
    add_reference(project, 0, first, good=True)
    add_reference(project, 0, second, good=True)
    project.undo()
    to = tmp_path / "part.labelmend"
    share(project, to, np.array([2, 3]))
    package = Project.open(to, actor=EVE)
    assert [each.picture for each in instructions_of(package).of("cat").pictures] == [first.name]
    assert picture_of(package, first.name) == first.data
    assert picture_of(package, second.name) == second.data
    with pytest.raises(Refused, match="nothing to redo"):
        package.redo()
    with pytest.raises(Refused, match=r"part\.labelmend is a package: its instructions are changed in the"):
        add_reference(package, 1, second, good=True)
    package.close()
