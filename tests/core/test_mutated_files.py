"""Two thousand damaged files: each is used or refused with a sentence, and no export changes a byte."""

import gzip
from contextlib import suppress
from pathlib import Path

import pytest

import labelmend
from builders.mutations import mutated
from labelmend.project.export import export
from labelmend.project.project import Project

FILES, SHARES = 2_000, 8
EVERY = 5
"""One file of so many becomes a project too: its import and its export cost most of the time."""


def name_of(text: bytes) -> str:
    return "labels.json.gz" if text[:2] == b"\x1f\x8b" else "labels.json"


@pytest.mark.parametrize("share", range(SHARES))
def test_a_damaged_file_is_used_or_refused_with_a_sentence(share: int, tmp_path: Path) -> None:
    detections = tmp_path / "detections.json"
    box = '{"image_id":1,"category_id":1,"bbox":[20,20,40,50],"score":0.9}'
    detections.write_text(f"[{box},{box.replace('20,40', '25,40')}]")
    used = 0
    for seed in range(share, FILES, SHARES):
        text = mutated(seed)
        path = tmp_path / name_of(text)
        path.write_bytes(text)
        data, refusal = None, ""
        try:
            data = labelmend.load(path)
        except labelmend.BadFile as error:
            refusal = str(error)
        if data is None:
            assert path.name in refusal, f"seed {seed}: the sentence does not name the file"
            continue
        used += 1
        assert all(issue.reason for issue in labelmend.check_structure(data))
        with suppress(labelmend.BadFile):  # the detections may fit no image or no class that is left
            list(labelmend.find_issues(labelmend.load(path, detections=detections)))
    assert used > FILES // SHARES // 4


@pytest.mark.parametrize("share", range(SHARES))
def test_a_project_of_a_damaged_file_exports_the_same_bytes(share: int, tmp_path: Path) -> None:
    for seed in range(share * EVERY, FILES, SHARES * EVERY):
        text = mutated(seed)
        path, place = tmp_path / name_of(text), tmp_path / f"{seed}.labelmend"
        path.write_bytes(text)
        try:
            Project.create(place, annotations=path, images=tmp_path)
        except labelmend.BadFile:
            assert not place.exists(), f"seed {seed}: a refused file left a project"
            continue
        project = Project.open(place)
        exported = tmp_path / f"exported-{seed}{path.suffix}"
        export(project, exported)
        project.close()
        assert _plain(exported) == _plain(path), f"seed {seed}: the export differs"


def _plain(path: Path) -> bytes:
    text = path.read_bytes()
    return gzip.decompress(text) if text[:2] == b"\x1f\x8b" else text
