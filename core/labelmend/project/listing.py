"""Lists the issues of a project for other programs, each with the state it is in."""

from collections.abc import Iterator
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from labelmend.coco.columns import NO_SHAPE
from labelmend.find.issues import CALLED, is_card
from labelmend.find.lists import COLUMNS, Form, Portion, write_list
from labelmend.find.records import Names, columns_of, masks_of, portions
from labelmend.find.to_check import to_check
from labelmend.project.history import AUDIT
from labelmend.project.issue_table import GONE
from labelmend.project.project import Project
from labelmend.project.queues import waiting


def write_issues(
    project: Project, out: TextIO, *, form: Form, top: int | None = None, spread: int | None = None
) -> None:
    """Write the issues, worst first, each with its id here; form is "jsonl" or "csv".

    spread: of those that wait for a verdict only so many, over all kinds and scores (`to_check`).
    """
    chosen = (
        None if spread is None else to_check(project.issues.columns, waiting(project, "fix"), number=spread)
    )
    write_list(_portions(project, chosen, top), out, form=form, columns=("issue", *COLUMNS))


def _portions(project: Project, chosen: NDArray[np.int64] | None, top: int | None) -> Iterator[Portion]:
    """The columns of the list, of the chosen rows or all: ids of issues here, then what the records say, with
    ids as the file has them.

    Of equal scores the card of a systematic error comes before its members. Last come the labels that were
    drawn for an audit: of kind "audit" and without a score, for nothing is suspected of them.
    """
    issues, names = project.issues, names_of(project)
    audited = issues.called == CALLED.index(AUDIT)
    present = np.flatnonzero(issues.status != GONE) if chosen is None else chosen
    member = ~is_card(issues.columns)[present]
    ranked = present[np.lexsort((member, -issues.score[present], audited[present]))][:top]
    for rows in portions(ranked):
        ids = issues.id[rows].tolist()
        written = zip(rows.tolist(), map(issues.text, ids), strict=True)
        texts = {row: text for row, text in written if text}
        told = columns_of(issues.columns, rows, names=names, texts=texts)
        for place in np.flatnonzero(audited[rows]).tolist():
            told["kind"][place], told["score"][place] = AUDIT, None
        states = [issues.status_of(row) for row in rows.tolist()]
        yield told | {"issue": ids, "state": states}


def names_of(project: Project) -> Names:
    """How the project's file calls its images, annotations and classes."""
    images, shape = project.images, project.dataset.annotations.shape
    detections = project.detections() if project.store.get("detections.masks") else None
    return Names(
        image=project.image_ids.id_of,
        annotation=project.id_of,
        category=project.category_ids.id_of,
        categories=project.categories.name,
        files=project.images.file_name,
        mask=masks_of(detections, width=images.width, height=images.height),
        outlined=lambda key: key < len(shape) and bool(shape[key] != NO_SHAPE),
    )
