"""The label's history, newest last, as a person reads it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

from labelmend_desktop import theme
from labelmend_desktop.words import when


class Entry(Protocol):
    """One line of a story."""

    @property
    def at(self) -> str: ...  # noqa: D102
    @property
    def actor(self) -> str: ...  # noqa: D102
    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def what(self) -> str: ...  # noqa: D102
    @property
    def comment(self) -> str: ...  # noqa: D102


def as_html(entries: Sequence[Entry]) -> str:
    """The whole story."""
    quiet = theme.tokens().text_quiet
    lines = []
    for entry in entries:
        who = escape(f"{entry.actor}, {entry.role}" if entry.actor else "the program")
        said = f"<br>“{escape(entry.comment)}”" if entry.comment else ""
        lines.append(
            f"<p style='margin:0 0 6px 0'>{escape(entry.what)}{said}<br>"
            f"<span style='color:{quiet}; font-size:{theme.SIZE_SMALL}px'>{who} · {when(entry.at)}</span></p>"
        )
    return "".join(lines) or f"<p style='color:{quiet}'>Nothing was done to it yet.</p>"
