"""Times of the window on a project: open to the first picture, next issue, dismiss; prints, asserts nothing.

    PYTHONPATH=tests python tests/benchmarks/window.py COPY_OF_A_PROJECT.labelmend

Dismissing writes into the project: give it a copy.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("LABELMEND_HOME", tempfile.mkdtemp())


def main() -> None:
    """Open, step through issues by keys, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--steps", type=int, default=60)
    given = parser.parse_args()
    start = time.perf_counter()
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from builders.window import Answers
    from labelmend.review.states import Actor
    from labelmend_desktop.main_window import MainWindow
    from labelmend_desktop.session import Session

    app = QApplication.instance() or QApplication([])
    window = MainWindow(Session(), prompts=Answers(), actor=Actor("Ann", "annotator"))
    window.resize(1600, 1000)
    window.show()

    def painted() -> None:
        while window.canvas.loaded is None and not window.canvas.words:
            app.processEvents()
        frames = window.canvas.frames
        window.canvas.update()
        while window.canvas.frames == frames:
            app.processEvents()

    opening = time.perf_counter()
    window.files.open_path(given.project)
    painted()
    now = time.perf_counter()
    print(f"open to first picture {now - opening:.2f} s, from the program's start {now - start:.2f} s")
    for name, key in (("next", Qt.Key.Key_N), ("dismiss and next", Qt.Key.Key_X)):
        times = [timed(lambda key=key: (QTest.keyClick(window.canvas, key), painted()), app.processEvents)
                 for _ in range(given.steps)]  # fmt: skip
        told = np.percentile(times, [50, 95, 100]) * 1e3
        print(f"{name}: median {told[0]:.0f}, 95 % {told[1]:.0f}, most {told[2]:.0f} ms, from key to painted")
    window.close()


def timed(act: Callable[[], object], rest: Callable[[], object]) -> float:
    """Seconds of an act; then a person's moment of looking, in which the next picture is fetched."""
    start = time.perf_counter()
    act()
    seconds = time.perf_counter() - start
    while time.perf_counter() < start + seconds + 0.2:
        rest()
    return seconds


if __name__ == "__main__":
    main()
