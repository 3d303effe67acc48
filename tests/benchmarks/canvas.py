"""How fast the canvas is, from event to painted frame: drag, pan, zoom, brush, next picture. Prints only.

QT_QPA_PLATFORM=offscreen python tests/benchmarks/canvas.py [--scale-factor 2]
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
import numpy as np
from pycocotools import mask as coco_mask

SIZE = (1600, 1000)


def polygons(count, points=30, *, width=4000, height=3000, radius=(20, 80), seed=0):
    """Star-like polygons (count, points, 2) spread over a picture."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform([radius[1]] * 2, [width - radius[1], height - radius[1]], (count, 2))
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False) + rng.uniform(0, 6.28, (count, 1))
    reach = rng.uniform(*radius, (count, 1)) * (1 + 0.25 * np.sin(3 * angle))
    return centre[:, None] + np.stack([reach * np.cos(angle), reach * np.sin(angle)], -1)


def photo(width, height, seed=0):
    """Something like a photo."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (height // 50 + 1, width // 50 + 1, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.add(smooth, rng.integers(0, 24, (height, width, 3), dtype=np.uint8))


def large_mask(width=4000, height=3000):
    """A mask of many pieces and holes over all of a large picture."""
    rng = np.random.default_rng(2)
    coarse = rng.random((height // 150, width // 150)).astype(np.float32)
    pixels = (cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) > 0.45).astype(np.uint8)
    rle = coco_mask.encode(np.asfortranarray(pixels))
    told = {"size": [height, width], "counts": rle["counts"].decode()}
    return {"bbox": coco_mask.toBbox(rle).tolist(), "segmentation": told, "area": float(pixels.sum())}


def outlined(points):
    """The record of a polygon (n, 2), but for its ids."""
    low, high = points.min(0), points.max(0)
    return {"bbox": [*low, *(high - low)], "segmentation": [points.ravel().tolist()], "area": 1.0}


def masked(points, width=640, height=480):
    """The record of a polygon's mask (n, 2), but for its ids."""
    rle = coco_mask.frPyObjects([points.ravel().tolist()], height, width)[0]
    told = {"size": [height, width], "counts": rle["counts"].decode()}
    return {"bbox": coco_mask.toBbox(rle).tolist(), "segmentation": told, "area": 1.0}


def dataset(folder):
    """2,000 polygons, 10,000 boxes, 375 masks and 30 pictures of COCO's size both seen too, a large mask."""
    images, annotations, detections = [], [], []

    def detect(shapes):
        for number, shape in enumerate(shapes):
            record = {"image_id": images[-1]["id"], "category_id": number % 12, "score": 0.9}
            detections.append(record | masked(shape + np.array([3, 2])))

    def picture(pixels, shapes):
        name = f"{len(images)}.jpg"
        cv2.imwrite(str(folder / name), pixels)
        height, width = pixels.shape[:2]
        images.append({"id": len(images), "file_name": name, "width": width, "height": height})
        for number, shape in enumerate(shapes):
            record = {
                "id": len(annotations),
                "image_id": images[-1]["id"],
                "category_id": number % 12,
                "iscrowd": 0,
            }
            annotations.append(record | shape)

    large = photo(4000, 3000)
    picture(large, [outlined(points) for points in polygons(2000)])
    rng = np.random.default_rng(1)
    corner, size = rng.uniform([0, 0], [3880, 2880], (10000, 2)), rng.uniform(10, 120, (10000, 2))
    picture(large, [{"bbox": [*a, *b], "area": 1.0} for a, b in zip(corner, size, strict=True)])
    shapes = polygons(375, 24, width=640, height=480, radius=(10, 40))
    picture(photo(640, 480), list(map(masked, shapes)))
    detect(shapes)
    for seed in range(30):
        shapes = polygons(20, width=640, height=480, radius=(15, 50), seed=seed)
        picture(photo(640, 480, seed), [outlined(points) for points in shapes])
        detect(shapes)
    picture(large, [large_mask()])
    categories = [{"id": number, "name": f"class {number}"} for number in range(12)]
    file = {"images": images, "categories": categories, "annotations": annotations}
    (folder / "a.json").write_text(json.dumps(file, default=float))
    (folder / "d.json").write_text(json.dumps(detections, default=float))
    return {"annotations": folder / "a.json", "detections": folder / "d.json"}


