"""Who says what about a label: what the expert sent it back with, and every opinion for who decides."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from labelmend.review.rules import is_sent_back
from labelmend.review.states import Standing
from labelmend_desktop import theme
from labelmend_desktop.review.story import Entry
from labelmend_desktop.words import when


def sent_back(standing: Standing, story: Sequence[Entry]) -> str:
    """What the expert wants of the annotator, as rich text; empty for a label that was not sent back."""
    if not is_sent_back(standing):
        return ""
    said = next((one.comment for one in reversed(story) if one.role == "expert" and one.comment), "")
    return f"Sent back by {escape(standing.expert)}:<br><b>{escape(said)}</b>"


def standing_opinions(story: Sequence[Entry]) -> list[Entry]:
    """What people did and said of a label and did not take back, oldest first; draws are no opinions.

    In older projects the program's own entry of a conflict has what was said in the packages.
    """
    told: list[Entry] = []
    undone: list[Entry] = []
    for one in story:
        op, _, title = one.what.partition(": ")
        if op == "undo":
            found = _last(told, one, title)
            if found is not None:
                told.remove(found)
                undone.append(found)
        elif op == "redo":
            found = _last(undone, one, title)
            if found is not None:
                undone.remove(found)
                told.append(found)
        elif one.role != "lead" and (one.role or one.comment):
            told.append(one)
    return told


def _last(entries: Sequence[Entry], like: Entry, title: str) -> Entry | None:
    mine = (one for one in reversed(entries) if (one.actor, one.what) == (like.actor, title))
    return next(mine, None)


def words_alone(story: Sequence[Entry]) -> str:
    """The comments, one a line, as rich text."""
    said = (one for one in standing_opinions(story) if one.comment)
    return "<br>".join(
        f"{escape(one.actor)}: “{escape(one.comment)}”" if one.actor else escape(one.comment) for one in said
    )


def as_case(story: Sequence[Entry]) -> str:
    """Each opinion with who, as what, why and when, as rich text."""
    quiet, small = theme.tokens().text_quiet, theme.SIZE_SMALL
    lines = []
    for one in standing_opinions(story):
        what = one.what.removeprefix("expert: ")  # as what they said it is told here anyway
        told = f"<b>{escape(one.actor)}</b>, {escape(one.role)}: {escape(what)}"
        told = told if one.actor else "Said in a package:"
        said = f" “{escape(one.comment)}”" if one.comment else ""
        moment = when(one.at).replace(" ", "\N{NO-BREAK SPACE}")
        at = f"<span style='color:{quiet}; font-size:{small}px'>{moment}</span>"
        lines.append(f"<p style='margin:0 0 4px 0'>{told}{said} {at}</p>")
    return "".join(lines)
