"""Where settings, logs and copies of the sample live: the user's folders, or one folder for a test."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
from PySide6.QtCore import QSettings

_APP = "labelmend"


def _home(kind: str, standard: str) -> Path:
    """``LABELMEND_HOME`` in the environment holds everything in one folder."""
    fixed = os.environ.get("LABELMEND_HOME")
    folder = Path(fixed) / kind if fixed else Path(standard)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_folder() -> Path:
    """Folder of the user's own copies, the sample project among them."""
    return _home("data", platformdirs.user_data_dir(_APP, appauthor=False))


def cache_folder() -> Path:
    """Folder of what can be made again, the tiles of large pictures."""
    return _home("cache", platformdirs.user_cache_dir(_APP, appauthor=False))


def log_file() -> Path:
    """File that takes what went wrong through our fault."""
    return _home("log", platformdirs.user_log_dir(_APP, appauthor=False)) / "labelmend.log"


def settings() -> QSettings:
    """The window's settings: who works, recent projects, theme, places of the docks."""
    folder = _home("config", platformdirs.user_config_dir(_APP, appauthor=False))
    return QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)


def recent_projects() -> list[Path]:
    """Projects opened before that still exist, newest first, ten at most."""
    stored = settings().value("recent", [])
    names = [stored] if isinstance(stored, str) else [str(name) for name in _listed(stored)]
    return [Path(name) for name in names if Path(name).is_file()][:10]


def _listed(stored: object) -> list[object]:
    return list(stored) if isinstance(stored, list | tuple) else []


def remember_project(path: Path) -> None:
    """Put ``path`` on top of the recent projects."""
    path = path.absolute()
    others = [str(other) for other in recent_projects() if other != path]
    settings().setValue("recent", [str(path), *others][:10])
