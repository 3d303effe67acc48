"""Packages: a part of a project as a project of its own, that somebody else works on and sends back."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.coco.detections import Detections
from labelmend.coco.splice import sync_folder
from labelmend.errors import BadFile, Refused
from labelmend.find.issues import NO_KEY, is_card
from labelmend.progress import Progress, silent, stage
from labelmend.project.creation import folder_paths, sync_file
from labelmend.project.current import ROOM
from labelmend.project.history import Row, Step, row_after
from labelmend.project.imported import DetectionFile, put_detections
from labelmend.project.project import Project
from labelmend.project.revisions import revisions
from labelmend.project.run import load_run, save_run
from labelmend.project.store import refuse_leftovers
from labelmend.project.translating import Translation
from labelmend.review.instructions import pictures_of
from labelmend.review.states import Actor, Role

ID_ROOM: Final = 1_000_000
"""So many ids are kept for the labels that are added in one package."""


class About(msgspec.Struct, frozen=True):
    """What a package remembers of where it is from.

    project: the origin of that project's history; seq, hash: the row of it that says that this was shared.
    number: of the package, from 1; rows: of its own history that were there already.
    """

    project: str
    name: str
    seq: int
    hash: str
    number: int
    rows: int


def about(package: Project) -> About | None:
    """Where a package is from; None for a project that is none."""
    told = package.store.get("package")
    return None if told is None else msgspec.convert(told, About)


def keys_of(package: Project) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What the labels (n,) and the images (m,) of a package's source are called in its project."""
    return package.store.array("package.keys"), package.store.array("package.images")


def share(
    project: Project,
    to: Path,
    images: NDArray[np.int64],
    *,
    pictures: bool = False,
    progress: Progress = silent,
) -> str:
    """Write a package with these images (rows), their labels, detections, issues and history; what was done.

    With `pictures` they lie beside it. Raises Refused or BadFile; nothing is left behind then.
    """
    project.require_whole()
    if about(project) is not None:
        raise Refused(f"{project.name} is a package itself: share from the project that it is a part of.")
    if not to.parent.is_dir():
        raise BadFile(f"The folder {to.parent} is not there: make it, or choose another place.")
    images = np.unique(images)
    if not len(images):
        raise Refused("No image was chosen: there is nothing to share.")
    refuse_leftovers(to)
    number = project.state.packages + 1
    step = Step(
        f"Share {len(images):,} images as {to.name}", facts={"package": number, "images": len(images)}
    )
    row = project.next_row(step, "export")
    folder = to.with_name(to.stem + ".pictures") if pictures else project.images_folder
    if pictures and folder.exists():
        raise Refused(f"{folder} exists already: choose another name for the package.")
    with tempfile.TemporaryDirectory(prefix=".sharing-", dir=to.parent) as name:
        part = Path(name) / to.name
        _write(project, part, images, number, row, folder_paths(folder, to.parent), progress)
        if pictures:
            _copy_pictures(project, images, Path(name) / folder.name)
            (Path(name) / folder.name).replace(folder)
        project.keep_event(row, step)
        part.replace(to)
    sync_folder(to.parent)
    return step.title


def _write(
    project: Project,
    part: Path,
    images: NDArray[np.int64],
    number: int,
    row: Row,
    folders: list[str],
    progress: Progress,
) -> None:
    keys = np.flatnonzero(np.isin(project.dataset.annotations.image, images))
    source = part.with_name(f"{project.path.stem}.json")
    with source.open("wb") as out:
        for piece in source_of(project, images, keys):
            out.write(piece)
    Project.create(part, annotations=source, images=project.images_folder, progress=stage(progress, 0, 60))
    source.unlink()
    package = Project.open(part)
    try:
        with package.store.transaction():
            _fill(project, package, images, keys, number, row)
            package.store.put("images.folder", folders)
    finally:
        package.close()
    sync_file(part)
    progress(100, 100)


def source_of(project: Project, images: NDArray[np.int64], keys: NDArray[np.int64]) -> Iterator[bytes]:
    """A COCO file with these records of the source, as they are written there."""
    every = np.arange(len(project.categories.id))
    for lead, name, rows in (
        (b'{"images": [\n', "images", images),
        (b'],\n"categories": [\n', "categories", every),
        (b'],\n"annotations": [\n', "annotations", keys),
    ):
        yield lead
        span = project.frame.spans[name]
        for n, at in enumerate(rows.tolist()):
            yield (b",\n" if n else b"") + project.store.read(int(span.start[at]), int(span.end[at]))
    yield b"\n]}\n"


