from collections.abc import Callable
from pathlib import Path

import pytest

from builders.datasets import make_project
from builders.window import Hands


@pytest.fixture
def hands(tmp_path: Path, open_window: Callable[..., Hands]) -> Hands:
    """The window on the faulty dataset, issues found, Ann at work."""
    project = make_project(tmp_path)
    path = project.path
    project.close()
    return open_window(path)
