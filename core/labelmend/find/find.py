"""Finds suspected label errors: annotations and detections in, ranked issues out."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass

from labelmend.find.inputs import ImageSizes, Labels, Predicted
from labelmend.find.issues import Issues, empty
from labelmend.progress import Progress, silent


@dataclass(frozen=True)
class Settings:
    """What a user may set. floor: issues that score less are not returned."""

    floor: float = 0.001


def find(
    sizes: ImageSizes,  # noqa: ARG001
    labels: Labels,  # noqa: ARG001
    predicted: Predicted | None,  # noqa: ARG001
    *,
    n_categories: int,  # noqa: ARG001
    settings: Settings = Settings(),  # noqa: ARG001
    progress: Progress = silent,  # noqa: ARG001
    executor: Executor | None = None,  # noqa: ARG001
) -> Issues:
    """Suspected label errors, worst first."""
    return empty()
