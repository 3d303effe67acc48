"""The gesture that moves the picture in the window, or that was only a click."""

from collections.abc import Callable

from labelmend_desktop.canvas.gestures.story import SLACK, Event, Gesture
from labelmend_desktop.canvas.view import View


def pan(
    press: Event, *, view: View, show: Callable[[View], None], click: Callable[[], None], dpr: float
) -> Gesture:
    """Drag the picture by whole device pixels; a press that does not move calls ``click``."""
    begun = False
    while True:
        event = yield None
        away = event.at - press.at
        begun = begun or max(abs(away.x()), abs(away.y())) > SLACK
        if event.what == "release":
            break
        if begun:
            show(view.moved(round(away.x() * dpr) / dpr, round(away.y() * dpr) / dpr))
    if not begun:
        click()
