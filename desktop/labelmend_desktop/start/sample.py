"""The project of the sample: it begins with the instructions that come with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from labelmend.errors import LabelmendError
from labelmend.progress import Progress, silent
from labelmend.project import creation
from labelmend.project.creation import Imported
from labelmend.project.instructing import revise
from labelmend.project.instructions_folder import read_folder
from labelmend.project.project import Project
from labelmend.review.states import Actor

WRITER: Final = Actor("Labelmend", "lead")
"""Who has written them; nobody else takes them back by undo."""


def create_sample(
    path: Path,
    *,
    annotations: Path,
    images: Path,
    detections: Path | Sequence[Path] | None = None,
    offered: bool = False,
    progress: Progress = silent,
) -> Imported:
    """Make the project file as `creation.create` does, then take the instructions beside the annotations.

    Where somebody has made those unreadable, that is told with the faults.
    """
    imported = creation.create(
        path,
        annotations=annotations,
        images=images,
        detections=detections,
        offered=offered,
        progress=progress,
    )
    try:
        with closing(Project.open(path, actor=WRITER)) as project:
            given, pictures = read_folder(annotations.parent, categories=project.categories.name)
            revise(project, given, pictures=pictures)
    except LabelmendError as error:
        return replace(imported, faults=(*imported.faults, str(error)))
    return imported
