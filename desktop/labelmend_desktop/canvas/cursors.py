"""The cursor's shape tells what a press would do."""

from PySide6.QtCore import Qt

from labelmend_desktop.canvas.hit import Hit

_Shape = Qt.CursorShape
_HANDLES = {
    "nw": _Shape.SizeFDiagCursor,
    "se": _Shape.SizeFDiagCursor,
    "ne": _Shape.SizeBDiagCursor,
    "sw": _Shape.SizeBDiagCursor,
    "n": _Shape.SizeVerCursor,
    "s": _Shape.SizeVerCursor,
    "w": _Shape.SizeHorCursor,
    "e": _Shape.SizeHorCursor,
}


def cursor_for(below: Hit, *, tool: bool, panning: bool, editing: bool) -> Qt.CursorShape:
    """The cursor over a hit, with a drawing tool taken, while panning, or with handles on."""
    if panning:
        return _Shape.ClosedHandCursor
    if tool:
        return _Shape.CrossCursor
    if below.kind == "nothing":
        return _Shape.ArrowCursor
    if below.kind == "inside" and editing:
        return _Shape.SizeAllCursor
    return _HANDLES.get(below.handle, _Shape.PointingHandCursor)
