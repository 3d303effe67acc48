"""Packages: a part of a project as a project of its own, that somebody else works on and sends back."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from labelmend.coco.detections import Detections
from labelmend.coco.splice import sync_folder
from labelmend.errors import BadFile, Refused
from labelmend.find.issues import NO_KEY, is_card
from labelmend.picture_paths import picture_in
from labelmend.progress import Progress, silent, stage
from labelmend.project.about import About, about
from labelmend.project.aside import Aside, clear_left
from labelmend.project.creation import folder_paths, sync_file
from labelmend.project.current import ROOM
from labelmend.project.history import AUDIT, WORK, Row, Shared, Step, counting, row_after
from labelmend.project.imported import DetectionFile, put_detections
from labelmend.project.project import Project
from labelmend.project.revisions import revisions
from labelmend.project.run import load_run, save_run
from labelmend.project.store import refuse_leftovers
from labelmend.project.translating import Translation
from labelmend.review.instructions import pictures_of
from labelmend.review.states import ROLES, Actor, Role
from labelmend.words import counted

WORKERS: Final = tuple(role for role in ROLES if role != "lead")
"""The roles that somebody can work as in a package: what the lead does is done in the project."""
ID_ROOM: Final = 1_000_000
"""So many ids are kept for the labels that are added in one package."""

_SHARING: Final = ".sharing-"
"""How the folders beside a target begin in which packages are written."""


@dataclass(frozen=True)
class Sharing:
    """What is to be shared: `project` as it stands, of a copy that does not change."""

    project: Project
    to: Path
    images: NDArray[np.int64]
    pictures: bool
    told: About


@dataclass(frozen=True)
class Written:
    """A package that lies in a folder of its own, until the project knows of it; missing: pictures."""

    sharing: Sharing
    folder: Aside
    step: Step
    missing: int


def keys_of(package: Project) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What the labels (n,) and the images (m,) of a package's source are called in its project."""
    store = package.store
    keys, images = store.array("package.keys"), store.array("package.images")
    return keys.astype(np.int64).reshape(-1), images.astype(np.int64).reshape(-1)


def seal(package: Project, told: About) -> str:
    """What its project remembers a package by: SHA-256 over where it is from, its keys and its first rows."""
    keys, images = (column.astype("<i8").tobytes() for column in keys_of(package))
    first = [row.hash for row in package.store.history([told.rows])]
    return hashlib.sha256(msgspec.msgpack.encode((told, keys, images, first))).hexdigest()


def share(
    project: Project,
    to: Path,
    images: NDArray[np.int64],
    *,
    pictures: bool = False,
    person: str = "",
    role: Role | None = None,
    progress: Progress = silent,
) -> str:
    """Write a package with these images (rows), their labels, detections, issues and history; what was done.

    With `pictures` they lie beside it; person and role: who alone works in it. Raises Refused or BadFile;
    nothing is left behind then.
    """
    sharing = prepare(project, to, images, pictures=pictures, person=person, role=role)
    return keep(project, write(sharing, progress=progress))


def prepare(
    project: Project,
    to: Path,
    images: NDArray[np.int64],
    *,
    pictures: bool = False,
    person: str = "",
    role: Role | None = None,
) -> Sharing:
    """What `write` needs, checked. Raises Refused or BadFile."""
    project.require_whole()
    if about(project.store) is not None:
        raise Refused(f"{project.name} is a package itself: share from the project that it is a part of.")
    if not to.parent.is_dir():
        raise BadFile(f"The folder {to.parent} is not there: make it, or choose another place.")
    images = np.unique(images)
    if not len(images):
        raise Refused("No image was chosen: there is nothing to share.")
    refuse_leftovers(to)
    if pictures and _pictures_of(to).exists():
        raise Refused(f"{_pictures_of(to)} exists already: choose another name for the package.")
    last, number = project.last_row, max(project.state.shared, default=0) + 1
    told = About(last.origin, project.name, last.seq, number, 0, person.strip(), role or "")
    return Sharing(project.still(), to, images, pictures, told)


def write(sharing: Sharing, *, progress: Progress = silent) -> Written:
    """Write the package, in any thread; it takes its place by `keep`. Raises BadFile, Refused, Cancelled."""
    to, images = sharing.to, sharing.images
    clear_left(within=to.parent, prefix=_SHARING)
    folder = Aside(within=to.parent, prefix=_SHARING)
    try:
        facts: dict[str, str | int | float] = {"package": sharing.told.number, "images": len(images)}
        facts["seal"] = _write(sharing, Path(folder.name) / to.name, stage(progress, 0, 80))
        missing = 0
        if sharing.pictures:
            there = Path(folder.name) / _pictures_of(to).name
            missing = _copy_pictures(sharing.project, images, there, stage(progress, 80, 100))
        whom = f" for {sharing.told.whom}" if sharing.told.whom else ""
        title = f"Share {counted(len(images), 'image')} as {to.name}{whom}"
        progress(100, 100)
        shared = Shared(to.name, sharing.told.person or sharing.told.whom, tuple(images.tolist()))
        return Written(sharing, folder, Step(title, facts=facts, shared=shared), missing)
    except BaseException as error:
        folder.cleanup()
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise Refused(f"The disk of {to} is full: free some space; nothing was changed.") from error
        raise


