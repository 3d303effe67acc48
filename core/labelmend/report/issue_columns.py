"""The table of all issues, of which there may be a million: column by column, some thousands at a time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.identity import ODD
from labelmend.find.issues import KINDS, NO_KEY
from labelmend.project.history import AUDIT
from labelmend.project.issue_table import GONE
from labelmend.project.listing import names_of
from labelmend.project.project import Project
from labelmend.report.judgements import Judgements
from labelmend.review.states import ROLES, STATUS_INDEX, STATUSES, Role

Value = str | int | float | None
_AT_ONCE: Final = 1000
"""After so many issues somebody may have pressed Cancel."""

ISSUE: Final = (
    "issue", "kind", "image_id", "file", "annotation_id", "class", "score", "x", "y", "width", "height",
    "cluster", "state", "verdict", "annotator", "authors", "judged_at", "reviewer", "reviewed_at",
    "rejected_because", "expert", "decided_at", "outcome", "expert_comment", "why",
)  # fmt: skip
"""The names of the columns."""


def issue_columns(project: Project) -> Iterator[list[Sequence[Value]]]:
    """The columns of some issues at a time, those left out that were taken back."""
    told = _Told(project)
    rows = np.flatnonzero(project.issues.status != GONE)
    for first in range(0, len(rows), _AT_ONCE):
        yield told.columns(rows[first : first + _AT_ONCE])


class _Told:
    """What is told of the issues of a project as it stands."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = names_of(project)
        self._images = [self._names.image(image) for image in range(project.n_images)]
        judgements = Judgements()
        judgements.catch_up(project.store, before=project.altered_at)
        self._events, self._comments = judgements.events, judgements.comments
        self._judged, self._reviewed = self._times("annotator"), self._times("reviewer")
        self._decided = self._times("expert")
        self._why = self._said(self._events["status"] == STATUS_INDEX["rejected"])
        self._comment = self._said(self._events["role"] == ROLES.index("expert"))

    def _times(self, role: Role) -> dict[int, str]:
        """When each issue was last judged in a role."""
        mine = self._events["role"] == ROLES.index(role)
        issues, at = (self._events[name][mine].tolist() for name in ("issue", "at"))
        told = {one: _time(one) for one in set(at)}  # who judges many at once does so at one time
        return dict(zip(issues, map(told.__getitem__, at), strict=True))

    def _said(self, which: NDArray[np.bool_]) -> dict[int, str]:
        """What was said of each issue at the last of some events."""
        issues, comments = (self._events[name][which].tolist() for name in ("issue", "comment"))
        return dict(zip(issues, map(self._comments.__getitem__, comments), strict=True))

    def columns(self, rows: NDArray[np.int64]) -> list[Sequence[Value]]:
        """The columns of ISSUE for some rows (k,) of the issue table."""
        table, names, state = self._project.issues, self._names, self._project.state
        issues, images = table.id[rows].tolist(), table.image[rows].tolist()
        notes, standings = list(map(state.notes.get, issues)), list(map(state.standing, issues))
        kinds = zip(notes, table.kind[rows].tolist(), strict=True)
        scores = zip(notes, table.score[rows].tolist(), strict=True)
        return [
            issues,
            [AUDIT if note is not None and note.kind == AUDIT else KINDS[kind] for note, kind in kinds],
            [self._images[image] if image >= 0 else None for image in images],
            [names.files[image] if image >= 0 else None for image in images],
            self._annotations(table.annotation[rows]),
            self._classes(table.category[rows], table.annotation[rows]),
            [round(score, 6) if note is None else None for note, score in scores],
            *_boxes(table.bbox[rows]),
            [cluster if cluster >= 0 else None for cluster in table.cluster[rows].tolist()],
            [STATUSES[code] for code in table.status[rows].tolist()],
            [one.verdict for one in standings],
            [one.annotator for one in standings],
            [", ".join(one.authors) for one in standings],
            list(map(self._judged.get, issues)),
            [one.reviewer for one in standings],
            list(map(self._reviewed.get, issues)),
            list(map(self._why.get, issues)),
            [one.expert for one in standings],
            list(map(self._decided.get, issues)),
            [one.outcome for one in standings],
            list(map(self._comment.get, issues)),
            table.sentences(rows),
        ]

    def _classes(self, categories: NDArray[np.integer[Any]], keys: NDArray[np.int64]) -> list[str | None]:
        """The names of classes, by their rows (k,); a label (key) of no known class is of an unknown one."""
        names = self._names.categories
        return [
            names[row] if row >= 0 else None if key == NO_KEY else "unknown class"
            for row, key in zip(categories.tolist(), keys.tolist(), strict=True)
        ]

    def _annotations(self, keys: NDArray[np.int64]) -> list[Any]:
        """The ids of labels, as the file has them, by their keys (k,)."""
        if not len(self._project.dataset.annotations):
            return [None if key == NO_KEY else self._names.annotation(key) for key in keys.tolist()]
        ids = np.where(keys >= 0, self._project.dataset.annotations.id[np.maximum(keys, 0)], ODD)
        return [
            plain if plain != ODD else None if key == NO_KEY else self._names.annotation(key)
            for plain, key in zip(ids.tolist(), keys.tolist(), strict=True)
        ]


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _boxes(boxes: NDArray[np.float64]) -> list[list[Value]]:
    """The four columns of boxes (k, 4), empty where one has no numbers."""
    whole = np.isfinite(boxes).all(axis=1)
    columns: list[list[Value]] = [side.tolist() for side in boxes.round(3).T]
    for place in np.flatnonzero(~whole).tolist():
        for column in columns:
            column[place] = None
    return columns
