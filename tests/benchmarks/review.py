"""Times quality assurance with many labels in review: review.py PROJECT [--labels 100000]. Works on a copy.

Seconds of: drawing a sample by rates, by plans and an audit, telling how the batches fared, of sharing
ten packages, in each of which a thousand labels are judged, and merging them; of the report and its tables;
and in the window, with as many labels in review, of another queue and of the dashboard, from its key to
painted, and after a verdict.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labelmend.project import audit, sampling
from labelmend.project.history import Decision, Step
from labelmend.project.merging import merge
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend.report.writing import Wanted, write_report
from labelmend.review import rules
from labelmend.review.sampling import Rates
from labelmend.review.states import FLAGGED, Actor

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from labelmend_desktop.main_window import MainWindow

ANN, LEA = Actor("Ann", "annotator"), Actor("Lea", "lead")
PACKAGES, JUDGED = 10, 1000
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("--labels", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "p.labelmend"
        shutil.copy(given.project, copy)
        packages(copy)
        samples(copy, given.labels)
        os.environ["LABELMEND_HOME"] = folder
        window(copy, given.labels)


def dismissed(project: Project, issues: list[int]) -> Step:
    """All these issues dismissed in one step."""
    after = rules.judged(FLAGGED, ANN, "dismissed")
    return Step("dismiss many", decisions=tuple(Decision(issue, None, after, keys=()) for issue in issues))


def packages(path: Path) -> None:
    project = Project.open(path, actor=ANN)
    parts = np.array_split(np.unique(project.issues.image[project.issues.image >= 0]), PACKAGES)
    paths = [path.with_name(f"part{n}.labelmend") for n in range(PACKAGES)]
    with timed(f"share {PACKAGES} packages of {len(parts[0]):,} images"):
        for part, to in zip(parts, paths, strict=True):
            share(project, to, part)
    for to in paths:
        package = Project.open(to, actor=ANN)
        for issue in package.issues.id[:JUDGED].tolist():
            package.apply(dismissed(package, [issue]))
        package.close()
    with timed(f"merge them, {JUDGED:,} steps each"):
        for to in paths:
            merge(project, to)
    project.close()


def samples(path: Path, labels: int) -> None:
    project = Project.open(path, actor=ANN)
    free = [one for one in project.issues.id.tolist() if one not in project.state.standings]
    project.apply(dismissed(project, free[:labels]))
    project.work_as(LEA)
    with timed(f"what is finished, {labels:,} labels"):
        count = len(sampling.finished(project))
    assert count >= labels
    with timed("draw by rates"):
        sampling.draw_sample(project, Rates(0.1, changes={"kept": 0.2}), seed=1)
    with timed("draw an audit of 1,000"):
        audit.draw_audit(project, 1000, seed=1)
    with timed("draw by plans"):
        step = sampling.draw_planned(project, limit=0.02, sure=0.95, seed=1)
    with timed("apply it"):
        project.apply(step, op="draw")
    with timed("how the batches fare"):
        sampling.batches(project)
    place = path.with_name("report.html")
    with timed("the project as it stands, for a thread"):
        stood = project.still()
    with timed("report: the page"):
        write_report(stood, Wanted(place))
    print(f"{'its size':<48}{place.stat().st_size / 1e6:8.2f} MB", flush=True)
    with timed("report: all tables"):
        write_report(stood, Wanted(None, path.with_name("tables")))
    project.close()


def window(path: Path, labels: int) -> None:
    from PySide6.QtWidgets import QApplication

    from labelmend_desktop.main_window import MainWindow
    from labelmend_desktop.session import Session

    project = Project.open(path, actor=ANN)
    free = [one for one in project.issues.id.tolist() if one not in project.state.standings]
    for part in np.array_split(free[:labels], 1000):
        project.apply(dismissed(project, part.tolist()))
    project.work_as(LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=2), op="draw")
    project.close()
    app = QApplication([])
    main = MainWindow(Session(), actor=LEA)
    main.resize(1600, 1000)
    main.show()
    main.files.open_path(path)
    app.processEvents()
    assert len(main.session.waiting_rows("review")) >= labels
    for queue in ("review", "done", "expert", "review", "fix"):
        with timed(f"queue: {queue}"):
            main.session.set_queue(queue)
            app.processEvents()
    dashboard(app, main)
    main.close()


def dashboard(app: QApplication, main: MainWindow) -> None:
    from PySide6.QtCore import QEventLoop

    told: list[object] = []
    main.dashboard.live.told.connect(told.append)

    def painted() -> None:
        while not told:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        main.dashboard.grab()
        told.clear()

    for name in ("dashboard, the first time", "dashboard, again"):
        with timed(name):
            main.dashboard.come()
            painted()
        if "first" in name:
            main.dashboard.close()
    main.session.work_as(ANN)
    main.session.set_queue("fix")
    main.issues.filters.clear()
    main.issues.refilter(keep=False)
    app.processEvents()
    with timed("a verdict, and the list is painted"):
        main.session.dismiss()
        main.issues.grab()
    with timed("the dashboard follows"):
        painted()


@contextlib.contextmanager
def timed(name: str) -> Iterator[None]:
    """Prints the seconds that its body takes."""
    start = time.perf_counter()
    yield
    print(f"{name:<48}{time.perf_counter() - start:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
