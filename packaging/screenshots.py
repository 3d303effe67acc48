#!/usr/bin/env python3
"""Pictures of the window for the documents: the sample project, two sizes, light and dark.

  QT_QPA_PLATFORM=offscreen .venv/bin/python packaging/screenshots.py [FOLDER]  (else docs/)

Nothing of the user's is touched: settings and the project live in a temporary folder.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SMALL_ENOUGH = 400_000


@dataclass(frozen=True)
class View:
    """One picture: where the window stands and how it is dressed."""

    name: str
    theme: str
    size: tuple[int, int]
    annotation: int | None  # its issue is in sight; None: the surest missing label
    kind: str
    tool: str = ""  # which of TOOLS is in use


VIEWS = (
    View("window-light.png", "light", (1600, 1000), 505, "location"),
    View("small-dark.png", "dark", (1280, 720), None, "missing"),
    View("guide-vertices.png", "light", (1280, 720), 505, "location", "vertices"),
    View("guide-detection.png", "dark", (1280, 720), 327, "location", "detection"),
    View("guide-brush.png", "light", (1280, 720), 377, "location", "brush"),
    View("guide-two-classes.png", "dark", (1280, 720), None, "class"),
    View("guide-instructions.png", "light", (1600, 1000), None, "class", "instructions"),
)


def main(folder: Path) -> None:
    """Make every picture of VIEWS."""
    with tempfile.TemporaryDirectory(prefix="labelmend-") as home:
        os.environ["LABELMEND_HOME"] = home
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        project = sample_project(Path(home))
        from PySide6.QtWidgets import QApplication

        app = QApplication(sys.argv[:1])
        folder.mkdir(parents=True, exist_ok=True)
        for view in VIEWS:
            shoot(app, project, view, folder / view.name)
        shoot_conflict(app, sample_project(Path(home) / "team"), folder / "guide-conflict.png")
        shoot_dashboard(app, sample_project(Path(home) / "worked"), folder / "dashboard.png")
        app.processEvents()


def sample_project(home: Path) -> Path:
    """The sample with its issues found."""
    from labelmend.find.run import run_find
    from labelmend.project.finding import find_inputs, store_found
    from labelmend.project.project import Project
    from labelmend_resources import copy_sample

    sample, path = copy_sample(home / "sample"), home / "table.labelmend"
    sources = {"annotations": sample / "annotations.json", "detections": sample / "detections.json"}
    Project.create(path, images=sample / "images", **sources)
    project = Project.open(path)
    store_found(project, run_find(find_inputs(project)))
    instruct(project)
    project.close()
    return path


def instruct(project) -> None:
    """Write about every class, with four pictures of each."""
    from labelmend.project.instructing import add_reference, revise
    from labelmend.project.references import cut_of, made_of_label
    from labelmend.review.instructions import Amount, ClassInstructions, Instructions
    from labelmend.review.states import Actor

    project.work_as(Actor("Lea", "lead"))
    names, words = project.categories.name, "A {}, whole or in part. **Its shadow is never a part of it.**"
    told = [
        ClassInstructions(name, words.format(name), "what is seen of it", "its shadow", Amount(2, 3))
        for name in names
    ]
    revise(project, Instructions("Things on a table", classes=tuple(told)))
    category = project.dataset.annotations.category
    for row in range(len(names)):
        for n, key in enumerate((category == row).nonzero()[0][:4].tolist()):
            made, good = made_of_label(cut_of(project, project.annotation(key))), n < 3
            caption = "All that is seen of it" if good else "The shadow is in it"
            add_reference(project, row, made, good=good, caption=caption)


def shoot(app, project: Path, view: View, out: Path) -> None:
    """Open the window, go to the issue, let pictures and crops arrive, take the picture."""
    from labelmend.review.states import Actor
    from labelmend_desktop import theme
    from labelmend_desktop.main_window import MainWindow
    from labelmend_desktop.session import Session

    theme.apply(view.theme)
    window = MainWindow(Session(), actor=Actor("Ada", "annotator"))
    window.resize(*view.size)
    window.show()
    window.files.open_path(project)
    settle(app, 0.5)
    window.session.set_issue(issue_of(window.session.project, view))
    settle(app, 2.5)
    if view.tool:
        TOOLS[view.tool](window)
        settle(app, 0.5)
    beside = window.findChild(object, "instructions_window")
    image = (beside if beside.isVisible() else window).grab().toImage()
    write(image, out)
    print(f"{out.name}: {image.width()} x {image.height()}, {out.stat().st_size:,} bytes")
    window.close()
    settle(app, 0.2)


def shoot_dashboard(app, project: Path, out: Path) -> None:
    """The dashboard of the sample after people, made up by a seed, have worked on it for some days."""
    sys.path.insert(0, str(ROOT / "tests"))
    import labelmend.project.project
    from builders.worked import LEA, Clock, audited, work
    from labelmend.project.project import Project
    from labelmend_desktop import theme
    from labelmend_desktop.main_window import MainWindow
    from labelmend_desktop.session import Session

    clock = Clock()
    labelmend.project.project.now = clock.now
    worked = Project.open(project)
    work(worked, clock, days=5, each=9)
    audited(worked, clock, count=40)
    worked.close()
    theme.apply("light")
    window = MainWindow(Session(), actor=LEA)
    window.show()
    window.files.open_path(project)
    window.dashboard.resize(1600, 1000)
    window.dashboard.come()
    settle(app, 3.0)
    window.dashboard.words.setText(project.name)  # not the time of the day
    write(window.dashboard.grab().toImage(), out)
    window.close()
    settle(app, 0.2)


def shoot_conflict(app, project: Path, out: Path) -> None:
    """The expert's view of a label that two people changed, each in a package of their own."""
    import numpy as np

    from labelmend.project.editing import set_box
    from labelmend.project.merging import merge
    from labelmend.project.packages import share
    from labelmend.project.project import Project
    from labelmend.review.states import Actor
    from labelmend_desktop import theme
    from labelmend_desktop.main_window import MainWindow
    from labelmend_desktop.session import Session

    shared = Project.open(project)
    issue = issue_of(shared, View("", "light", (0, 0), 377, "location"))
    image = shared.issues.image[shared.issues.row_of(issue)]
    moves = {"Ann": (6, 0, -6, 12), "Bea": (-9, 0, 9, -18)}
    for name in moves:
        share(shared, project.with_name(f"{name}.labelmend"), np.array([image], np.int64))
    for name, moved in moves.items():
        path = project.with_name(f"{name}.labelmend")
        package = Project.open(path, actor=Actor(name, "annotator"))
        own = int(package.issues.annotation[package.issues.row_of(issue)])
        package.apply(set_box(package, own, package.annotation(own).bbox + np.array(moved), issue=issue))
        package.close()
        merge(shared, path)
    shared.close()
    theme.apply("light")
    window = MainWindow(Session(), actor=Actor("Exp", "expert"))
    window.resize(1600, 1000)
    window.show()
    window.files.open_path(project)
    window.session.set_queue("expert")
    settle(app, 0.5)
    window.session.set_issue(issue)
    settle(app, 2.5)
    write(window.grab().toImage(), out)
    window.close()
    settle(app, 0.2)


