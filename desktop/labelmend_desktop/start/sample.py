"""The project of the sample: it begins with the instructions that come with it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from labelmend.errors import LabelmendError
from labelmend.project import creation
from labelmend.project.creation import Imported
from labelmend.project.instructing import revise
from labelmend.project.instructions_folder import read_folder
from labelmend.project.project import Project
from labelmend.review.states import Actor

WRITER: Final = Actor("Labelmend", "lead")
"""Who has written them; nobody else takes them back by undo."""


def create_sample(path: Path, *, annotations: Path, **given: Any) -> Imported:
    """Make the project file as `creation.create` does (which says what else may be given), then take the
    instructions beside the annotations.

    Where somebody has made those unreadable, that is told with the faults.
    """
    imported = creation.create(path, annotations=annotations, **given)
    try:
        with closing(Project.open(path, actor=WRITER)) as project:
            instructions, pictures = read_folder(annotations.parent, categories=project.categories.name)
            revise(project, instructions, pictures=pictures)
    except LabelmendError as error:
        return replace(imported, faults=(*imported.faults, str(error)))
    return imported
