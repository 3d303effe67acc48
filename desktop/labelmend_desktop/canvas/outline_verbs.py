"""What keys do with the outline of the selected label: parts, joining, splitting, mending, its vertices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from labelmend_desktop.canvas import partwork
from labelmend_desktop.canvas.thinning import propose_simplified, propose_smoothed

if TYPE_CHECKING:
    from labelmend_desktop.canvas.canvas import Canvas


def outline_verbs(canvas: Canvas) -> dict[str, Callable[[], object]]:
    """Verbs by the names of their actions."""
    return {
        "add_part": partial(partwork.begin, canvas, "part"),
        "cut_part": partial(partwork.begin, canvas, "cut"),
        "join": partial(partwork.join, canvas),
        "divide": partial(partwork.begin_line, canvas),
        "mend": canvas.mending.mend,
        "simplify": partial(propose_simplified, canvas),
        "smooth": partial(propose_smoothed, canvas),
    }
