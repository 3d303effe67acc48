"""Times the cards of systematic errors: making the step, doing it, undoing it; prints, asserts nothing.

python tests/benchmarks/cards.py [--labels 10000] [--profile]
"""

import argparse
import cProfile
import json
import pstats
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from labelmend.find.issues import (
    CLASS,
    CODES,
    CREATE,
    DELETE,
    FIX_MEMBERS,
    LOCATION,
    MISSING,
    NO_KEY,
    SET_BBOX,
    SET_CATEGORY,
    SPURIOUS,
    STRUCTURE,
    concatenate,
    evidence,
    issues,
)
from labelmend.find.run import Found
from labelmend.project import clusters
from labelmend.project.finding import store_found
from labelmend.project.project import Project
from labelmend.review.states import Actor

KINDS = {
    "class": (CLASS, SET_CATEGORY),
    "box": (LOCATION, SET_BBOX),
    "deleted": (SPURIOUS, DELETE),
    "added": (MISSING, CREATE),
}
EACH = 8


def main() -> None:
    """One project a kind of card; each accepted, undone, done again, and opened anew."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=int, default=10_000)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    print(f"seconds of the processor, {given.labels:,} labels")
    print(f"{'card':10}{'step':>9}{'apply':>9}{'undo':>9}{'redo':>9}{'open':>9}")
    for name in KINDS:
        with tempfile.TemporaryDirectory() as folder, cProfile.Profile() as profile:
            if not given.profile:
                profile.disable()
            run(name, carded(Path(folder), name, given.labels))
        if given.profile:
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def run(name: str, project: Project) -> None:
    """Print what each part costs."""
    card = int(project.issues.id[0])
    step, made = timed(lambda: clusters.accept(project, card))
    _, applied = timed(lambda: (project.apply(step), project.undo_title(), project.redo_title()))
    _, undone = timed(lambda: (project.undo(), project.undo_title(), project.redo_title()))
    _, again = timed(lambda: (project.redo(), project.undo_title(), project.redo_title()))
    path = project.path
    project.close()
    project, opened = timed(lambda: Project.open(path, actor=project.actor))
    project.close()
    print(f"{name:10}" + "".join(f"{seconds:9.2f}" for seconds in (made, applied, undone, again, opened)))


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What came out, and the seconds of the processor it took."""
    start = time.process_time()
    return act(), time.process_time() - start


def carded(folder: Path, name: str, labels: int) -> Project:
    """A project of polygons with one card for all its labels."""
    rng = np.random.default_rng(0)
    box = np.c_[rng.uniform(0, 500, (labels, 2)), rng.uniform(20, 100, (labels, 2))].round(2)
    image = np.arange(labels) // EACH
    images = [
        {"id": n + 1, "file_name": f"{n:06}.jpg", "width": 640, "height": 640}
        for n in range(-(-labels // EACH))
    ]
    annotations = [
        {
            "id": n + 1,
            "image_id": int(image[n]) + 1,
            "category_id": 1,
            "segmentation": [
                np.r_[x, y, x + w, y, x + w, y + h, x + w / 2, y + h, x, y + h].round(2).tolist()
            ],
            "area": round(w * h, 2),
            "bbox": [x, y, w, h],
            "iscrowd": 0,
        }
        for n, (x, y, w, h) in enumerate(box.tolist())
    ]
    categories = [{"id": n, "name": word} for n, word in ((1, "cat"), (2, "dog"))]
    file = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "a.json").write_text(json.dumps(file))
    Project.create(folder / "p.labelmend", annotations=folder / "a.json", images=folder)
    project = Project.open(folder / "p.labelmend", actor=Actor("Ann", "annotator"))
    kind, fix = KINDS[name]
    card = issues(
        STRUCTURE, np.array([0.99]), image=0, bbox=box[:1], category=0, fix=FIX_MEMBERS, fix_category=1,
        code=CODES.index("swapped_classes"), cluster=0,
        evidence=evidence(1, e0=labels, e1=labels, e2=1, e3=labels, e4=0, e6=1),
    )  # fmt: skip
    members = issues(
        kind, np.full(labels, 0.9), image=image, annotation=NO_KEY if fix == CREATE else np.arange(labels),
        category=0, cluster=0, bbox=box, fix=fix, fix_category=1 if fix == SET_CATEGORY else -1,
        fix_bbox=box + np.array([5, 5, 0, 0]),
    )  # fmt: skip
    store_found(project, Found(concatenate([card, members]), {}))
    return project


if __name__ == "__main__":
    main()