def _fill(
    project: Project,
    package: Project,
    images: NDArray[np.int64],
    keys: NDArray[np.int64],
    number: int,
    row: Row,
) -> None:
    """What the package holds beside the source's records."""
    key_there = {key: n for n, key in enumerate(keys.tolist())}
    image_there = {image: n for n, image in enumerate(images.tolist())}
    detections = _put_detections(project, package, images)
    _put_issues(project, package, images, key_there, detections)
    added = {key for image in images.tolist() for key in project.added_to(image)}
    issues = {int(one) for one in project.issues.id[np.isin(project.issues.image, images)]}
    names = key_there | {key: key for key in added}
    there = Translation(names.get, image_there.get, names, issues)
    rows = project.store.history()
    last = _replay(rows, package, there)
    _put_references(project, package, rows)
    told = About(row.origin, project.name, row.seq, row.hash.hex(), number, last.seq)
    package.store.put("package", msgspec.to_builtins(told))
    package.store.put("next issue", max(project.new_issue(), number * ROOM + 1))
    package.store.put("floor", [-number * ROOM, _floor(project, number)])
    if project.store.get("orientation") is not None:
        package.store.put("orientation", project.orientation)
    package.store.put_arrays({"package.keys": keys, "package.images": images})


def _floor(project: Project, number: int) -> Any:
    """An id after which those of labels come that are added in a package. Raises Refused for no room."""
    fresh, room = project.fresh_id(), number * ID_ROOM
    if isinstance(fresh, str):
        return str(int(fresh) + room)
    if max(fresh, int(project.dataset.annotations.id.max(initial=0))) + room + ID_ROOM >= 1 << 63:
        raise Refused(
            f"The ids of the labels in {project.name} reach up to the largest there is: give them smaller "
            "ids, so that those that are added in a package get others."
        )
    return fresh + room


def _put_detections(project: Project, package: Project, images: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep the detections of these images; the row there (n,) of each detection here, -1 for none."""
    every = project.detections()
    if every is None:
        return np.zeros(0, np.int64)
    mine = np.isin(every.image, images)
    rows = np.flatnonzero(mine)
    some = Detections(
        np.searchsorted(images, every.image[rows]).astype(np.int32),
        every.category[rows],
        every.bbox[rows],
        every.score[rows],
        every.row[rows],
        None if every.masks is None else every.masks.take(rows),
        source=None if every.source is None else every.source[rows],
    )
    files = [DetectionFile(file["name"], file["sha256"]) for file in project.store.get("detections", ())]
    put_detections(package.store, some, files)
    return np.where(mine, np.cumsum(mine) - 1, -1)


def _put_issues(
    project: Project,
    package: Project,
    images: NDArray[np.int64],
    key_there: dict[int, int],
    detections: NDArray[np.int64],
) -> None:
    """Keep the issues of these images with their ids; a card stands for labels elsewhere too, and stays."""
    found, ids, texts = load_run(project.store)
    rows = np.flatnonzero(np.isin(found.image, images) & ~is_card(found))
    some, ids = found.take(rows), ids[rows]
    seen = some.detection
    some = replace(
        some,
        image=np.searchsorted(images, some.image).astype(np.int32),
        annotation=_named(some.annotation, key_there),
        other=_named(some.other, key_there),
        detection=np.where(seen >= 0, detections[seen], -1).astype(np.int32) if len(detections) else seen,
        cluster=np.full(len(rows), -1, np.int32),
    )
    save_run(package.store, some, ids, {int(one): texts[int(one)] for one in ids if int(one) in texts})


def _named(keys: NDArray[np.int64], there: dict[int, int]) -> NDArray[np.int64]:
    return np.array([key if key < 0 else there.get(key, NO_KEY) for key in keys.tolist()], np.int64)


def _replay(rows: Sequence[Row], package: Project, there: Translation) -> Row:
    """Append to the package's history what of these rows is about it; its last row."""
    last, seq_there = package.last_row, dict[int, int]()
    for row in rows:
        step = there.step(row.step()) if row.op in ("do", "undo", "redo", "draw") else None
        if step is None or (row.of is not None and row.of not in seq_there):
            continue
        who = Actor(row.actor, cast(Role, row.role)) if row.actor else None
        of = None if row.of is None else seq_there[row.of]
        last = row_after(last, step, at=row.at, actor=who, op=row.op, of=of)
        seq_there[row.seq] = last.seq
        package.store.append(last)
    return last


def _put_references(project: Project, package: Project, rows: Sequence[Row]) -> None:
    """Keep the pictures that the instructions refer to or ever did: whoever undoes finds them."""
    given = [side for one in revisions(rows) for side in (one.before, one.after)]
    for name in sorted(set().union(*map(pictures_of, given))):
        data = project.store.picture(name)
        if data is not None:
            package.store.put_picture(name, data)


def _copy_pictures(project: Project, images: NDArray[np.int64], folder: Path) -> None:
    """Copy the pictures; a name that leads out of their folder is refused."""
    inside = project.images_folder.resolve()
    for image in images.tolist():
        name, place = project.images.file_name[image], project.image_path(image)
        # Where links lead is not where `..` leads in the new folder, so no name may hold one.
        leads_out = Path(name).is_absolute() or ".." in Path(name).parts
        if leads_out or not place.resolve().is_relative_to(inside):
            raise BadFile(f"images[{image}]: {name!r} leads out of the pictures' folder: it is not copied.")
        if place.is_file():
            to = folder / name
            to.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(place, to)
    folder.mkdir(exist_ok=True)
