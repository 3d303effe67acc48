"""Files that are not what they should be: one sentence each, the right exit code, nothing left behind."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import labelmend
from builders.datasets import write_dataset
from labelmend.cli import command_line, main

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    annotations, _, detections = write_dataset(tmp_path)
    return annotations, detections


def changed(path: Path, change: Change) -> str:
    """A copy of a file of which the value was changed in place."""
    value = json.loads(path.read_bytes())
    change(value)
    copy = path.with_name(f"changed-{path.name}")
    copy.write_text(json.dumps(value), encoding="utf-8")
    return str(copy)


def of_annotation(**fields: Any) -> Change:
    return lambda value: value["annotations"][1].update(fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"area": float("nan")}, []),
        ({"note": "\ud800"}, []),
        ({"bbox": [1, 2, float("nan"), 4]}, ["has a bbox that is not four finite numbers"]),
        ({"area": float("nan"), "segmentation": [[0, 0, float("nan"), 0, 9, 9]]}, ["neither polygons"]),
        ({"area": float("nan"), "segmentation": [[0, 0, 9, 0, 9, 9], [1]]}, ["neither polygons"]),
    ],
)
def test_what_no_strict_parser_reads_puts_no_outline_at_fault(
    files: Any, capsys: Any, fields: dict[str, Any], told: list[str]
) -> None:
    x, y, w, h = json.loads(files[0].read_bytes())["annotations"][1]["bbox"]
    outline = {"segmentation": [[x, y, x + w, y, x + w, y + h, x, y + h]]}
    path = changed(files[0], of_annotation(**(outline | fields)))
    assert main(["check", path]) == (1 if told else 0)
    lines = capsys.readouterr().out.splitlines()[:-1]
    assert len(lines) == len(told)
    assert all(words in line for words, line in zip(told, lines, strict=True))


def test_a_file_without_images(files: Any, tmp_path: Path, capsys: Any) -> None:
    annotations, detections = files
    path = changed(annotations, lambda value: value["images"].clear())
    assert main(["check", path]) == 1
    assert "which “images” lacks" in capsys.readouterr().out
    project = str(tmp_path / "p.labelmend")
    given = ["--annotations", path, "--detections", str(detections)]
    assert main(["find", *given]) == 1
    assert main(["new", project, *given, "--images", str(tmp_path)]) == 1
    for line in capsys.readouterr().err.splitlines():
        assert line.startswith(f"labelmend: {detections.name}: none of its")
    assert not Path(project).exists()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"bbox": [1, 2, 1e308, 1e308]}, "has a bbox of more than a billion pixels"),
        ({"bbox": [-1e12, 2, 3, 4]}, "has a bbox of more than a billion pixels"),
        ({"bbox": ["1", "2", "3", ""]}, "has a bbox that is not four finite numbers"),
        ({"segmentation": "outline"}, "has a segmentation that is neither polygons"),
        ({"segmentation": 7}, "has a segmentation that is neither polygons"),
        ({"segmentation": [[1e308, 0, -1e308, 5, 9, 9]]}, "has a segmentation that is neither polygons"),
        (
            {"segmentation": {"size": [9, 9], "counts": [81]}},
            "has a segmentation that cannot be used: its mask is",
        ),
        (
            {"segmentation": {"size": [240, 320], "counts": [7]}},
            "has a segmentation that cannot be used: its mask's",
        ),
    ],
)
def test_a_faulty_record_is_told_once_and_the_rest_is_used(
    files: Any, capsys: Any, fields: dict[str, Any], told: str
) -> None:
    annotations, detections = files
    path = changed(annotations, of_annotation(**fields))
    assert main(["check", path]) == 1
    assert capsys.readouterr().out.count(f"annotations[1] (id {_id(annotations)}) {told}") == 1
    assert main(["find", "--annotations", path, "--detections", str(detections)]) == 0
    assert told in capsys.readouterr().err


def _id(annotations: Path) -> int:
    number: int = json.loads(annotations.read_bytes())["annotations"][1]["id"]
    return number


def test_what_is_no_record_at_all_is_told_once(files: Any, capsys: Any) -> None:
    annotations, _ = files
    path = changed(annotations, lambda value: value["annotations"].insert(1, None))
    assert main(["check", path]) == 1
    line, summary = capsys.readouterr().out.splitlines()
    assert "annotations[1] is not a record in braces" in line
    assert ": 1 error, 0 warnings" in summary


def test_a_class_without_a_name_is_called_by_its_id(files: Any, capsys: Any) -> None:
    annotations, detections = files

    def nameless(value: dict[str, Any]) -> None:
        value["categories"][0].pop("name")
        value["categories"].append({"id": "odd"})
        value["categories"].append({"supercategory": "thing"})

    path = changed(annotations, nameless)
    assert labelmend.load(path).categories.name == ["1", "dog", "bird", "'odd'", "categories[4]"]
    assert main(["find", "--annotations", path, "--detections", str(detections)]) == 0
    assert '"category": "1"' in capsys.readouterr().out


def test_scores_that_are_words_are_no_scores(files: Any, capsys: Any) -> None:
    annotations, detections = files
    path = changed(detections, lambda value: [one.update(score="high") for one in value])
    assert main(["find", "--annotations", str(annotations), "--detections", path]) == 1
    told = capsys.readouterr().err
    assert "no “score” that is a finite number in any record (keys of the first: 'image_id', 'categ" in told


def test_ids_that_do_not_fit_are_each_named_once(files: Any, capsys: Any) -> None:
    annotations, detections = files
    path = changed(detections, lambda value: [one.update(image_id=777) for one in value])
    assert main(["find", "--annotations", str(annotations), "--detections", path]) == 1
    assert "image ids there: 777; here:" in capsys.readouterr().err


def test_a_box_of_a_detection_beyond_all_pictures_is_left_out(files: Any, capsys: Any) -> None:
    annotations, detections = files
    path = changed(detections, lambda value: value[0].update(bbox=[0, 0, 1e308, 1e308]))
    assert main(["find", "--annotations", str(annotations), "--detections", path]) == 0
    assert "detections[0] has no bbox of four finite numbers (below a billion)" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_read_as_a_file_is(files: Any, tmp_path: Path, capsys: Any) -> None:
    annotations, _ = files
    code = main(["check", str(annotations)])
    expected = capsys.readouterr().out
    pipe = tmp_path / "folder" / annotations.name
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(annotations.read_bytes()))
    writer.start()
    assert main(["check", str(pipe)]) == code
    writer.join()
    assert capsys.readouterr().out == expected.replace(str(annotations), str(pipe))


def test_a_file_that_is_not_there(files: Any, tmp_path: Path, capsys: Any) -> None:
    annotations, _ = files
    assert main(["check", f"{annotations}.none"]) == 2
    assert main(["check", str(tmp_path)]) == 2
    none, folder = capsys.readouterr().err.splitlines()
    assert none.startswith("labelmend: ")
    assert none.endswith("; check its name and permissions.")
    assert folder == f"labelmend: {tmp_path} is a folder: choose the JSON file in it."


def test_a_score_beyond_all_numbers_is_left_out(files: Any, capsys: Any) -> None:
    annotations, detections = files
    path = changed(detections, lambda value: value[0].update(score=1e308))
    assert main(["find", "--annotations", str(annotations), "--detections", path]) == 0
    assert "detections[0] has no score that is a finite number" in capsys.readouterr().err


@pytest.mark.parametrize("size", [{"width": None}, {"height": 10**18}])
def test_masks_are_evaluated_beside_a_picture_of_no_known_size(
    tmp_path: Path, capsys: Any, size: dict[str, Any]
) -> None:
    """The pictures are left out, and said, as pycocotools cannot take them either."""
    outline = [[20, 20, 80, 20, 80, 70, 20, 70]]
    annotations, pictures, detections = write_dataset(tmp_path)
    with_masks = changed(annotations, lambda value: [
        *(one.update(segmentation=outline) for one in value["annotations"]), value["images"][0].update(size)
    ])  # fmt: skip
    seen = changed(detections, lambda value: [one.update(segmentation=outline) for one in value[3:]])
    project = str(tmp_path / "p.labelmend")
    given = ["--annotations", with_masks, "--detections", seen, "--images", str(pictures)]
    assert main(["new", project, *given]) == 0
    assert main(["evaluate", project]) == 0
    told = capsys.readouterr().out
    assert "masks" in told
    assert "left out detections:" in told


def test_stopped_before_the_command_is_loaded(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "import_module", stop)
    assert main(["check", "any.json"]) == 130
    assert capsys.readouterr().err == "labelmend: stopped; nothing half-done was left behind.\n"
