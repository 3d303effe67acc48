"""How long Cancel takes while errors are found, begun and stopped as the window does it. Prints only.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/cancel.py PROJECT [--moments 12] [--pictures]

Works on a copy of the project. Finds once to the end and keeps the issues; then begins again and again,
cancels at moments spread over the run, and prints the seconds until the window was told, the seconds until
the last thread of the work had ended (and the processor seconds that this took, which say more on a busy
machine), and whether issues and history are the same to the byte.
"""

import argparse
import dataclasses
import hashlib
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication

from labelmend.find.run import run_find
from labelmend.project.finding import find_inputs, store_found
from labelmend.project.project import Project
from labelmend.project.run import load_run
from labelmend.review.states import Actor
from labelmend_desktop.tasks import Tasks

LONGEST, BAR = 600.0, 0.5
WORDS = "told after {:.2f} s, idle after {:.2f} s ({:.2f} s of work)"


class Bench:
    """One project, and the window's way to find errors in it."""

    def __init__(self, project, *, pictures):
        self.app = QCoreApplication.instance() or QCoreApplication([])
        self.tasks, self.project, self.pictures = Tasks(), project, pictures
        self.found, self.threads = None, threading.active_count()

    def begin(self):
        """Begin to find; returns the task."""
        inputs = find_inputs(self.project, pictures=self.pictures)
        return self.tasks.run(run_find, inputs, title="find", on_done=self.keep)

    def keep(self, found):
        self.found = found

    def seconds(self, until, *, most=LONGEST):
        """Seconds until this is true, with the window's events going on."""
        start = time.perf_counter()
        while not until() and time.perf_counter() - start < most:
            self.app.processEvents()
            time.sleep(0.002)
        return time.perf_counter() - start

    def whole(self):
        """Find to the end and keep the issues; returns the seconds it took to find them."""
        self.begin()
        seconds = self.seconds(lambda: self.found is not None)
        store_found(self.project, self.found)
        print(f"the whole run: {seconds:.2f} s, {len(self.project.issues):,} issues")
        return seconds

    def cancelled(self, after):
        """Seconds until the window was told, until no thread was at it, and of work; None if it was late."""
        self.found, task = None, self.begin()
        self.seconds(lambda: self.found is not None, most=after)
        work = time.process_time()
        task.cancel()
        told = self.seconds(lambda: not self.tasks.busy)
        idle = told + self.seconds(self.is_idle, most=BAR)
        if not self.is_idle():
            print(f"          still at it: {', '.join(at_work())}")
            idle += self.seconds(self.is_idle)
        return None if self.found else (told, idle, time.process_time() - work)

    def is_idle(self):
        return threading.active_count() <= self.threads + 1  # Qt's own thread of the task is one


def at_work():
    """The functions of ours that threads are in."""
    for frame in sys._current_frames().values():
        while frame is not None and "labelmend/find" not in frame.f_code.co_filename:
            frame = frame.f_back
        if frame is not None:
            yield f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}:{frame.f_lineno}"


def sums(project):
    """The hashes of the project's issues and of its history, whose every row holds that of the one before."""
    found, ids, texts = load_run(project.store)
    columns = [ids, *(getattr(found, field.name) for field in dataclasses.fields(found))]
    issues = hashlib.sha256(b"".join(np.ascontiguousarray(column).tobytes() for column in columns))
    return issues.hexdigest(), sorted(texts.items()), project.last_row


def measure(project, *, moments, pictures):
    bench = Bench(project, pictures=pictures)
    seconds, before, worst = bench.whole(), sums(project), (0.0, 0.0, 0.0)
    for k in range(moments):
        after = seconds * (k + 0.5) / moments
        took = bench.cancelled(after)
        if took is None:
            print(f"{after:8.2f} s: ended before")
            continue
        worst = tuple(map(max, worst, took))
        print(f"{after:8.2f} s: {WORDS.format(*took)}", flush=True)
    same = sums(project) == before
    print(f"longest: {WORDS.format(*worst)}")
    print(f"The issues and the history {'are as they were' if same else 'HAVE CHANGED'}.")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("project", type=Path)
    parser.add_argument("--moments", type=int, default=12)
    parser.add_argument("--pictures", action="store_true", help="look at the pictures too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / args.project.name
        shutil.copy(args.project, copy)
        project = Project.open(copy, actor=Actor("Lea", "lead"))
        try:
            measure(project, moments=args.moments, pictures=args.pictures)
        finally:
            project.close()


if __name__ == "__main__":
    main()
