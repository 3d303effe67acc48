"""Instructions as a folder: read back without loss; what is wrong with one is named."""

import os
import shutil

import cv2
import numpy as np
import pytest

from builders.datasets import LEA, make_project
from labelmend.cli import main
from labelmend.errors import BadFile, Refused
from labelmend.project.instructing import add_reference, instructions_of, revise
from labelmend.project.instructions_folder import read_folder, write_folder
from labelmend.project.project import Project
from labelmend.project.references import checked, cut_of, made_of_label
from labelmend.review.instructions import Amount, ClassInstructions, Instructions, Reference, with_class

CLASSES = ("cat", "dog", "bird")


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path, actor=LEA, find=False)
    png = checked(cv2.imencode(".png", np.zeros((20, 30, 3), np.uint8))[1].tobytes(), where="p")
    given = Instructions(
        "Pets", "Label **every** pet.", (ClassInstructions("cat", "Purrs.", "the tail", "", Amount(2)),)
    )
    revise(made, given)
    add_reference(made, 0, made_of_label(cut_of(made, made.annotation(0))), good=True, caption="all of it")
    add_reference(made, 1, png, good=False)
    add_reference(made, 0, png, good=False, caption="no tail")
    yield made
    made.close()


@pytest.fixture
def folder(project, tmp_path):
    write_folder(project, tmp_path / "how to label")
    return tmp_path / "how to label"


def test_a_folder_holds_a_text_and_its_pictures(folder):
    names = sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*"))
    assert names == ["instructions.md", "pictures", "pictures/cat-1.jpg", "pictures/cat-2.png"]
    text = (folder / "instructions.md").read_text(encoding="utf-8")
    assert "- Like this: ![001.png, label 1](pictures/cat-1.jpg) all of it\n" in text
    assert "- Not like this: ![](pictures/cat-2.png) no tail\n" in text
    assert not list(folder.parent.glob(".instructions-*"))


def test_what_was_written_is_read_without_loss(project, folder, tmp_path):
    given, pictures = read_folder(folder, categories=CLASSES)
    assert given == instructions_of(project)
    other = make_project(tmp_path / "other", actor=LEA, find=False)
    revise(other, given, pictures=pictures)
    write_folder(other, tmp_path / "again")
    other.close()
    for file in folder.rglob("*.*"):
        assert (tmp_path / "again" / file.relative_to(folder)).read_bytes() == file.read_bytes()
    assert read_folder(folder / "instructions.md", categories=CLASSES) == (given, pictures)


def test_odd_names_of_classes_make_names_that_every_system_takes(project, tmp_path):
    given = instructions_of(project)
    picture = given.of("cat").pictures[0]
    for name in ("a/b: <c>", "A b C", "猫", "x" * 300):
        given = with_class(given, ClassInstructions(name, pictures=(Reference(picture.picture),)))
    given = Instructions(classes=tuple(one for one in given.classes if one.name not in CLASSES))
    revise(project, given)
    write_folder(project, tmp_path / "odd")
    assert [each.name for each in (tmp_path / "odd" / "pictures").iterdir()] == ["a-b-c-1.jpg"]


def replaced(folder, old, new):
    file = folder / "instructions.md"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "place",
    [
        "../secret.jpg", "pictures/../../secret.jpg", "/etc/passwd", "pictures/sub/a.jpg", "pictures/..",
        "C:/a.jpg", "pictures\\..\\a.jpg", "file:///a.jpg", "https://example.org/a.jpg", "pictures/C:a.jpg",
    ],
)  # fmt: skip
def test_a_picture_elsewhere_is_refused(folder, place):
    shutil.copy(folder / "pictures" / "cat-1.jpg", folder.parent / "secret.jpg")
    replaced(folder, "pictures/cat-1.jpg", place)
    with pytest.raises(BadFile, match="leads out of the folder: the pictures lie in pictures/"):
        read_folder(folder, categories=CLASSES)


