"""Memory over many pictures in a row: after 50 and after 500 of them. Prints only.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/memory.py [--pictures 500] [--size 4000x3000]
"""

import argparse
import json
import os
import select
import subprocess
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


class Watch:
    """Looks from a process of its own at what this one and the processes it started have in memory.

    Pages that several share are counted in parts (PSS, Linux), so that nothing is counted twice.
    """

    def __init__(self):
        code = "import sys; from benchmarks.memory import look; look(int(sys.argv[1]))"
        root, pipe = Path(__file__).parents[1], subprocess.PIPE
        given = [sys.executable, "-c", code, str(os.getpid())]
        self._process = subprocess.Popen(given, stdin=pipe, stdout=pipe, text=True, cwd=root)

    def most(self):
        """Megabytes of this process and of all of them, at the most since this was asked last."""
        print(file=self._process.stdin, flush=True)
        return self._process.stdout.readline().strip()

    def end(self):
        self._process.communicate()


def look(root):
    """Look ten times a second; answer each line with the most there was since the last."""
    window = together = 0
    while True:
        asked = select.select([sys.stdin], [], [], 0.1)[0]
        others = [one for one in below(root) if one != os.getpid()]
        own = shared_out(root)
        window, together = max(window, own), max(together, own + sum(map(shared_out, others)))
        if asked:
            if not sys.stdin.readline():
                return
            print(f"{window >> 20} MB, with all processes {together >> 20} MB", flush=True)
            window = together = 0


def below(process):
    """The processes that a process started, and those started by them."""
    try:
        files = list(Path(f"/proc/{process}/task").glob("*/children"))
        started = [int(child) for file in files for child in file.read_text().split()]
    except OSError:
        return []  # it is gone
    return started + [one for child in started for one in below(child)]


def shared_out(process):
    """Bytes that a process has in memory, of what it shares its part; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


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
