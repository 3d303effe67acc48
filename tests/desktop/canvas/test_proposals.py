import numpy as np
from PySide6.QtCore import Qt

from labelmend_desktop.canvas.proposal import Proposal


def grown(key, by):
    """A box that grows by `by` pixels at the right, or further when it is asked to."""
    box = np.array([40.5, 60.25, 80.0 + by, 60])
    return Proposal(
        key, "widen the box", f"{by} px wider.", box=box, adjusted=lambda step: grown(key, by + step)
    )


def test_nothing_moves_until_a_proposal_is_taken_then_it_is_one_step(desk):
    desk.session.select(0)
    before = desk.steps()
    desk.canvas.proposals.show(grown(0, 5))
    assert desk.bbox(0) == [40.5, 60.25, 80, 60]
    desk.canvas.adjust(1)
    desk.key(Qt.Key.Key_Return)
    assert desk.bbox(0) == [40.5, 60.25, 86, 60]
    assert desk.steps() == before + 1
    assert desk.project.undo_title() == "widen the box"
    assert desk.canvas.proposals.current is None


def test_escape_and_another_selection_leave_a_proposal(desk):
    for leave in (
        lambda: desk.key(Qt.Key.Key_Escape),
        lambda: desk.session.select(1),
        lambda: desk.canvas.take_tool("box"),
        lambda: (desk.press(40.5, 60.25), desk.move(50, 70)),
    ):
        desk.session.select(0)
        before = desk.steps()
        desk.canvas.proposals.show(grown(0, 5))
        leave()
        assert desk.canvas.proposals.current is None
        assert desk.steps() == before
        desk.canvas.hands.put_tool_back()


def test_a_proposal_is_painted_over_its_label(desk):
    desk.session.select(0)
    desk.settle()
    before = desk.pixels()
    desk.canvas.proposals.show(grown(0, 20))
    after = desk.pixels()
    x, y = desk.at(40.5 + 100, 90).toTuple()
    assert (before != after).any(axis=2)[y - 5 : y + 5, x - 3 : x + 3].any()
