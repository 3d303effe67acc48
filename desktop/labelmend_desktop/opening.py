"""Opens a project, in any thread, with what the window asks of it first."""

from contextlib import suppress
from pathlib import Path

from labelmend.errors import LabelmendError
from labelmend.project.project import Project
from labelmend.review.states import Actor


def opened(path: Path, *, actor: Actor | None) -> Project:
    """The project of a file. Raises BadFile or Refused, each with a sentence."""
    project = Project.open(path, actor=actor)
    with suppress(LabelmendError):  # what cannot be read is said where it is needed
        project.detections()
        project.styles.of_annotations()
        project.image_ids.row_of(0)
    return project