def vertices(window) -> None:
    """A rubber band has picked several vertices of the suspect's polygon."""
    from PySide6.QtCore import Qt

    press(window, Qt.Key.Key_E)
    outline = suspect_of(window).polygons[0]
    (left, top), (right, bottom) = outline.min(0), outline.max(0)
    drag(window, (left - 8, top - 8), ((left + right) / 2, bottom + 8), shift=True)


def detection(window) -> None:
    """The detection's box is proposed for the suspect."""
    from PySide6.QtCore import Qt

    press(window, Qt.Key.Key_T)


def brush(window) -> None:
    """A stroke over the suspect, its polygon made a mask before."""
    from PySide6.QtCore import Qt

    if suspect_of(window).rle is None:
        press(window, Qt.Key.Key_P, shift=True)
        press(window, Qt.Key.Key_Return)
    press(window, Qt.Key.Key_W)
    x, y, w, h = suspect_of(window).bbox
    drag(window, (x + w * 0.3, y + h * 0.8), (x + w * 0.8, y + h * 0.6), release=False)


def instructions(window) -> None:
    """The lead has the window of the instructions open."""
    from labelmend.review.states import Actor

    window.session.work_as(Actor("Lea", "lead"))
    beside = window.findChild(object, "instructions_window")
    beside.come("button")
    beside.resize(1180, 760)


