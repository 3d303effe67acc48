"""Times quality assurance with many labels in review: review.py PROJECT [--labels 100000]. Works on a copy.

Seconds of: drawing a sample by rates, by plans and an audit, telling how the batches fared, and of sharing
ten packages, in each of which a thousand labels are judged, and merging them.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from labelmend.project import audit, sampling
from labelmend.project.history import Decision, Step
from labelmend.project.merging import merge
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend.review import rules
from labelmend.review.sampling import Rates
from labelmend.review.states import FLAGGED, Actor

ANN, LEA = Actor("Ann", "annotator"), Actor("Lea", "lead")
PACKAGES, JUDGED = 10, 1000


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
    project.close()


@contextlib.contextmanager
def timed(name: str) -> Iterator[None]:
    """Prints the seconds that its body takes."""
    start = time.perf_counter()
    yield
    print(f"{name:<48}{time.perf_counter() - start:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
