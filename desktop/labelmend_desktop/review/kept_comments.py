"""Comments that wait for a verdict, kept among the user's settings from one time to the next."""

from __future__ import annotations

from pathlib import Path

import msgspec

from labelmend_desktop import places

_KEY, _KEPT = "comments", 20
"""Of so many projects and people comments are kept, those last worked on."""


def kept_comments(project: Path, who: str) -> dict[int, str]:
    """What somebody has written that waits in a project, by the ids of its issues."""
    return _all().get(_name(project, who), {})


def keep_comments(project: Path, who: str, comments: dict[int, str]) -> None:
    """Keep what waits in a project, in place of what did."""
    name, every = _name(project, who), _all()
    if every.get(name, {}) != comments:
        others = {other: every[other] for other in every if other != name}
        now = {name: comments} | others if comments else others
        places.settings().setValue(_KEY, msgspec.json.encode(dict(list(now.items())[:_KEPT])).decode())


def _name(project: Path, who: str) -> str:
    return f"{project.absolute()}\n{who}"


def _all() -> dict[str, dict[int, str]]:
    try:
        return msgspec.json.decode(str(places.settings().value(_KEY, "{}")), type=dict[str, dict[int, str]])
    except msgspec.DecodeError:  # of another version, or changed by hand
        return {}