TOOLS = {
    "vertices": vertices,
    "detection": detection,
    "brush": brush,
    "instructions": instructions,
}


def suspect_of(window):
    project, issue = window.session.project, window.session.issue
    return project.annotation(int(project.issues.annotation[project.issues.row_of(issue)]))


def press(window, key, *, shift: bool = False) -> None:
    """A real key on the canvas."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    window.canvas.setFocus()
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(window.canvas, key, held)


def drag(window, start, end, *, shift: bool = False, release: bool = True) -> None:
    """A drag with the mouse from one place of the picture to another."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    canvas, left = window.canvas, Qt.MouseButton.LeftButton
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    places = [canvas.view.to_widget(*place).toPoint() for place in (start, end)]
    middle = (places[0] + places[1]) / 2
    QTest.mousePress(canvas, left, held, places[0])
    for place in (middle, places[1]):
        move(canvas, place, held)
    if release:
        QTest.mouseRelease(canvas, left, held, places[1])


def move(canvas, place, held) -> None:
    """A move with the button down, which QTest cannot send."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    left = Qt.MouseButton.LeftButton
    at = QPointF(place)
    told = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(canvas.mapToGlobal(place)), left, left, held)
    QApplication.sendEvent(canvas, told)


def issue_of(project, view: View) -> int:
    from labelmend.find.issues import KINDS

    issues = project.issues
    for row in range(len(issues)):
        same_kind = KINDS[int(issues.kind[row])] == view.kind
        key = int(issues.annotation[row])
        if same_kind and (view.annotation is None or project.id_of(key) == view.annotation):
            return int(issues.id[row])
    raise SystemExit(f"{view.name}: no such issue in the sample")


def settle(app, seconds: float) -> None:
    """Let the window work for a while: decoding threads answer through the event loop."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.01)


def write(image, out: Path) -> None:
    """Save as PNG; with 256 colours, chosen for this picture, when full colour would be too large."""
    image.save(str(out))
    if out.stat().st_size > SMALL_ENOUGH:
        paletted(image).save(str(out))


def paletted(image):
    """The picture in its own 256 colours (k-means on a part of its pixels)."""
    import cv2
    import numpy as np
    from PySide6.QtGui import QImage

    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : image.width() * 3].reshape(-1, 3)
    stop = (cv2.TERM_CRITERIA_MAX_ITER, 12, 0)
    cv2.setRNGSeed(0)
    part = np.unique(pixels, axis=0).astype(np.float32)
    _, _, palette = cv2.kmeans(
        part[:: max(1, len(part) // 40_000)], 256, None, stop, 1, cv2.KMEANS_PP_CENTERS
    )
    most = np.unique(pixels[::7], axis=0, return_counts=True)
    exact = most[0][np.argsort(-most[1])[:80]]  # the window's own plain colours stay what they are
    palette = np.vstack([exact, palette[: 256 - len(exact)]]).round().astype(np.uint8)
    grid = np.stack(np.meshgrid(*[np.arange(64)] * 3, indexing="ij"), -1).reshape(-1, 3) * 4.0 + 2
    near = cv2.BFMatcher(cv2.NORM_L2).match(grid.astype(np.float32), palette.astype(np.float32))
    table = np.array([match.trainIdx for match in near], np.uint8).reshape(64, 64, 64)
    grain = np.random.default_rng(0).integers(-4, 5, (len(pixels), 1))  # hides the steps between colours
    index = table[tuple((np.clip(pixels + grain, 0, 255) >> 2).T)].reshape(image.height(), image.width())
    for number, colour in enumerate(exact):
        index[(pixels == colour).all(1).reshape(index.shape)] = number
    index = np.ascontiguousarray(index)
    out = QImage(index.data, image.width(), image.height(), image.width(), QImage.Format.Format_Indexed8)
    out.setColorTable([0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in palette])
    return out.copy()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
