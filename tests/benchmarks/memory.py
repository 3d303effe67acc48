"""Memory over many pictures in a row: after 50 and after 500 of them. Prints only.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/memory.py [--pictures 500] [--size 4000x3000]
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

import cv2

from benchmarks.canvas import SIZE, Bench, outlined, photo, polygons

EACH = 50


def resident(*, peak=False):
    """Bytes of memory this process has now, or had at the most (Linux)."""
    word = "VmHWM:" if peak else "VmRSS:"
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(word))
    return int(line.split()[1]) << 10


def dataset(folder, count, wide, high):
    """Pictures, of which a few are written and the others are links to them, with thirty polygons each."""
    images, annotations = [], []
    for number in range(count):
        name = f"{number}.jpg"
        if number < 8:
            cv2.imwrite(str(folder / name), photo(wide, high, number))
        else:
            os.link(folder / f"{number % 8}.jpg", folder / name)
        images.append({"id": number, "file_name": name, "width": wide, "height": high})
        for points in polygons(30, width=wide, height=high, radius=(15, 50), seed=number):
            record = {"id": len(annotations), "image_id": number, "category_id": 1, "iscrowd": 0}
            annotations.append(record | outlined(points))
    file = {"images": images, "categories": [{"id": 1, "name": "thing"}], "annotations": annotations}
    (folder / "a.json").write_text(json.dumps(file, default=float))
    return folder / "a.json"


def main():
    """Make the data in a temporary folder, look at every picture, print the memory every fifty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--size", default="1600x1200")
    args = parser.parse_args()
    wide, high = map(int, args.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABELMEND_HOME"] = str(Path(folder) / "home")
        walk(Path(folder), dataset(Path(folder), args.pictures, wide, high), args.pictures)


def walk(folder, file, count):
    """Look at one picture after the other."""
    from PySide6.QtWidgets import QApplication

    from labelmend.cli.allocator import give_memory_back
    from labelmend.project.project import Project
    from labelmend.review.states import Actor
    from labelmend_desktop.canvas.canvas import Canvas
    from labelmend_desktop.session import Session

    give_memory_back()  # as the program does
    app = QApplication([])
    Project.create(folder / "p.labelmend", annotations=file, images=folder)
    session = Session()
    session.open(folder / "p.labelmend", actor=Actor("bench", "annotator"))
    canvas = Canvas(session)
    canvas.resize(*SIZE)
    canvas.show()
    bench = Bench(app, session, canvas)
    seen = {}
    for row in range(count):
        session.set_image(row)
        session.pictures.prefetch([row + 1] if row + 1 < count else [])
        bench.wait_for_picture()
        bench.frame(canvas.update)
        until = time.perf_counter() + 0.02
        while time.perf_counter() < until:
            app.processEvents()
        if (row + 1) % EACH == 0:
            seen[row + 1] = resident() >> 20
            print(f"after {row + 1:4} pictures: {seen[row + 1]} MB", flush=True)
    print(f"from {EACH} to {count}: {seen[max(seen)] - seen[EACH]:+} MB")
    session.close()
    session.pictures.shutdown()


if __name__ == "__main__":
    main()
