"""A person at one picture with a box and two polygons; what they did is read from the export."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt

from builders.datasets import annotation, make_project
from builders.user import User
from labelmend.project.export import export
from labelmend_desktop.canvas.view import View

SHIFT = Qt.KeyboardModifier.ShiftModifier
BOX, SQUARE, NEXT = 1, 2, 3
"""Ids of the labels: a box, a square polygon, and a triangle that shares a side's line with it."""


SIDES = [20.0, 20, 100, 20, 100, 100, 20, 100]


def labels() -> list[dict[str, Any]]:
    return [
        annotation(BOX, 1, [20.5, 140.25, 80, 60]),
        annotation(SQUARE, 1, [20, 20, 80, 80], category=2, segmentation=[SIDES]),
        annotation(NEXT, 1, [160, 20, 60.25, 80], category=2, segmentation=[[160, 20, 220.25, 20, 160, 100]]),
    ]


class Bench:
    """A user before one picture at two screen pixels a pixel; labels are called by their ids."""

    def __init__(self, user: User, path: Path) -> None:
        self.user, self.path = user, path
        self.session, self.canvas = user.window.session, user.window.canvas
        self.said: list[str] = []
        self.failed: list[str] = []
        self.session.said.connect(self.said.append)
        self.session.failed.connect(lambda told: self.failed.append(str(told)))
        self.session.set_image(0)
        user.look()
        self.view = View(2.0, 40.0, 30.0)
        self.canvas.look(self.view)
        self.before = self.bytes()

    def edit(self, number: int) -> None:
        """Take a label in hand, with its handles."""
        self.session.select(number - 1)
        self.session.set_editing(True)
        self.canvas.setFocus()

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.user.press(*keys, modifier=modifier)

    def bytes(self) -> bytes:
        export(self.user.project, self.path, overwrite=True)
        return self.path.read_bytes()

    def exported(self) -> dict[int, Any]:
        """The exported labels by their ids."""
        return {one["id"]: one for one in json.loads(self.bytes())["annotations"]}

    def bbox(self, number: int) -> Any:
        return self.exported()[number]["bbox"]

    def polygon(self, number: int, part: int = 0) -> Any:
        return np.array(self.exported()[number]["segmentation"][part]).reshape(-1, 2).tolist()

    def steps(self) -> int:
        return len(self.user.project.store.history())

    def window_said(self) -> str:
        """The sentence in the bar above the picture."""
        return self.user.window.error_bar.text.text()

    def plate(self) -> str:
        """The sentence that lies on the picture."""
        return self.canvas.proposals.words or self.canvas.mending.words

    def title(self) -> str | None:
        return self.user.project.undo_title()


def bench_on(tmp_path: Path, open_user: Callable[..., User], annotations: list[dict[str, Any]]) -> Bench:
    """A bench with these labels."""
    project = make_project(tmp_path, annotations=annotations, images=1, find=False)
    path = project.path
    project.close()
    return Bench(open_user(path), tmp_path / "out.json")


def one_step(bench: Bench, title: str) -> None:
    """The last gesture was one step of that name, and undone it is as if it never began."""
    assert bench.title() == title
    after = bench.bytes()
    bench.press(Qt.Key.Key_Z)
    assert bench.bytes() == bench.before
    bench.press(Qt.Key.Key_Z, modifier=SHIFT)
    assert bench.bytes() == after
