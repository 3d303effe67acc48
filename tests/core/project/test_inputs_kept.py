"""What a project was made of is never written, by whatever name and whatever command."""

import gzip

import pytest

from builders.datasets import issue_of, make_project
from labelmend.cli import main
from labelmend.errors import Refused
from labelmend.project import verbs
from labelmend.project.export import export

SENTENCE = "is what this project was made of, or has its name: choose another name."


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path)
    yield made
    made.close()


def refused(project, out):
    before = out.read_bytes()
    with pytest.raises(Refused, match=SENTENCE):
        export(project, out, overwrite=True)
    assert out.read_bytes() == before
    assert not out.with_name(f"{out.name}.certificate.json").exists()


def test_no_input_is_written_over(project, tmp_path):
    pictures = project.images_folder
    (pictures / project.images.file_name[0]).parent.mkdir(parents=True, exist_ok=True)
    (pictures / project.images.file_name[0]).write_bytes(b"a picture")
    for out in (tmp_path / "annotations.json", tmp_path / "detections.json"):
        refused(project, out)
    refused(project, pictures / project.images.file_name[0])


def test_an_input_is_known_by_its_bytes_or_by_its_name(project, tmp_path):
    source = tmp_path / "annotations.json"
    renamed, packed, linked = tmp_path / "renamed.json", tmp_path / "packed.json.gz", tmp_path / "link.json"
    renamed.write_bytes((tmp_path / "detections.json").read_bytes())
    packed.write_bytes(gzip.compress(source.read_bytes()))
    linked.symlink_to(source)
    for out in (renamed, packed, linked):
        refused(project, out)
    source.write_text("what somebody has put there since")
    refused(project, source)


def test_an_export_is_replaced_also_one_that_has_the_bytes_and_the_name_of_the_source(project, tmp_path):
    out = tmp_path / "corrected" / "annotations.json"
    out.parent.mkdir()
    export(project, out)
    assert out.read_bytes() == (tmp_path / "annotations.json").read_bytes()
    project.apply(verbs.accept(project, issue_of(project, "spurious")))
    assert export(project, out, overwrite=True).deleted == 1
    unrelated = tmp_path / "out.json"
    unrelated.write_text("{}")
    assert export(project, unrelated, overwrite=True).deleted == 1


def test_a_source_that_is_itself_an_export_is_kept(project, tmp_path):
    project.apply(verbs.accept(project, issue_of(project, "spurious")))
    first, path = tmp_path / "first.json", str(tmp_path / "next.labelmend")
    export(project, first)
    assert main(["new", path, "--annotations", str(first), "--images", str(project.images_folder)]) == 0
    held = first.read_bytes()
    assert main(["export", path, "--out", str(first), "--overwrite"]) == 1
    assert first.read_bytes() == held


def test_no_report_and_no_instructions_take_the_place_of_an_input(project, tmp_path, capsys):
    path, source = str(project.path), tmp_path / "annotations.json"
    held = source.read_bytes()
    project.close()
    assert main(["report", path, "--out", str(source), "--overwrite"]) == 1
    assert main(["instructions", path, "--write", str(source), "--overwrite"]) == 1
    assert capsys.readouterr().err.count(SENTENCE) == 2
    assert source.read_bytes() == held
