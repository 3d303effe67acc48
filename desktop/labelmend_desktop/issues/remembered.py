"""What the list was asked for in each project, kept among the user's settings from one time to the next."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labelmend_desktop import places

_KEY, _KEPT = "filters", 20
"""Projects whose filter is kept, those last worked on."""


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """A filter by names, which stay when rows and codes change; "" asks for nothing.

    ``scores`` are the lowest and the highest by queue, where they are others than a list begins with.
    """

    text: str = ""
    called: str = ""
    category: str = ""
    state: str = ""
    scores: dict[str, tuple[float, float]] = {}


def remembered(project: Path) -> Asked:
    """What was asked for in a project last."""
    return _all().get(str(project.absolute()), Asked())


def remember(project: Path, asked: Asked) -> None:
    """Keep what is asked for in a project."""
    name, every = str(project.absolute()), _all()
    others = {other: every[other] for other in every if other != name}
    now = others if asked == Asked() else {name: asked} | others
    if list(now.items()) != list(every.items()):
        kept = dict(list(now.items())[:_KEPT])
        places.settings().setValue(_KEY, msgspec.json.encode(kept).decode())


def _all() -> dict[str, Asked]:
    try:
        return msgspec.json.decode(str(places.settings().value(_KEY, "{}")), type=dict[str, Asked])
    except msgspec.DecodeError:  # of another version, or changed by hand: nobody misses a filter
        return {}
