"""What the Help menu does beside the sheet of keys."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from labelmend import __version__
from labelmend_desktop import places
from labelmend_desktop.action_set import Verb
from labelmend_desktop.prompts import Prompts


def help_verbs(prompts: Prompts) -> dict[str, Verb]:
    """Verbs by the names of their actions."""
    return {"show_log": _show_log, "about": lambda: prompts.about(_about())}


def _show_log() -> None:
    path = places.log_file()
    path.touch(exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _about() -> str:
    return (
        f"<b>Labelmend {__version__}</b><br>Apache License 2.0<br><br>"
        f"Sample and copies: {places.data_folder()}<br>Log: {places.log_file()}"
    )
