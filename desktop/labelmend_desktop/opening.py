"""Opens a project, in any thread, with what the window asks of it first."""

from contextlib import suppress
from pathlib import Path

import numpy as np

from labelmend.errors import LabelmendError
from labelmend.project.project import Project
from labelmend.review.states import QUEUES, Actor
from labelmend_desktop.waiting import Waiting


def opened(path: Path, *, actor: Actor | None) -> tuple[Project, Waiting]:
    """The project of a file and what waits in it. Raises BadFile or Refused, each with a sentence."""
    project, waiting = Project.open(path, actor=actor), Waiting()
    with suppress(LabelmendError):  # what cannot be read is said where it is needed
        project.detections()
        project.styles.of_annotations()
        project.image_ids.row_of(0)
        _ = project.dataset.class_counts
        for queue in QUEUES:
            waiting.rows(project, queue)
    np.unique(np.zeros(0))  # its first call loads a part of numpy, for longer than a frame
    return project, waiting
