"""A huge picture in the window: first view, tiles made, pan, zoom, memory. Prints only.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/huge_picture.py [--side 20000] [--kind jpg|png|tif|tiled]
[--keep FOLDER]

The picture is written by a process of its own; it takes minutes and a gigabyte of disk.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.canvas import SIZE, Bench, told
from benchmarks.memory import Watch
from labelmend_desktop.canvas.pieces import _tiles

KINDS = {"jpg": ".jpg[Q=90]", "png": ".png[filter=all]", "tif": ".tif[compression=lzw,bigtiff]"}
KINDS["tiled"] = ".tif[compression=deflate,tile,tile_width=512,tile_height=512,bigtiff]"


GRAIN = 4.0
"""Of what is between the pixels: PNG then takes half of the bytes, as of photos and pictures from the air."""


def write(path, side, ending):
    """Write something like a photo, coarse and fine forms over each other; run in a process of its own."""
    import pyvips

    side, rng = int(side), np.random.default_rng(0)
    pixels = pyvips.Image.gaussnoise(side, side, sigma=GRAIN, mean=118)
    for step, strength in ((1000, 60), (250, 40), (50, 28), (10, 14), (3, 7)):
        cells = side // step + 3
        forms = 0.8 * rng.normal(size=(cells, cells, 1)) + 0.35 * rng.normal(size=(cells, cells, 3))
        small = pyvips.Image.new_from_array((forms * strength).astype(np.float32))
        pixels += small.resize(step, kernel="cubic").crop(0, 0, side, side)
    pixels.cast("uchar").copy(interpretation="srgb").write_to_file(f"{path}{ending}")


def dataset(folder, side, kind):
    """The picture and a label in its lower half; the path of the annotations."""
    ending = KINDS[kind]
    name = "huge" + ending.split("[")[0]
    if not (folder / name).exists():
        code = "import sys; from benchmarks.huge_picture import write; write(*sys.argv[1:])"
        given = [str(folder / "huge"), str(side), ending]
        subprocess.run([sys.executable, "-c", code, *given], check=True, cwd=Path(__file__).parents[1])
    box = [0.7 * side, 0.8 * side, 300, 200]
    file = {
        "images": [{"id": 1, "file_name": name, "width": side, "height": side}],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": box, "area": 60000, "iscrowd": 0}],
    }
    (folder / "a.json").write_text(json.dumps(file))
    return folder / "a.json"


def measure(bench, watch):
    """From opening to looking around."""
    canvas, session = bench.canvas, bench.session
    start, at_work = time.perf_counter(), time.process_time()

    def since():
        return f"{time.perf_counter() - start:7.2f} s ({time.process_time() - at_work:.2f} s of this process)"

    session.set_image(0)
    while canvas.loaded is None:
        bench.spin(0.001)  # it rests, as a window does: what reads the picture needs both of two processors
    bench.frame(canvas.update)
    print(f"first view, as far as it is read         {since()}")
    while canvas.loaded.seen < 1:
        bench.spin(0.01)
    bench.frame(canvas.update)
    print(f"first view of all of it, coarsely        {since()}")
    print(f"memory until then: {watch.most()}")
    tell_frames(bench, "pan while tiles are made", lambda: afar(bench))
    blocked = []
    while canvas.loaded.pyramid is None:
        tick = time.perf_counter()
        bench.app.processEvents()
        blocked.append(time.perf_counter() - tick)
        time.sleep(0.002)
    print(f"tiles made                               {since()}")
    told("meanwhile: the window is held up for", blocked)
    print(f"memory while tiles are made: {watch.most()}")
    session.pictures.clear()
    start, at_work = time.perf_counter(), time.process_time()
    canvas._ask_for_picture()
    bench.wait_for_picture()
    assert canvas.loaded.pyramid is not None
    bench.frame(canvas.update)
    print(f"opened again, with its tiles             {since()}")
    for scale in (0.06, 0.3, 1.0):
        look_around(bench, scale)
        print(f"memory at {scale:.0%}: {watch.most()}")


def look_around(bench, scale):
    """How soon it is sharp, pan and zoom."""
    from PySide6.QtCore import QPointF, Qt

    canvas, middle = bench.canvas, QPointF(SIZE[0] / 2, SIZE[1] / 2)
    canvas.look(canvas.view.zoomed(scale / canvas.view.scale, middle))
    start = time.perf_counter()
    bench.frame(canvas.update)
    while None in tiles_in_sight(canvas):
        bench.app.processEvents()
    assert scale < 0.1 or len(tiles_in_sight(canvas)) > 4, "no tiles in sight"
    print(f"{scale:.0%}: sharp after                       {1000 * (time.perf_counter() - start):7.0f} ms")
    bench.spin(0.4)
    tell_frames(bench, f"{scale:.0%}: pan", lambda: bench.drag(middle, 64, Qt.MouseButton.MiddleButton))
    tell_frames(bench, f"{scale:.0%}: pan afar", lambda: afar(bench))
    tell_frames(bench, f"{scale:.0%}: zoom", lambda: bench.zoom(middle.toPoint(), 0.0))


def tell_frames(bench, name, act):
    """How long frames take, and how much of that the window's thread is at work."""
    bench.worked.clear()
    told(name, act())
    told("    of it processor time of the window's thread", bench.worked)


def tiles_in_sight(canvas):
    """The tiles that are painted now, None for one that is not there yet."""
    from PySide6.QtCore import QRectF

    view = canvas.view
    part = view.transform().inverted()[0].mapRect(QRectF(canvas.rect()))
    return list(_tiles(canvas.loaded, part, 1 / view.scale))


def afar(bench):
    """Frames of a pan round a large square, over tiles that are not there yet."""
    times, views = [], set()
    for step in range(60):
        dx, dy = ((-160, 0), (0, -100), (160, 0), (0, 100))[step // 15]
        times.append(bench.frame(lambda dx=dx, dy=dy: bench.canvas.look(bench.canvas.view.moved(dx, dy))))
        views.add(bench.canvas.view)
    assert len(views) > 30, "the pan moved nothing"
    return times


def main():
    """Make the picture in a temporary folder, or find it in --keep, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=20_000)
    parser.add_argument("--kind", choices=KINDS, default="jpg")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        os.environ["LABELMEND_HOME"] = str(Path(temporary) / "home")
        run(dataset(folder, args.side, args.kind), Path(temporary))


def run(file, folder):
    """Open the window on the picture and measure."""
    from PySide6.QtWidgets import QApplication

    from labelmend.cli.allocator import give_memory_back
    from labelmend.project.project import Project
    from labelmend.review.states import Actor
    from labelmend_desktop.canvas.canvas import Canvas
    from labelmend_desktop.session import Session

    give_memory_back()  # as the program does
    app = QApplication([])
    sys.setswitchinterval(0.001)  # as the program does
    Project.create(folder / "p.labelmend", annotations=file, images=file.parent)
    session = Session()
    session.failed.connect(print)
    session.open(folder / "p.labelmend", actor=Actor("bench", "annotator"))
    canvas = Canvas(session)
    canvas.camera.animated = False
    canvas.resize(*SIZE)
    canvas.show()
    bench = Bench(app, session, canvas)
    bench.spin(0.3)
    watch = Watch()
    print(f"load {os.getloadavg()[0]:.1f}, memory before: {watch.most()}")
    measure(bench, watch)
    watch.end()
    session.close()
    session.pictures.shutdown()


if __name__ == "__main__":
    main()
