"""Random keys and clicks at the real window, run after run: counts the runs that crash or log a fault.

    PYTHONPATH=tests python tests/benchmarks/random_use.py PROJECT.labelmend [MORE...] --runs 100

Each run is a process of its own on a copy of a project, offscreen; the C library overwrites freed memory
(MALLOC_PERTURB_), so that a use after free crashes. Python's traces of a crash are printed.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

SIGNALS = {-number: number.name for number in signal.Signals}
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789+-[],./ "
NAMED = ("Return", "Escape", "Tab", "Delete", "Left", "Right", "Up", "Down", "Home", "End", "F1", "F2", "F3")
UNDO_HEAVY = ("z", "y")


def main() -> int:
    """Start the runs, a few side by side; 1 when a run crashed or logged a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("projects", type=Path, nargs="+")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="seed of the first run")
    parser.add_argument("--seed", type=int, help="be one run, with this seed")
    given = parser.parse_args()
    if given.seed is not None:
        return use_at_random(given.projects[0], given.seed, given.seconds)
    waiting = list(range(given.first, given.first + given.runs))
    running: dict[int, tuple[subprocess.Popen[bytes], IO[bytes]]] = {}
    ends: dict[int, str] = {}
    while waiting or running:
        while waiting and len(running) < given.jobs:
            seed = waiting.pop(0)
            running[seed] = started(given.projects[seed % len(given.projects)], seed, given.seconds)
        time.sleep(0.2)
        for seed in [seed for seed, (process, _) in running.items() if process.poll() is not None]:
            ends[seed] = ended(seed, *running.pop(seed))
    bad = {seed: end for seed, end in ends.items() if end != "ended well"}
    print(f"{len(ends)} runs of {given.seconds:.0f} s: {len(ends) - len(bad)} ended well; {bad}")
    return bool(bad)


def started(project: Path, seed: int, seconds: float) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """One run as a process, and the file of what it says: a pipe that nobody reads would stop it."""
    environment = dict(os.environ, MALLOC_PERTURB_="165", QT_QPA_PLATFORM="offscreen")
    command = [sys.executable, "-X", "faulthandler", __file__, str(project), f"--seconds={seconds}"]
    said = tempfile.TemporaryFile()  # noqa: SIM115  it outlives this call
    process = subprocess.Popen(
        [*command, f"--seed={seed}"], env=environment, stdout=said, stderr=subprocess.STDOUT
    )
    return process, said


def ended(seed: int, process: subprocess.Popen[bytes], said: IO[bytes]) -> str:
    """How a run ended; prints what it said when it did not end well."""
    said.seek(0)
    text = said.read().decode(errors="replace")
    if process.returncode == 0:
        print(f"seed {seed}: {text.strip().splitlines()[-1]}", flush=True)
        return "ended well"
    end = SIGNALS.get(process.returncode, f"exit code {process.returncode}")
    print(f"seed {seed}: {end}\n{text[-6000:]}", flush=True)
    return end


def use_at_random(project: Path, seed: int, seconds: float) -> int:
    """Work at random in a copy of a project; 1 when the program logged a fault of its own."""
    home = Path(tempfile.mkdtemp(prefix="random-use-"))
    os.environ["LABELMEND_HOME"] = str(home)
    try:
        return _use(Path(shutil.copy(project, home)), seed, seconds)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _use(project: Path, seed: int, seconds: float) -> int:
    import gc
    import logging

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from builders.window import Answers
    from labelmend.review.states import ROLES, Actor
    from labelmend_desktop import theme
    from labelmend_desktop.garbage import Collector
    from labelmend_desktop.main_window import MainWindow
    from labelmend_desktop.session import Session

    faults: list[str] = []
    keeper = logging.Handler(logging.ERROR)
    keeper.emit = lambda record: faults.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    logging.getLogger().addHandler(keeper)
    sys.excepthook = lambda *caught: logging.getLogger().critical("not caught", exc_info=caught)
    chance = random.Random(seed)
    app = QApplication([])
    theme.apply("light" if chance.random() < 0.5 else "dark")
    gc.freeze()
    collector = Collector()
    window = MainWindow(Session(), prompts=Answers(), actor=Actor("Ann", chance.choice(ROLES)))
    window.resize(*chance.choice(((1600, 1000), (1280, 720))))
    window.show()
    window.files.open_path(project)
    hands = RandomHands(window, chance)
    timer = QTimer()
    timer.timeout.connect(hands.act)
    timer.start(4)
    QTimer.singleShot(int(seconds * 1000), app.quit)
    app.exec()
    timer.stop()
    window.close()
    collector.stop()
    print("\n".join(faults))
    print(f"{hands.done} events, {len(faults)} faults logged")
    return bool(faults)


