"""What a package says, as far as a merge goes by it: read from its file, or from what a merge kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import msgspec
import numpy as np
import zstandard

from labelmend.coco.record import annotation_of
from labelmend.project.about import About
from labelmend.project.history import WORK, Note, Row, Took
from labelmend.project.packages import keys_of
from labelmend.project.project import Project
from labelmend.project.state import State
from labelmend.review.states import Standing


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    name: str
    told: About
    images: list[int]
    rows: list[Row]
    notes: list[Note]


@dataclass(frozen=True)
class Theirs:
    """The history of a package, and what it comes to.

    keys, images: what its labels and images are called in the project; notes: of issues that were judged in
    it and that errors found anew in the project have no longer, as the package has them; worked: the images
    of the project that somebody worked on.
    """

    name: str
    told: About
    keys: list[int]
    images: list[int]
    rows: list[Row]
    state: State
    notes: Mapping[int, Note] = field(default_factory=dict)
    worked: tuple[int, ...] = ()

    @staticmethod
    def of_file(package: Project, told: About) -> Theirs:
        """What the file of a package says, as long as it is not known whether it may."""
        keys, images = (column.tolist() for column in keys_of(package))
        return Theirs(package.name, told, keys, images, package.store.history(), package.state)

    def vetted(self, project: Project, package: Project) -> Theirs:
        """The same with its notes and the images that were worked on, when it is known that it may."""
        judged, worked, table = set[int](), set[int](), package.issues
        for row in self.rows:
            if row.seq > self.told.rows and row.op in WORK:
                step = row.step()
                judged |= {one.issue for one in step.judged} | {one.issue for one in step.opinions}
                records = (edit.after or edit.before for edit in step.edits)
                worked |= {project.image_ids.row_of(annotation_of(one).image_id) for one in records if one}
        places = {issue: table.row_of(issue) for issue in sorted(judged)}
        there = (int(table.image[place]) for place in places.values())
        worked |= {self.images[image] if image >= 0 else image for image in there}
        gone = [n for n in places if n in project.state.notes or project.issues.row_of(n) < 0]
        notes = {issue: table.note(places[issue]) for issue in gone}
        return replace(self, notes=notes, worked=tuple(sorted(worked)))

    @staticmethod
    def kept(project: Project, took: Took) -> Theirs:
        """What was kept (`took`) in the history of the project."""
        one = msgspec.msgpack.decode(zstandard.decompress(took.body), type=_Kept)
        keys = np.flatnonzero(np.isin(project.dataset.annotations.image, one.images)).tolist()
        state, notes = State.of(one.rows), {note.id: note for note in one.notes}
        return Theirs(one.name, one.told, keys, one.images, one.rows, state, notes, took.images)

    def took(self, time: int, since: int) -> Took:
        """All of it, to be kept with its merge, which is the n-th `time` and follows this row."""
        kept = _Kept(self.name, self.told, self.images, self.rows, list(self.notes.values()))
        body = zstandard.compress(msgspec.msgpack.encode(kept), 1)
        return Took(self.told.number, time, since, self.worked, body)

    def standing(self, issue: int) -> Standing:
        """Where an issue stands in the package."""
        return self.state.standing(issue)

    @cached_property
    def by_seq(self) -> dict[int, Row]:
        """The rows of its history by number."""
        return {row.seq: row for row in self.rows}

    def rows_about(self, issues: Iterable[int]) -> list[Row]:
        """The rows of its history that speak of these issues, oldest first."""
        seqs = {seq for issue in issues for seq in self.state.rows_about.get(issue, ())}
        return [self.by_seq[seq] for seq in sorted(seqs)]

    def image_here(self, image: int) -> int | None:
        """What an image of the package is called in the project."""
        return self.images[image] if 0 <= image < len(self.images) else None