class Bench:
    """A canvas and a clock from event to painted frame."""

    def __init__(self, app, session, canvas):
        self.app, self.session, self.canvas = app, session, canvas
        self.worked = []  # seconds of processor time that this thread took for each frame

    def spin(self, seconds):
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            self.app.processEvents()
            time.sleep(0.001)

    def frame(self, act):
        frames, start, at_work = self.canvas.frames, time.perf_counter(), time.thread_time()
        act()
        while self.canvas.frames == frames and time.perf_counter() - start < 5:
            self.app.processEvents()
        self.worked.append(time.thread_time() - at_work)
        return time.perf_counter() - start

    def wait_for_picture(self):
        while self.canvas.loaded is None:
            self.app.processEvents()

    def mouse(self, what, at, button, buttons):
        from PySide6.QtCore import QPointF, Qt
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        place = QPointF(self.canvas.mapToGlobal(at))
        event = QMouseEvent(what, at, place, button, buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.canvas, event)

    def drag(self, start, steps, button):
        """Drag along a zigzag; the frame times."""
        from PySide6.QtCore import QEvent, QPointF, Qt

        none, times, at = Qt.MouseButton.NoButton, [], QPointF(start)
        self.mouse(QEvent.Type.MouseButtonPress, at, button, button)
        for step in range(steps):
            at = at + (QPointF(9, 5) if step // 8 % 2 == 0 else QPointF(-9, -5))
            times.append(self.frame(lambda at=at: self.mouse(QEvent.Type.MouseMove, at, none, button)))
        self.mouse(QEvent.Type.MouseButtonRelease, at, button, none)
        return times

    def zoom(self, at, pause):
        """Wheel in and out; frame times, and the longest time that events had to wait in between."""
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent
        from PySide6.QtWidgets import QApplication

        times = []
        for _ in range(3):
            for delta in [120] * 8 + [-120] * 8:
                event = QWheelEvent(
                    QPointF(at),
                    QPointF(self.canvas.mapToGlobal(at)),
                    QPoint(),
                    QPoint(0, delta),
                    Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier,
                    Qt.ScrollPhase.NoScrollPhase,
                    False,
                )
                times.append(self.frame(lambda event=event: QApplication.sendEvent(self.canvas, event)))
                until = time.perf_counter() + pause
                while time.perf_counter() < until:
                    start = time.perf_counter()
                    self.app.processEvents()
                    times.append(time.perf_counter() - start)
                    time.sleep(0.001)
        return [t for t in times if t > 0.0003]


def told(name, times):
    """One line of figures."""
    ms = np.array(times) * 1000
    print(
        f"{name:46} median {np.median(ms):7.2f}   p95 {np.percentile(ms, 95):7.2f}   max {ms.max():7.2f} ms",
        flush=True,
    )


def crowded(bench, row, name):
    """Drag, pan and zoom on a crowded picture."""
    from PySide6.QtCore import QPointF, Qt

    canvas, session = bench.canvas, bench.session
    start = time.perf_counter()
    session.set_image(row)
    bench.wait_for_picture()
    print(f"{name}: {1000 * (time.perf_counter() - start):.0f} ms to open with its picture decoded")
    told(f"{name}: first paint", [bench.frame(canvas.update)])
    bench.spin(0.5)
    for zoomed in (False, True):
        if zoomed:
            canvas.look(canvas.view.zoomed(1 / canvas.view.scale, QPointF(800, 500)))
        bench.spin(0.6)
        where = "1:1" if zoomed else "fit"
        scene = canvas.contents.scene
        middle = np.array(canvas.view.to_picture(QPointF(800, 500)))
        at = int(np.abs(scene.boxes[:, :2] - middle).sum(1).argmin())
        session.select(scene.annotations[at].key)
        bench.spin(0.2)
        parts, before = scene.outline(at), scene.boxes[at].copy()
        grip = canvas.view.to_widget(*parts[0][0])
        times = bench.drag(grip, 60, Qt.MouseButton.LeftButton)
        moved = canvas.proposals.current is not None or not np.array_equal(before, scene.boxes[at])
        assert moved, "the drag moved nothing"
        canvas.proposals.leave()
        told(f"{name}, {where}: drag", times)
        session.select(None)
        told(f"{name}, {where}: pan", bench.drag(QPointF(800, 500), 64, Qt.MouseButton.MiddleButton))
        told(f"{name}, {where}: zoom, fast wheel", bench.zoom(QPointF(700, 450).toPoint(), 0.0))
        told(f"{name}, {where}: zoom, slow wheel, all events", bench.zoom(QPointF(700, 450).toPoint(), 0.16))
        bench.spin(0.3)


def next_pictures(bench, name="next"):
    """From one picture of COCO's size to the next, prefetched; and one with many masks."""
    session, canvas = bench.session, bench.canvas
    times = []
    for row in range(3, 33):
        session.pictures.prefetch([row])
        bench.spin(0.12)
        times.append(bench.frame(lambda row=row: session.set_image(row)))
    assert canvas.loaded is not None
    told(f"{name} 640x480, prefetched", times)
    times = []
    for _ in range(8):
        session.set_image(3)
        session.pictures.prefetch([2])
        bench.spin(0.15)
        times.append(bench.frame(lambda: session.set_image(2)))
    told(f"{name} with 375 masks, prefetched", times)


def with_detections(bench):
    """The same with detections that are masks, and pan and zoom over them."""
    from PySide6.QtCore import QPointF, Qt

    session, canvas = bench.session, bench.canvas
    session.set_flag("show_detections", True)
    next_pictures(bench, "detections: next")
    for zoomed in (1, 4):
        canvas.look(canvas.view.zoomed(zoomed, QPointF(800, 500)))
        bench.spin(0.6)
        where = f"detections of 375 masks, {canvas.view.scale:.1f}:1"
        told(f"{where}: pan", bench.drag(QPointF(800, 500), 64, Qt.MouseButton.MiddleButton))
        told(f"{where}: zoom, fast wheel", bench.zoom(QPointF(700, 450).toPoint(), 0.0))
        told(f"{where}: zoom, slow wheel", bench.zoom(QPointF(700, 450).toPoint(), 0.16))
    times = []
    for on in (False, True) * 8:
        times.append(bench.frame(lambda on=on: session.set_flag("show_detections", on)))
        bench.spin(0.3)
    told("detections of 375 masks: hidden, shown", times)
    assert canvas.overlay.settled
    session.set_flag("show_detections", False)


def large_pictures(bench):
    """From one large picture to the next, not prefetched."""
    session, canvas, times = bench.session, bench.canvas, []
    for row in (0, 1) * 4:
        session.set_image(4)
        bench.spin(0.1)
        session.pictures.clear()
        start = time.perf_counter()
        session.set_image(row)
        bench.wait_for_picture()
        bench.frame(canvas.update)
        times.append(time.perf_counter() - start)
    told("next 4000x3000 JPEG, not prefetched", times)


def levels(bench, row):
    """The same picture as it is and by levels: zoom and pan, and a slider that is dragged."""
    from PySide6.QtCore import QPointF, Qt

    from labelmend_desktop.levels import Levels

    session = bench.session
    session.set_image(row)
    bench.wait_for_picture()
    for name, chosen in (("as it is", Levels()), ("gamma", Levels(gamma=2)), ("red", Levels(channel=0))):
        session.seeing.show_levels(chosen)
        bench.spin(0.5)
        told(f"levels, {name}: zoom", bench.zoom(QPointF(700, 450).toPoint(), 0.0))
        bench.spin(0.5)
        told(f"levels, {name}: pan", bench.drag(QPointF(800, 500), 64, Qt.MouseButton.MiddleButton))
    steps = [Levels(gamma=1 + step / 50) for step in range(1, 40)]
    told("levels: a slider", [bench.frame(lambda one=one: session.seeing.show_levels(one)) for one in steps])
    session.seeing.reset_levels()


def painting(bench, row, name):
    """Strokes of brush and eraser over the largest mask of a picture; a frame, and the release."""
    from PySide6.QtCore import QEvent, QPointF, Qt

    canvas, session, left = bench.canvas, bench.session, Qt.MouseButton.LeftButton
    session.set_image(row)
    bench.wait_for_picture()
    bench.spin(0.5)
    scene = canvas.contents.scene
    with_mask = [a for a in scene.annotations if a is not None and a.rle is not None]
    label = max(with_mask, key=lambda one: one.area)
    session.select(label.key)
    for tool in ("brush", "eraser"):
        canvas.take_tool(tool)
        canvas.brush.radius = 14 / canvas.view.scale
        bench.spin(0.3)
        x, y, w, h = label.bbox.tolist()
        start = canvas.view.to_widget(x + w / 2, y + h / 2)
        area = session.project.annotation(label.key).area
        times = bench.drag(start, 60, left)
        bench.spin(0.2)
        assert session.project.annotation(label.key).area != area, "the stroke changed nothing"
        told(f"{name}: {tool}, radius {canvas.brush.radius:.0f} px", times)
    ends, none = [], Qt.MouseButton.NoButton
    for step in range(8):
        at = start + QPointF(6 * step, 3 * step)
        bench.mouse(QEvent.Type.MouseButtonPress, at, left, left)
        ends.append(bench.frame(lambda at=at: bench.mouse(QEvent.Type.MouseButtonRelease, at, left, none)))
    told(f"{name}: release of a stroke", ends)
    canvas.hands.put_tool_back()


def along_edges(bench, row, name):
    """An outline drawn along edges: a move of the cursor, which leads further away, and a click."""
    from PySide6.QtCore import QEvent, QPointF, Qt

    canvas, session = bench.canvas, bench.session
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    session.set_image(row)
    bench.wait_for_picture()
    bench.spin(0.5)
    canvas.take_tool("wire")
    at, moves, clicks = QPointF(400, 300), [], []
    for side in range(4):
        clicks.append(bench.frame(lambda at=at: bench.mouse(QEvent.Type.MouseButtonPress, at, left, left)))
        bench.mouse(QEvent.Type.MouseButtonRelease, at, left, none)
        for _ in range(40):
            at = at + (QPointF(6, 1), QPointF(1, 6), QPointF(-6, 1), QPointF(1, -5))[side]
            moves.append(bench.frame(lambda at=at: bench.mouse(QEvent.Type.MouseMove, at, none, none)))
    assert canvas.hands.busy, "nothing is drawn"
    told(f"{name}: along edges, move", moves)
    told(f"{name}: along edges, click", clicks)
    canvas.hands.put_tool_back()


def main():
    """Make the data in a temporary folder and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale-factor", default="1")
    os.environ["QT_SCALE_FACTOR"] = parser.parse_args().scale_factor
    from PySide6.QtWidgets import QApplication

    from labelmend.project.project import Project
    from labelmend.review.states import Actor
    from labelmend_desktop.canvas.canvas import Canvas
    from labelmend_desktop.session import Session

    app = QApplication([])
    sys.setswitchinterval(0.001)  # as the program does
    with tempfile.TemporaryDirectory() as folder:
        files = dataset(Path(folder))
        Project.create(Path(folder) / "p.labelmend", images=Path(folder), **files)
        session = Session()
        session.failed.connect(print)
        session.open(Path(folder) / "p.labelmend", actor=Actor("bench", "annotator"))
        canvas = Canvas(session)
        canvas.camera.animated = False
        canvas.resize(*SIZE)
        canvas.show()
        bench = Bench(app, session, canvas)
        bench.spin(0.3)
        print(f"device pixel ratio {canvas.devicePixelRatioF():g}, load {os.getloadavg()[0]:.1f}")
        crowded(bench, 0, "2,000 polygons")
        crowded(bench, 1, "10,000 boxes")
        next_pictures(bench)
        with_detections(bench)
        large_pictures(bench)
        levels(bench, 0)
        along_edges(bench, 0, "4000x3000")
        painting(bench, 33, "mask of 4000x3000")
        painting(bench, 2, "375 masks")
        session.close()
        session.pictures.shutdown()


if __name__ == "__main__":
    main()
