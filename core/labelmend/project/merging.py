"""Takes in what was done in packages of a project: in a copy of it, which the project then takes over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labelmend.errors import BadFile, LabelmendError, Refused
from labelmend.progress import Progress, silent, stage
from labelmend.project.about import About, about, about_file
from labelmend.project.merged import Merged
from labelmend.project.ordering import merge_in_order
from labelmend.project.packages import keys_of, seal, source_of
from labelmend.project.project import Project
from labelmend.project.sides import Sides
from labelmend.project.store import DAMAGE
from labelmend.project.theirs import Theirs
from labelmend.project.vetting import vet
from labelmend.words import counted


@dataclass(frozen=True)
class Merging:
    """A copy of a project that took in packages, for `Project.take_over`; and what was refused, and why."""

    copy: Project
    merged: tuple[Merged, ...]
    refused: tuple[str, ...]

    @property
    def conflicts(self) -> int:
        """How many labels wait for the expert."""
        return sum(one.conflicts for one in self.merged)

    @property
    def sentence(self) -> str:
        """What came in, and what did not, in one line."""
        if len(self.merged) + len(self.refused) == 1:
            return self.refused[0] if self.refused else self.merged[0].sentence
        steps = sum(one.steps for one in self.merged)
        told = f"{counted(len(self.merged), 'package')} merged: {counted(steps, 'step')}"
        told += (
            f", {counted(self.conflicts, 'conflict')} for the expert" if self.conflicts else ", no conflict"
        )
        return told + (f"; {counted(len(self.refused), 'package')} refused." if self.refused else ".")


def merge(project: Project, path: Path) -> Merged:
    """Take in what was done in a package since it was shared, or since it was merged last: all or nothing.

    Raises Refused or BadFile when it is no package of this project, was altered or breaks a rule.
    """
    project.require_whole()
    copy = project.still()
    merged = _merge(copy, path)
    if copy.adopted:
        project.take_over(copy)
    return merged


def is_package_of(project: Project, path: Path) -> bool:
    """Whether a file says that it is a package of this project; False for whatever cannot be read."""
    told = about_file(path)
    return told is not None and told.project == project.last_row.origin


def merge_into(copy: Project, paths: Sequence[Path], *, progress: Progress = silent) -> Merging:
    """Take packages into a copy of a project (`still`), in any thread; a refused one leaves no trace.

    Raises Refused when one cannot be done to its end: the copy is of no use then.
    """
    merged, refused = [], []
    for n, path in enumerate(paths):
        rows = len(copy.adopted)
        try:
            merged.append(
                _merge(copy, path, stage(progress, 100 * n // len(paths), 100 * (n + 1) // len(paths)))
            )
        except LabelmendError as error:
            if len(copy.adopted) > rows:
                raise
            refused.append(str(error))
    return Merging(copy, tuple(merged), tuple(refused))


def _merge(copy: Project, path: Path, progress: Progress = silent) -> Merged:
    package = Project.open_to_read(path)
    try:
        try:
            package.store.require_sound()
            told = _require_own(copy, package)
            theirs = Theirs.of_file(package, told)
            sides = Sides.of(copy, theirs)
            if sides.unread:
                vet(copy, package, told, sides.base.still(), sides.unread)
        except DAMAGE as error:
            raise BadFile(f"{path} is damaged ({error}): ask for another copy of it.") from error
        if not sides.rows:
            return Merged(path.name, 0, 0)
        return merge_in_order(copy, theirs.vetted(copy, package), progress)
    finally:
        package.close()


def _require_own(project: Project, package: Project) -> About:
    name, told = package.path.name, about(package.store)
    if told is None:
        raise Refused(
            f"{name} is a project, but no package: share a part of a project to have one.",
            typed="`labelmend share` makes packages.",
        )
    if package.tampered:
        raise Refused(f"{name} is not merged. {package.tampered}")
    if told.project != project.last_row.origin:
        raise Refused(f"{name} is a package of another project ({told.name}): merge it there.")
    if told.number not in project.state.shared:
        raise Refused(
            f"{name} was shared from another copy of this project: merge it into the copy that shared it."
        )
    sealed = project.state.shared[told.number]
    if sealed != seal(package, told) and (sealed or not _is_cut_of(project, package)):
        raise Refused(
            f"{name} is not what was shared as package {told.number}: it is of another copy of this project, "
            "or was altered. Merge it into the copy that shared it, or ask for the file as it was."
        )
    known = project.state.merged.get(told.number)
    if known is not None:
        then = next(iter(package.store.history([known[0]])), None)
        if then is None or then.hash.hex() != known[1]:
            raise Refused(
                f"Another copy of {name} was merged before, and this one does not go on from there: "
                "share anew what is in it and nowhere else."
            )
    return told


def _is_cut_of(project: Project, package: Project) -> bool:
    """Whether a package has the project's records under their keys: once no seal was kept."""
    keys, images = keys_of(package)
    if keys.tolist() != np.flatnonzero(np.isin(project.dataset.annotations.image, images)).tolist():
        return False
    return _digest(package.store.chunks()) == _digest(source_of(project, images, keys))


def _digest(pieces: Iterable[bytes]) -> bytes:
    told = hashlib.sha256()
    for piece in pieces:
        told.update(piece)
    return told.digest()