def keep(project: Project, written: Written) -> str:
    """Write into the history that this was shared, and put it in its place; what was done, in a sentence."""
    sharing, to, made = written.sharing, written.sharing.to, Path(written.folder.name)
    with written.folder:
        refuse_leftovers(to)
        # First the history: it knows every package that can come back.
        project.record_event(written.step, "export")
        if sharing.pictures:
            (made / _pictures_of(to).name).replace(_pictures_of(to))
        (made / to.name).replace(to)
    sync_folder(to.parent)
    whom = f" for {sharing.told.whom}" if sharing.told.whom else ""
    beside = f"; the pictures are in {_pictures_of(to).name}" if sharing.pictures else ""
    gone = f", but {written.missing:,} that are not there" if written.missing else ""
    return f"Shared {counted(len(sharing.images), 'image')} as {to.name}{whom}{beside}{gone}."


def _pictures_of(to: Path) -> Path:
    return to.with_name(to.stem + ".pictures")


def _write(sharing: Sharing, part: Path, progress: Progress) -> str:
    """Write the package's file; its seal."""
    project, images = sharing.project, sharing.images
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
            told = _fill(sharing, package, keys)
        found = seal(package, told)
    finally:
        package.close()
    sync_file(part)
    progress(100, 100)
    return found


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


def _fill(sharing: Sharing, package: Project, keys: NDArray[np.int64]) -> About:
    """What the package holds beside the source's records."""
    project, images, number = sharing.project, sharing.images, sharing.told.number
    key_there = {key: n for n, key in enumerate(keys.tolist())}
    image_there = {image: n for n, image in enumerate(images.tolist())}
    detections = _put_detections(project, package, images)
    _put_issues(project, package, images, key_there, detections)
    added = {key for image in images.tolist() for key in project.added_to(image)}
    issues = {int(one) for one in project.issues.id[np.isin(project.issues.image, images)]}
    names = key_there | {key: key for key in added}
    there = Translation(names.get, image_there.get, names, issues, places=issues)
    rows = counting(project.store.history())
    last = _replay(rows, package, there)
    _put_references(project, package, rows)
    told = msgspec.structs.replace(sharing.told, rows=last.seq)
    store = package.store
    store.put("package", msgspec.to_builtins(told))
    store.put("next issue", max(project.new_issue(), number * ROOM + 1))
    store.put("floor", [-number * ROOM, _floor(project, number)])
    if project.store.get("orientation") is not None:
        store.put("orientation", project.orientation)
    if sharing.pictures:  # where they lie at whoever shares is nobody's business
        store.put("images.folder", [_pictures_of(sharing.to).name])
    else:
        store.put("images.folder", folder_paths(project.images_folder, sharing.to.parent))
    store.put_arrays({"package.keys": keys, "package.images": images})
    return told


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
    files = [
        DetectionFile(file["name"], file["sha256"], file.get("boxed"))
        for file in project.store.get("detections", ())
    ]
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
        step = there.step(_apart(row.step())) if row.op in WORK else None
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


def _apart(step: Step) -> Step:
    """A step without what tells of labels elsewhere: the numbers and the people of a draw."""
    if step.draw is not None:
        draw = msgspec.structs.replace(step.draw, rates=None, strata=(), plans={}, classes={})
        return msgspec.structs.replace(step, title=f"draw for review (seed {draw.seed})", facts={}, draw=draw)
    if step.notes and step.notes[0].kind == AUDIT:
        return msgspec.structs.replace(step, title="draw for the audit", facts={})
    return step


def _copy_pictures(project: Project, images: NDArray[np.int64], folder: Path, progress: Progress) -> int:
    """Copy the pictures; how many are not there. A name that leads out of their folder is refused."""
    inside, missing = project.images_folder.resolve(), 0
    for done, image in enumerate(images.tolist()):
        progress(done, len(images))
        name = project.images.file_name[image]
        if leads_out(name, inside):
            raise BadFile(f"images[{image}]: {name!r} leads out of the pictures' folder: it is not copied.")
        place, to = picture_in(inside, name), folder / name
        if not place.is_file():
            missing += 1
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(place, to)
        except FileNotFoundError:
            missing += 1
    folder.mkdir(exist_ok=True)
    return missing


def leads_out(name: str, inside: Path) -> bool:
    """Whether a name leads out of a folder on this or on another system, or through a link."""
    # Where links lead is not where `..` leads in the new folder, so no name may hold one.
    for path in (PurePosixPath(name), PureWindowsPath(name)):
        if path.anchor or path.drive or ".." in path.parts:
            return True
    return "\0" in name or not (inside / name).resolve().is_relative_to(inside)
