"""Starts the program: arguments, log, theme, the window, and the project named on the command line."""

from __future__ import annotations

import argparse
import gc
import logging
import logging.handlers
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from labelmend import __version__
from labelmend.cli.allocator import give_memory_back
from labelmend.project.aside import clear_left
from labelmend.review.states import ROLES, Actor
from labelmend_desktop import places, theme
from labelmend_desktop.garbage import Collector
from labelmend_desktop.main_window import MainWindow
from labelmend_desktop.session import Session
from labelmend_desktop.start.who import user_name
from labelmend_desktop.tasks import OUR_FAULT
from labelmend_resources import icon_bytes

_log = logging.getLogger("labelmend")
_TURN = 0.001
"""Seconds after which another thread gives way to the window's, which must not wait five times so long."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window; returns when it is closed."""
    arguments = _arguments(argv)
    give_memory_back()
    sys.setswitchinterval(_TURN)
    _start_log()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Labelmend")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("labelmend")
    app.setWindowIcon(_icon())
    theme.apply(_theme_choice())
    QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: theme.apply(_theme_choice()))
    clear_left()
    window = MainWindow(Session(), actor=_actor(arguments))
    _Faults(window).listen()
    window.show()
    if arguments.files:
        files = arguments.files
        QTimer.singleShot(0, lambda: window.files.open_dropped(files))
    _settle_in()
    collector = Collector()
    try:
        return app.exec()
    finally:
        collector.stop()


def _settle_in() -> None:
    """Keep the collector of garbage off what stays for good: going through it holds a frame up by 20 ms."""
    gc.collect()
    gc.freeze()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="labelmend-desktop", description="Finds label errors in COCO datasets and lets people fix them."
    )
    told = "a .labelmend file to open, or what one is made of: a COCO file, its pictures, detections"
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=told)
    parser.add_argument("--actor", metavar="NAME", help="who is working")
    parser.add_argument("--role", choices=ROLES, help="as what")
    parser.add_argument("--version", action="version", version=f"Labelmend {__version__}")
    return parser.parse_args(argv)


def _actor(arguments: argparse.Namespace) -> Actor | None:
    """Who was named on the command line; the rest is asked."""
    if arguments.actor is None and arguments.role is None:
        return None
    return Actor(arguments.actor or user_name() or "someone", arguments.role or "annotator")


def _theme_choice() -> theme.Choice:
    stored = places.settings().value("theme", "system")
    return next((choice for choice in theme.CHOICES if choice == stored), "system")


def _icon() -> QIcon:
    pixmap = QPixmap()
    pixmap.loadFromData(icon_bytes("icon.png"))
    return QIcon(pixmap)


def _start_log() -> None:
    """One file of a megabyte and its predecessor."""
    target = logging.handlers.RotatingFileHandler(
        places.log_file(), maxBytes=1 << 20, backupCount=1, encoding="utf-8"
    )
    target.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(target)
    root.setLevel(logging.INFO)


class _Faults(QObject):
    """Writes what nobody caught to the log and says so in the window, whichever thread it came from."""

    _happened = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._happened.connect(self._say)

    def listen(self) -> None:
        """Be the program's last resort."""
        sys.excepthook = self._caught
        threading.excepthook = lambda told: self._caught(
            told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
        )

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        _log.critical("not caught", exc_info=(kind, error, trace))
        self._happened.emit()

    def _say(self) -> None:
        self._window.error_bar.say(OUR_FAULT)


if __name__ == "__main__":
    sys.exit(main())
