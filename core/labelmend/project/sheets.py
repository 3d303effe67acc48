"""Sheets: labels as they came, in a project of their own without detections and history, to be judged blind.

What is answered on a sheet changes nothing but the sheet. A sheet is thrown away; what counts is what is
handed in, which `looks` and `trials` keep in the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from msgspec.structs import replace

from labelmend.errors import Refused
from labelmend.geometry.orientation import Prefer
from labelmend.progress import Progress, silent
from labelmend.project.history import LOOK, NO_KEY, Decision, Note, Revision, Step
from labelmend.project.looks import key_of, stands
from labelmend.project.packages import source_of
from labelmend.project.project import Project
from labelmend.project.state import Changes
from labelmend.review.instructions import Instructions, pictures_of
from labelmend.review.opinions import Judged
from labelmend.review.states import FLAGGED, Actor

_ROOM: Final = 0.25
"""A place is shown with so much of its width and height more on every side."""


@dataclass(frozen=True)
class Printing:
    """All that a sheet is made of, safe for another thread; issues: the project's, one for each note."""

    source: bytes
    issues: tuple[int, ...]
    notes: tuple[Note, ...]
    images: Path
    orientation: Prefer
    instructions: Instructions | None
    references: dict[str, bytes]


def printing(project: Project, issues: Sequence[int]) -> Printing:
    """What a sheet with the labels of these issues is made of, picture by picture.

    The pictures' other labels are on it too, as they came.
    """
    table = project.issues
    image_of = {issue: int(table.image[table.row_of(issue)]) for issue in issues}
    images = np.unique(np.array(list(image_of.values()), np.int64))
    keys = np.flatnonzero(np.isin(project.dataset.annotations.image, images))
    order = sorted(issues, key=lambda issue: (image_of[issue], key_of(project, issue), issue))
    there = {image: n for n, image in enumerate(images.tolist())}
    rows = {key: row for row, key in enumerate(keys.tolist())}
    given = project.state.instructions
    names = sorted(pictures_of(given)) if given is not None else []
    return Printing(
        b"".join(source_of(project, images, keys)),
        tuple(order),
        tuple(_note(project, issue, n, there, rows) for n, issue in enumerate(order, 1)),
        project.images_folder,
        project.orientation,
        given,
        {name: data for name in names if (data := project.store.picture(name)) is not None},
    )


def _note(project: Project, issue: int, number: int, images: dict[int, int], rows: dict[int, int]) -> Note:
    """The question about a label, or about a place where one may be missing."""
    table, row, key = project.issues, project.issues.row_of(issue), key_of(project, issue)
    image = images[int(table.image[row])]
    if key == NO_KEY:
        x, y, w, h = table.bbox[row].tolist()
        more_w, more_h = _ROOM * w, _ROOM * h  # not the very place where the model sees something
        wide, high = project.declared_size(int(table.image[row])) or (np.inf, np.inf)
        left, top = max(x - more_w, 0.0), max(y - more_h, 0.0)
        right, bottom = min(x + w + more_w, wide), min(y + h + more_h, high)
        place = (left, top, max(right - left, w), max(bottom - top, h))
        return Note(number, LOOK, image, NO_KEY, -1, place, "")
    columns = project.dataset.annotations
    x, y, w, h = columns.bbox[key].tolist()
    return Note(number, LOOK, image, rows[key], int(columns.category[key]), (x, y, w, h), "")


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
        decisions = tuple(Decision(note.id, None, FLAGGED) for note in given.notes)
        title = f"{len(given.notes):,} labels to judge"
        step = Step(title, decisions=decisions, notes=given.notes, revision=revision)
        sheet.apply(step, op="find")
    finally:
        sheet.close()


class Sheet:
    """A sheet that somebody answers. `project` is the sheet's own; `asked`: its issue -> the project's."""

    def __init__(self, path: Path, given: Printing, *, who: str) -> None:
        """Open the sheet's file; whatever the person's role is, they answer as an annotator."""
        self.project = Project.open(path, actor=Actor(who, "annotator"))
        self.asked = {note.id: issue for note, issue in zip(given.notes, given.issues, strict=True)}

    def answer(self, issue: int) -> Judged | None:
        """What was made of the label of an issue; None before anything was said of it, and once handed in."""
        standing = self.project.standing(issue)
        if issue not in self.asked or not standing.verdict or standing.status == "done":
            return None
        return Judged(standing.annotator, standing.verdict, stands(self.project, issue))

    def hand_in(self, issue: int) -> Changes:
        """Close an answer: it can be changed and taken back no more."""
        before = self.project.standing(issue)
        decision = Decision(issue, before, replace(before, status="done"))
        return self.project.apply(Step("hand in", decisions=(decision,)), op="import")

    def require_asked(self, step: Step) -> None:
        """Refuse a step that changes another label than those that are asked about."""
        if any(decision.issue not in self.asked for decision in step.decisions):
            raise Refused("Only the label that is asked about is judged here; the others stay as they are.")

    @property
    def left(self) -> int:
        """How many labels wait for an answer."""
        return sum(self.project.standing(issue).status != "done" for issue in self.asked)
