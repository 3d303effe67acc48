"""Sheets: labels as they came, in a project of their own without detections and history, to be judged blind.

What is answered on a sheet changes nothing but the sheet. A sheet is thrown away; what counts is what is
handed in, which `looks` and `trials` keep in the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from labelmend.errors import Refused
from labelmend.geometry.orientation import Prefer
from labelmend.progress import Progress, silent
from labelmend.project.history import LOOK, Decision, Note, Revision, Step
from labelmend.project.packages import source_of
from labelmend.project.project import Project
from labelmend.project.state import Changes
from labelmend.review.instructions import Instructions, pictures_of
from labelmend.review.opinions import Judged
from labelmend.review.states import FLAGGED, Actor


@dataclass(frozen=True)
class Printing:
    """All that a sheet is made of, safe for another thread.

    asked: (issue, label) of the project, and the label's row on the sheet.
    """

    source: bytes
    asked: tuple[tuple[int, int, int], ...]
    images: Path
    orientation: Prefer
    instructions: Instructions | None
    references: dict[str, bytes]


def printing(project: Project, asked: Sequence[tuple[int, int]]) -> Printing:
    """What a sheet with these labels of the source (issue, key) is made of, in the source's order.

    Their pictures' other labels are on it too, as they came.
    """
    columns = project.dataset.annotations
    images = np.unique(columns.image[[key for _, key in asked]]).astype(np.int64)
    keys = np.flatnonzero(np.isin(columns.image, images))
    rows = {key: row for row, key in enumerate(keys.tolist())}
    given = project.state.instructions
    names = sorted(pictures_of(given)) if given is not None else []
    pictures = {name: data for name in names if (data := project.store.picture(name)) is not None}
    return Printing(
        b"".join(source_of(project, images, keys)),
        tuple((issue, key, rows[key]) for issue, key in sorted(asked, key=lambda one: one[1])),
        project.images_folder,
        project.orientation,
        given,
        pictures,
    )


def print_sheet(given: Printing, to: Path, *, progress: Progress = silent) -> None:
    """Write the sheet's file. Raises BadFile or Refused, as when a project is made."""
    source = to.with_suffix(".json")
    source.write_bytes(given.source)
    Project.create(to, annotations=source, images=given.images, progress=progress)
    source.unlink()
    sheet = Project.open(to)
    try:
        sheet.set_orientation(given.orientation)
        with sheet.store.transaction():
            for name, data in given.references.items():
                sheet.store.put_picture(name, data)
        revision = None if given.instructions is None else Revision(None, given.instructions)
        first, columns = sheet.new_issue(), sheet.dataset.annotations
        notes = tuple(
            Note(
                first + n,
                LOOK,
                int(columns.image[row]),
                row,
                int(columns.category[row]),
                tuple(columns.bbox[row].tolist()),
                "",
            )
            for n, (_, _, row) in enumerate(given.asked)
        )
        decisions = tuple(Decision(note.id, None, FLAGGED) for note in notes)
        title = f"{len(notes):,} labels to judge"
        sheet.apply(Step(title, decisions=decisions, notes=notes, revision=revision), op="find")
    finally:
        sheet.close()


class Sheet:
    """A sheet that somebody answers. `project` is the sheet's own; `asked`: its issue -> the issue and the
    label that it stands for."""

    def __init__(self, path: Path, given: Printing, *, who: str) -> None:
        """Open the sheet's file; whatever the person's role is, they answer as an annotator."""
        self.project = Project.open(path, actor=Actor(who, "annotator"))
        notes = sorted(self.project.state.notes)
        self.asked = {note: (issue, key) for note, (issue, key, _) in zip(notes, given.asked, strict=True)}

    def answer(self, issue: int) -> Judged | None:
        """What was made of the label of an issue; None before anything was said of it, and once handed in."""
        standing = self.project.standing(issue)
        if issue not in self.asked or not standing.verdict or standing.status == "done":
            return None
        key = self.project.state.notes[issue].annotation
        return Judged(standing.annotator, standing.verdict, self.project.record(key))

    def hand_in(self, issue: int) -> Changes:
        """Close an answer: it can be changed and taken back no more."""
        before = self.project.standing(issue)
        decision = Decision(issue, before, replace(before, status="done"))
        return self.project.apply(Step("hand in", decisions=(decision,)), op="import")

    def require_asked(self, step: Step) -> None:
        """Refuse a step that changes another label than those that are asked about."""
        asked = {self.project.state.notes[issue].annotation for issue in self.asked}
        if any(edit.key not in asked for edit in step.edits):
            raise Refused("Only the label that is asked about is judged here; the others stay as they are.")

    @property
    def left(self) -> int:
        """How many labels wait for an answer."""
        return sum(self.project.standing(issue).status != "done" for issue in self.asked)