def test_links_are_refused(folder):
    outside = folder.parent / "secret.jpg"
    (folder / "pictures" / "cat-1.jpg").replace(outside)
    (folder / "pictures" / "cat-1.jpg").symlink_to(outside)
    with pytest.raises(BadFile, match=r"“pictures/cat-1\.jpg” is a link"):
        read_folder(folder, categories=CLASSES)
    (folder / "pictures").rename(folder / "others")
    (folder / "pictures").symlink_to(folder / "others")
    with pytest.raises(BadFile, match=r"“pictures/cat-1\.jpg” is a link"):
        read_folder(folder, categories=CLASSES)
    (folder / "instructions.md").rename(folder / "i.md")
    (folder / "instructions.md").symlink_to(folder / "i.md")
    with pytest.raises(BadFile, match=r"holds no instructions\.md"):
        read_folder(folder, categories=CLASSES)


def test_what_is_missing_no_picture_or_huge_is_named(folder):
    picture = folder / "pictures" / "cat-1.jpg"
    picture.write_bytes(bytes(3 << 20))
    with pytest.raises(BadFile, match=r"pictures/cat-1\.jpg has .* bytes: .* make it smaller"):
        read_folder(folder, categories=CLASSES)
    picture.write_text("words")
    with pytest.raises(BadFile, match=r"pictures/cat-1\.jpg is neither a JPEG nor a PNG"):
        read_folder(folder, categories=CLASSES)
    picture.unlink()
    with pytest.raises(BadFile, match=r"“pictures/cat-1\.jpg” is not there: put the picture into"):
        read_folder(folder, categories=CLASSES)
    if hasattr(os, "mkfifo"):
        os.mkfifo(picture)
        with pytest.raises(BadFile, match="is not there"):
            read_folder(folder, categories=CLASSES)
    (folder / "instructions.md").write_text("x" * (5 << 20))
    with pytest.raises(BadFile, match="larger than instructions ever are"):
        read_folder(folder, categories=CLASSES)
    (folder / "instructions.md").unlink()
    with pytest.raises(BadFile, match=r"holds no instructions\.md"):
        read_folder(folder, categories=CLASSES)


def test_a_picture_by_its_hash_alone_must_be_in_the_project(project, folder):
    replaced(folder, "pictures/cat-1.jpg", f"sha256:{'0' * 64}")
    given, pictures = read_folder(folder, categories=CLASSES)
    with pytest.raises(Refused, match="is not in the project"):
        revise(project, given, pictures=pictures)


def test_a_folder_is_never_written_over_and_nothing_is_left_behind(project, folder, tmp_path):
    with pytest.raises(Refused, match="exists already"):
        write_folder(project, folder)
    with pytest.raises(Refused, match="is not there: make it"):
        write_folder(project, tmp_path / "none" / "here")
    project.store._connection.execute("DELETE FROM picture")
    with pytest.raises(BadFile, match="is not in test"):
        write_folder(project, tmp_path / "gone")
    assert not (tmp_path / "gone").exists()
    assert not list(tmp_path.glob(".instructions-*"))


def test_folders_on_the_command_line(tmp_path, capsys):
    project = make_project(tmp_path, actor=LEA)
    add_reference(project, 0, made_of_label(cut_of(project, project.annotation(0))), good=True)
    project.close()
    path, folder = str(tmp_path / "test.labelmend"), tmp_path / "out"
    assert main(["instructions", path, "--write-folder", str(folder)]) == 0
    assert "instructions.md and 1 picture." in capsys.readouterr().out
    assert main(["instructions", path, "--write", str(tmp_path / "out.pdf")]) == 1
    assert "The window prints a PDF" in capsys.readouterr().err
    read = ["instructions", path, "--read", str(folder)]
    assert main([*read, "--actor", "Lea"]) == 1
    assert "nothing changes" in capsys.readouterr().err
    replaced(folder, "## cat\n\n", "## cat\n\n- Tolerance: 40 px\n")
    assert main([*read, "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("would change the instructions: cat\n")
    assert " go" in out
    assert main(["instructions", path]) == 0
    assert "Tolerance" not in capsys.readouterr().out
    assert main([*read, "--actor", "Lea"]) == 0
    assert main(["instructions", path, "--dry-run"]) == 1
    again = Project.open(tmp_path / "test.labelmend")
    assert instructions_of(again).of("cat").tolerance == Amount(40)
    assert len(instructions_of(again).of("cat").pictures) == 1
    again.close()