class RandomHands:
    """Presses, clicks and drags at random: mostly on the canvas, else on whatever is in sight."""

    def __init__(self, window: Any, chance: random.Random) -> None:
        self._window, self._chance, self.done = window, chance, 0
        self._busy = False

    def act(self) -> None:
        """Do one thing; a dialog or menu that it opens gets the next ones."""
        from PySide6.QtWidgets import QApplication

        self.done += 1
        popup = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if popup is not None and self._chance.random() < 0.2:
            popup.close()
            return
        action = self._chance.choice((self._key, self._key, self._click, self._drag, self._wheel))
        action(popup)

    def _key(self, popup: Any) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        chance, modifiers = self._chance, Qt.KeyboardModifier
        target = popup or QApplication.focusWidget() or self._window
        if chance.random() < 0.3:
            target = popup or self._window.canvas
        modifier = chance.choice([modifiers.NoModifier] * 4 + [modifiers.ShiftModifier] * 2)
        text = chance.choice(LETTERS)
        if chance.random() < 0.15:
            modifier, text = modifiers.ControlModifier, chance.choice(UNDO_HEAVY + tuple("acvdfgeb"))
        if chance.random() < 0.25:
            QTest.keyClick(target, getattr(Qt.Key, f"Key_{chance.choice(NAMED)}"), modifier)
        else:
            QTest.keyClick(target, text, modifier)

    def _place(self, popup: Any) -> tuple[Any, Any]:
        """A widget in sight and a point on it."""
        from PySide6.QtCore import QPoint
        from PySide6.QtWidgets import QApplication

        root = popup or (self._window.canvas if self._chance.random() < 0.7 else self._window)
        size = root.size()
        point = QPoint(
            self._chance.randrange(max(1, size.width())), self._chance.randrange(max(1, size.height()))
        )
        return QApplication.widgetAt(root.mapToGlobal(point)) or root, root.mapToGlobal(point)

    def _click(self, popup: Any) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        widget, place = self._place(popup)
        button = self._chance.choice([Qt.MouseButton.LeftButton] * 4 + [Qt.MouseButton.RightButton])
        if (
            popup is None
            and widget.window() is not self._window.window()
            and button != Qt.MouseButton.LeftButton
        ):
            return
        press = QTest.mouseDClick if self._chance.random() < 0.2 else QTest.mouseClick
        press(widget, button, Qt.KeyboardModifier.NoModifier, widget.mapFromGlobal(place))

    def _drag(self, popup: Any) -> None:
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        widget, place = self._place(popup)
        start, left = widget.mapFromGlobal(place), Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, Qt.KeyboardModifier.NoModifier, start)
        for step in range(self._chance.randrange(1, 6)):
            place = start + QPoint(self._chance.randrange(-40, 40), self._chance.randrange(-40, 40)) * (
                step + 1
            )
            _move(widget, place)
        QTest.mouseRelease(widget, left, Qt.KeyboardModifier.NoModifier, place)

    def _wheel(self, popup: Any) -> None:
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent
        from PySide6.QtWidgets import QApplication

        widget, place = self._place(popup)
        turned = QPoint(0, self._chance.choice((-120, 120, 240)))
        event = QWheelEvent(
            QPointF(widget.mapFromGlobal(place)),
            QPointF(place),
            QPoint(),
            turned,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)


def _move(widget: Any, place: Any) -> None:
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        left,
        left,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


if __name__ == "__main__":
    sys.exit(main())
