"""Makes a project file from a COCO file, its pictures and, perhaps, detections: all or nothing."""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from labelmend import __version__
from labelmend.coco.columns import Dataset
from labelmend.coco.detections import Detections
from labelmend.coco.faults import Fault, in_short, shown
from labelmend.coco.outlines import read_labels
from labelmend.coco.source import Source, read_source
from labelmend.coco.splice import sync_folder
from labelmend.errors import BadFile
from labelmend.find.offers import Offer, read_checked, told
from labelmend.picture_paths import picture_in
from labelmend.progress import Progress, silent, stage
from labelmend.project.history import Row, Step, encode, row_hash
from labelmend.project.imported import DetectionFile, Outlines, put_dataset, put_detections, put_faults
from labelmend.project.store import Store, refuse_leftovers
from labelmend.words import told_apart

SUFFIX: Final = ".labelmend"
"""What the name of a project file ends in."""
_LOOKED_FOR: Final = 50
"""So many pictures at most are looked for when a project is made or opened: a network drive is slow."""


@dataclass(frozen=True)
class Imported:
    """What an import took in, and every fault it met, each in one sentence.

    offers: the detections that fit when they are read otherwise than written. in_short: the faults, of many
    alike the first few.
    """

    images: int
    annotations: int
    detections: int
    faults: tuple[str, ...]
    offers: tuple[Offer, ...] = ()
    in_short: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The import in one line."""
        told = f"{self.images:,} images, {self.annotations:,} annotations, {self.detections:,} detections"
        number = len(self.faults)
        return told + (f"; {number:,} fault{'s' if number > 1 else ''}" if number else "; no faults")


@dataclass(frozen=True)
class _Input:
    source: Source
    dataset: Dataset
    outlines: Outlines
    detections: Detections | None
    detection_faults: list[Fault]
    detection_files: list[DetectionFile]
    offers: tuple[Offer, ...]


def create(
    path: Path,
    *,
    annotations: Path,
    images: Path,
    detections: Path | Sequence[Path] | None = None,
    offered: bool = False,
    progress: Progress = silent,
) -> Imported:
    """Make the project file `path`; detections: a file, or one of each of several models.

    offered: detections that seem to be meant otherwise than written are read as the doctor offers.

    Nothing is left behind when this raises: BadFile for input that cannot be used, Refused for a place
    that cannot be taken, Cancelled when `progress` raises it.
    """
    refuse_leftovers(path)
    if not path.parent.is_dir():
        raise BadFile(f"The folder {path.parent} is not there: make it, or choose another place.")
    if not images.is_dir():
        raise BadFile(f"{images} is not a folder: choose the folder that the pictures are in.")
    models = (detections,) if isinstance(detections, Path) else tuple(detections or ())
    given = _read(annotations, models, offered, progress)
    part = path.with_name(path.name + ".part")
    for name in (part.name, part.name + "-journal", part.name + "-wal", part.name + "-shm"):
        part.with_name(name).unlink(missing_ok=True)
    try:
        _write(part, given, folder_paths(images, path.parent), progress)
        progress(95, 100)
        part.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    progress(100, 100)
    faults = (*given.dataset.faults, *given.detection_faults)
    lacking = missing_pictures(images, given.dataset.images.file_name)
    first = (lacking,) if lacking else ()
    count = 0 if given.detections is None else len(given.detections.score)
    return Imported(
        images=len(given.dataset.images.id),
        annotations=len(given.dataset.annotations.id),
        detections=count,
        faults=(*first, *(fault.sentence for fault in faults)),
        offers=given.offers,
        in_short=(*first, *in_short(faults)),
    )


def missing_pictures(folder: Path, names: Sequence[str]) -> str:
    """A sentence when most pictures are not in their folder, else "". Of many, some are looked for."""
    some = names[:: -(-len(names) // _LOOKED_FOR) or 1]
    missing = [name for name in some if not picture_in(folder, name).exists()]
    if 2 * len(missing) <= len(some):  # so few are told one by one, as issues
        return ""
    return (
        f"The folder of the pictures, {folder}, lacks {len(missing)} of {len(some)} that were looked for, "
        f"{shown(missing[0])} among them: choose the one that “file_name” starts from."
    )


def _read(annotations: Path, detections: Sequence[Path], offered: bool, progress: Progress) -> _Input:
    source = read_source(annotations, progress=stage(progress, 0, 30))
    dataset, outline, crossing = read_labels(source, progress=stage(progress, 30, 65))
    found: Detections | None = None
    faults: list[Fault] = []
    offers: tuple[Offer, ...] = ()
    if detections:
        read = read_checked(
            detections,
            dataset=dataset,
            beside=source.name,
            offered=offered,
            progress=stage(progress, 65, 80),
        )
        found, faults, offers, detections = read.detections, read.faults, read.offers, read.paths
    progress(80, 100)
    files = detection_files(detections, beside=source.name)
    return _Input(source, dataset, Outlines(outline, crossing), found, faults, files, offers)


def _write(part: Path, given: _Input, images: list[str], progress: Progress) -> None:
    store = Store(part, importing=True)
    try:
        with store.transaction():
            put_dataset(store, given.source, given.dataset, given.outlines, progress=stage(progress, 80, 90))
            put_faults(store, "detection faults", given.detection_faults)
            if given.detections is not None:
                put_detections(
                    store, given.detections, given.detection_files, progress=stage(progress, 90, 95)
                )
            store.put("images.folder", images)
            store.put("next issue", 1)
            store.append(_first_row(given))
        store.into_wal()
    finally:
        store.close()
    sync_file(part)


def _first_row(given: _Input) -> Row:
    """The import, as the first row of the history."""
    facts: dict[str, str | int | float] = {
        "annotations": given.source.name,
        "annotations sha256": given.source.sha256,
        "detections": ", ".join(file.name for file in given.detection_files),
        "detections sha256": ", ".join(file.sha256 for file in given.detection_files),
        "program": f"Labelmend {__version__}",
    }
    if given.detections is not None:
        facts |= told(given.detections.readings)
    title = f"Import {given.source.name}"
    body = encode(Step(title=title, facts=facts))
    origin, at = uuid.uuid4().hex, now()
    digest = row_hash(
        b"", seq=1, origin=origin, at=at, actor="", role="", op="import", of=None, title=title, body=body
    )
    return Row(1, origin, at, "", "", "import", None, title, body, digest)


def now() -> str:
    """The time in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def detection_files(paths: Sequence[Path], *, beside: str) -> list[DetectionFile]:
    """What is kept of files of detections beside their records; beside: the name of the dataset's file."""
    names = told_apart(paths, beside=beside)
    return [DetectionFile(name, file_hash(path)) for name, path in zip(names, paths, strict=True)]


def file_hash(path: Path) -> str:
    """SHA-256 of a file as it lies on the disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_file(path: Path) -> None:
    """Have the system write a file to the disk. Windows needs a handle that may write."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def folder_paths(images: Path, base: Path) -> list[str]:
    """The pictures' folder as it is kept: relative to the project, for both moved together, and absolute,
    for the project moved alone."""
    absolute = images.resolve()
    try:
        return [Path(os.path.relpath(absolute, base.resolve())).as_posix(), absolute.as_posix()]
    except ValueError:  # another drive on Windows
        return [absolute.as_posix()]


def places_of(folders: Sequence[str], base: Path) -> list[Path]:
    """Where the folder that `folder_paths` told of may be, the likeliest place first."""
    return [(base / folder).resolve() for folder in folders]
