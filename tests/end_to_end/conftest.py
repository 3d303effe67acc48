"""Opens the real window for a user with real keys and a real mouse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders.bench import Bench, bench_on, labels
from builders.datasets import ANN
from builders.user import User
from labelmend.review.states import Actor


@pytest.fixture
def open_user(open_window: Callable[..., Any], qtbot: Any) -> Callable[..., User]:
    """Opens the window on a project file, or on nothing, for a person."""

    def make(path: Path | None = None, *, actor: Actor | None = ANN) -> User:
        hands = open_window(path, actor=actor)
        hands.window.canvas.camera.animated = False
        return User(hands.window, hands.answers, lambda until: qtbot.waitUntil(until, timeout=20_000))

    return make


@pytest.fixture
def user(open_user: Callable[..., User]) -> User:
    """Ann, before the empty window."""
    return open_user()


@pytest.fixture
def bench(tmp_path: Path, open_user: Callable[..., User]) -> Bench:
    """A person at one picture with a box and two polygons."""
    return bench_on(tmp_path, open_user, labels())
