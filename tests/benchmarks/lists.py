"""Times writing all issues as JSON lines and CSV: lists.py ANNOTATIONS DETECTIONS [DETECTIONS ...]"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from stages import Clock

import labelmend
from labelmend.files import written
from labelmend.find.lists import FORMS


def main() -> None:
    """Read, find and write, stage by stage: seconds, those of the processor, and the peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("annotations", type=Path)
    parser.add_argument("detections", type=Path, nargs="+", help="one file a model")
    args = parser.parse_args()
    clock = Clock()
    data = labelmend.load(args.annotations, detections=args.detections)
    clock.stage("read")
    found = labelmend.find_issues(data)
    clock.stage("find")
    with tempfile.TemporaryDirectory() as folder:
        for form in FORMS:
            with written(Path(folder) / form) as out:
                found.write(out, form=form)
            clock.stage(form)
    print(f"{len(found):,} issues")


if __name__ == "__main__":
    main()
