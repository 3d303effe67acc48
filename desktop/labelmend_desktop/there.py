"""What is where a path leads, which may be half typed: through a folder nobody may look into, or too long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether it leads to a file."""
    return _asked(path.is_file)


def is_folder(path: Path) -> bool:
    """Whether it leads to a folder."""
    return _asked(path.is_dir)


def is_there(path: Path) -> bool:
    """Whether it leads to anything."""
    return _asked(path.exists)


def _asked(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except (OSError, ValueError):  # pathlib takes only some of them for a no
        return False
