"""A key that a record has twice is told; the same word elsewhere in it is none."""

import json
from pathlib import Path
from typing import Any

import pytest

import labelmend
from builders.datasets import write_dataset
from labelmend.cli import main


@pytest.fixture
def text(tmp_path: Path) -> tuple[Path, str]:
    annotations, _, _ = write_dataset(tmp_path)
    return annotations, annotations.read_text()


def told(path: Path) -> list[str]:
    return [issue.reason for issue in labelmend.check_structure(labelmend.load(path)).records()]


def test_a_key_twice_in_one_record(text: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path, whole = text
    record = json.dumps(json.loads(whole)["annotations"][1])
    assert record in whole
    path.write_text(whole.replace(record, record[:-1] + ', "bbox" : [1, 2, 30, 40], "id": 2}'))
    (reason,) = told(path)
    assert "annotations[1] (id 2) has 'id' and 'bbox' more than once; the last counts." in reason
    assert main(["check", str(path)]) == 1
    assert capsys.readouterr().out.startswith(f"error: {reason}")


def test_an_area_twice(text: Any) -> None:
    path, whole = text
    path.write_text(whole.replace('"area": ', '"area": 1, "area": ', 1))
    (reason,) = told(path)
    assert "annotations[0] (id 1) has 'area' more than once; the last counts." in reason


def test_the_same_word_in_a_value_or_deeper_is_no_second_key(text: Any) -> None:
    path, whole = text
    path.write_text(
        whole.replace('"bbox": [', r'"more": {"bbox": 1, "id": 2}, "say": "\"id\": 7", "bbox": [')
    )
    assert json.loads(path.read_text())["annotations"][0]["more"]
    assert told(path) == []
