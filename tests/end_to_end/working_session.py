"""A scripted session that says each step it was told is done; run as a process of its own, to be killed."""

import random
import sys
from pathlib import Path

from labelmend.project import editing
from labelmend.project.project import Project
from labelmend.review.states import Actor


def main(path: Path, seed: int) -> None:
    """Apply random steps for ever; print the history's last row number after each."""
    project = Project.open(path, actor=Actor("Ann", "annotator"))
    rng = random.Random(seed)
    while True:
        key = rng.randrange(len(project.dataset.annotations.id))
        choice = rng.random()
        if choice < 0.15 and project.undo_title() is not None:
            project.undo()
        elif choice < 0.25:
            project.apply(
                editing.create(
                    project, rng.randrange(project.n_images), 0, bbox=[5, 5, rng.uniform(5, 50), 9]
                )
            )
        elif project.annotation(key) is not None and choice < 0.3:
            project.apply(editing.delete(project, key))
        elif project.annotation(key) is not None:
            project.apply(editing.set_box(project, key, [rng.randrange(100), 5, rng.uniform(5, 50), 20]))
        print(project.last_row.seq, project.last_row.hash.hex(), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
