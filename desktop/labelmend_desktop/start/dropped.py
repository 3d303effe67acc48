"""Tells what dropped files are by looking at their first bytes."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_LOOK_AT = 1 << 16
_PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}


@dataclass(frozen=True)
class Dropped:
    """What was found among the files; ``strangers`` are those that are nothing we know."""

    project: Path | None = None
    annotations: Path | None = None
    detections: tuple[Path, ...] = ()
    images: Path | None = None
    strangers: tuple[Path, ...] = ()


def sort_out(paths: Sequence[Path]) -> Dropped:
    """Say which file is which; a picture stands for its folder, each detections file for a model.

    A COCO file with scores is detections, unless there are some and annotations are wanting.
    """
    project = annotations = images = None
    detections: list[Path] = []
    scored: list[Path] = []
    strangers: list[Path] = []
    for path in paths:
        kind = kind_of(path)
        if kind == "project":
            project = path
        elif kind == "images":
            images = path if path.is_dir() else path.parent
        elif kind == "annotations" and annotations is None:
            annotations = path
        elif kind in ("detections", "scored"):
            (detections if kind == "detections" else scored).append(path)
        else:
            strangers.append(path)
    for path in scored:
        if detections and annotations is None:
            annotations = path
        else:
            detections.append(path)
    if annotations is not None and images is None:
        images = pictures_near(annotations)
    return Dropped(project, annotations, tuple(detections), images, tuple(strangers))


def kind_of(path: Path) -> str:
    """ "project", "images", "annotations", "detections", "scored" (annotations with scores) or ""."""
    name = path.name.lower()
    if name.endswith(".labelmend"):
        return "project"
    if path.is_dir() or path.suffix.lower() in _PICTURES:
        return "images"
    if not name.endswith((".json", ".json.gz")):
        return ""
    start = _first_bytes(path).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        return "detections"
    if not start.startswith(b"{"):
        return ""
    return "scored" if b'"score"' in start else "annotations"


def _first_bytes(path: Path) -> bytes:
    try:
        if path.name.lower().endswith(".gz"):
            with gzip.open(path) as packed:
                return packed.read(_LOOK_AT)
        with path.open("rb") as plain:
            return plain.read(_LOOK_AT)
    except (OSError, EOFError):
        return b""


def pictures_near(annotations: Path) -> Path | None:
    """The folder beside a COCO file in which its first picture lies, or a folder called ``images``."""
    first = re.search(rb'"file_name"\s*:\s*("(?:[^"\\]|\\.)*")', _first_bytes(annotations))
    folders = [annotations.parent / "images", annotations.parent]
    try:
        folders += sorted(child for child in annotations.parent.iterdir() if child.is_dir())[:50]
    except OSError:
        return None
    if first is not None:
        try:
            name = json.loads(first[1])
        except ValueError:
            name = ""
        for folder in folders:
            if name and (folder / name).is_file():
                return folder
    return folders[0] if folders[0].is_dir() else None
