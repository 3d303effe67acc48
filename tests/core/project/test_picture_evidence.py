"""Finding with the pictures at hand: in a project without detections, by the engine and the command line."""

import json

import numpy as np
import pytest

from builders.datasets import ANN, annotation, write_dataset
from labelmend.cli import main
from labelmend.errors import NotThere
from labelmend.find.issues import CODES, FROM_PICTURE
from labelmend.find.run import run_find
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.found_pictures import take_back_missing
from labelmend.project.project import Project
from labelmend.project.suggesting import suggestion
from labelmend.project.verbs import note_picture

LOOSE = 40


def without_detections(folder) -> Project:
    """Forty pictures of drawn boxes; one label reaches 18 px too far to the left."""
    rng, labels = np.random.default_rng(3), []
    for image in range(1, 41):
        for place in range(6):
            x, y = 25 + 100 * (place % 3) + int(rng.integers(12)), 20 + 110 * (place // 3)
            size = rng.integers(40, 56, 2).tolist()
            labels.append(annotation(len(labels) + 1, image, [x, y, *size]))
    file, pictures, _ = write_dataset(folder, annotations=labels, detections=[], images=40)
    data = json.loads(file.read_text())
    x, y, w, h = data["annotations"][LOOSE]["bbox"]
    data["annotations"][LOOSE]["bbox"] = [x - 18, y, w + 18, h]
    file.write_text(json.dumps(data))
    Project.create(folder / "test.labelmend", annotations=file, images=pictures)
    return Project.open(folder / "test.labelmend", actor=ANN)


def from_pictures(project: Project) -> list[int]:
    codes = [CODES.index(code) for code in FROM_PICTURE]
    return np.flatnonzero(np.isin(project.issues.columns.code, codes)).tolist()


def test_the_loose_label_is_found_and_its_side_moved_back(tmp_path):
    project = without_detections(tmp_path)
    found = run_find(find_inputs(project, pictures=True))
    store_found(project, found)
    rows = from_pictures(project)
    worst = max(rows, key=lambda row: project.issues.score[row])
    assert project.issues.annotation[worst] == LOOSE
    assert project.issues.kind_of(worst) == "location"
    assert "the left side lies on no edge" in project.issues.sentence(worst)
    proposed = suggestion(project, worst)
    assert proposed is not None
    assert proposed.bbox is not None
    assert abs(proposed.bbox[0] - (project.annotation(LOOSE).bbox[0] + 18)) < 3
    assert found.looked == "40 pictures were looked at for labels that lie on no edge."
    project.close()


def test_pictures_are_looked_at_only_when_asked(tmp_path):
    project = without_detections(tmp_path)
    found = run_find(find_inputs(project))
    assert found.looked == ""
    assert not np.isin(found.issues.code, [CODES.index(code) for code in FROM_PICTURE]).any()
    project.close()


def test_the_command_line_looks_when_asked(tmp_path, capsys):
    project = without_detections(tmp_path)
    (project.images_folder / "009.png").unlink()
    path = project.path
    project.close()
    assert main(["find", str(path), "--pictures"]) == 0
    told = capsys.readouterr()
    looked = "39 pictures were looked at for labels that lie on no edge; 1 is missing or cannot be read."
    assert looked in told.err
    assert "location" in told.out


def structure_rows(project):
    return [row for row in range(len(project.issues)) if project.issues.kind_of(row) == "structure"]


def reopened(project):
    project.close()
    return Project.open(project.path, actor=ANN)


def structure_of(project):
    store_found(project, run_find(find_inputs(project, pictures=True)))
    rows = structure_rows(project)
    return [(int(project.issues.image[row]), project.issues.sentence(row)) for row in rows]


def test_a_missing_picture_is_one_issue_however_it_was_met(tmp_path):
    project = without_detections(tmp_path)
    for name in ("009.png", "010.png"):
        (project.images_folder / name).unlink()
    noted = note_picture(project, 9, NotThere("seen to be missing"))
    project.apply(noted, op="find")
    told = dict(structure_of(project))
    assert sorted(told) == [8, 9]
    assert told[8] == f"The picture 009.png is missing: it was looked for in {project.images_folder}."
    assert told[9] == "seen to be missing"
    assert note_picture(project, 8, NotThere("again")) is None
    codes = project.issues.columns.code[structure_rows(project)].tolist()
    assert codes == [CODES.index("no_picture")] * 2
    # both are over once the files are there, and come back when they are missing again
    before, others = take_back_missing(project), len(project.issues)
    assert before is None
    for name in ("009.png", "010.png"):
        (project.images_folder / name).write_bytes((project.images_folder / "001.png").read_bytes())
    assert take_back_missing(project).title == "2 missing pictures found"
    assert len(project.issues) == others - 1
    for again in (project, reopened(project)):
        assert [again.issues.status_of(row) for row in structure_rows(again)] == [None]
    (again.images_folder / "010.png").unlink()
    assert 9 in dict(structure_of(again))
    again.close()


def test_a_folder_without_the_pictures_is_one_issue(tmp_path):
    project = without_detections(tmp_path)
    for path in project.images_folder.iterdir():
        path.unlink()
    ((image, sentence),) = structure_of(project)
    assert image == -1
    assert sentence.startswith("40 of 40 pictures are missing or cannot be read: choose the folder that")
    for name in project.images.file_name:
        (project.images_folder / name).touch()
    take_back_missing(project)
    assert structure_rows(project) == []
    project.close()


def test_an_image_that_names_no_file_is_one_issue(tmp_path):
    project = without_detections(tmp_path)
    project.close()
    data = json.loads((tmp_path / "annotations.json").read_text())
    data["images"][8]["file_name"] = f"{'9' * 300}.png"
    (tmp_path / "long.json").write_text(json.dumps(data))
    path = tmp_path / "long.labelmend"
    Project.create(path, annotations=tmp_path / "long.json", images=project.images_folder)
    project = Project.open(path, actor=ANN)
    ((image, sentence),) = structure_of(project)
    assert image == 8
    assert "has a file_name that no file can have" in sentence
    project.close()


def test_a_folder_that_may_not_be_looked_into_has_no_pictures(tmp_path, monkeypatch):
    project = without_detections(tmp_path)
    (project.images_folder / "009.png").unlink()
    assert len(structure_of(project)) == 1

    def refuse(path):
        raise PermissionError(path)

    with monkeypatch.context() as patched:
        patched.setattr(type(project.path), "is_file", refuse)
        assert take_back_missing(project) is None
    project.close()


def test_how_far_a_run_is_never_falls(tmp_path):
    project = without_detections(tmp_path)
    told = []
    run_find(find_inputs(project, pictures=True), progress=lambda done, total: told.append(done / total))
    assert told == sorted(told)
    assert told[-1] == 1
    project.close()


def test_files_alone_show_what_a_project_shows(tmp_path, capsys):
    project = without_detections(tmp_path)
    found = run_find(find_inputs(project, pictures=True)).issues
    folder, file = project.images_folder, str(tmp_path / "annotations.json")
    project.close()
    assert main(["find", "--annotations", file, "--images", str(folder)]) == 0
    told = capsys.readouterr()
    assert "40 pictures were looked at for labels that lie on no edge." in told.err
    records = [json.loads(line) for line in told.out.splitlines()]
    assert [one["score"] for one in records] == pytest.approx(found.score[found.order()], abs=1e-6)
    assert any("the left side lies on no edge" in one["reason"] for one in records)


def test_pictures_of_files_are_named_by_their_folder(tmp_path, capsys):
    project = without_detections(tmp_path)
    file, path, nowhere = str(tmp_path / "annotations.json"), str(project.path), tmp_path / "nowhere"
    project.close()
    assert main(["find", "--annotations", file, "--pictures"]) == 1
    assert "For files name their folder: --images DIR." in capsys.readouterr().err
    assert main(["find", "--annotations", file, "--images", str(nowhere)]) == 1
    assert f"{nowhere} is no folder" in capsys.readouterr().err
    assert main(["find", path, "--images", str(tmp_path)]) == 1
    assert "a project knows its pictures: say --pictures" in capsys.readouterr().err
