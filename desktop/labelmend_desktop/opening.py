"""Opens a project, in any thread, with what the window asks of it first."""

from contextlib import suppress
from pathlib import Path

import numpy as np

from labelmend.errors import LabelmendError
from labelmend.project.project import Project
from labelmend.report.judgements import Judgements
from labelmend.review.states import QUEUES, Actor
from labelmend_desktop.waiting import Waiting


def opened(path: Path, *, actor: Actor | None) -> tuple[Project, Waiting, Judgements]:
    """The project of a file, what waits in it and what was judged. Raises BadFile or Refused, each with a
    sentence."""
    project, waiting, judgements = Project.open(path, actor=actor), Waiting(), Judgements()
    with suppress(LabelmendError):  # what cannot be read is said where it is needed
        project.detections()
        project.styles.of_annotations()
        project.image_ids.row_of(0)
        _ = project.dataset.class_counts
        for queue in QUEUES:
            waiting.rows(project, queue)
        judgements.catch_up(project.store, before=project.altered_at)
    np.unique(np.zeros(0))  # its first call loads a part of numpy, for longer than a frame
    return project, waiting, judgements
