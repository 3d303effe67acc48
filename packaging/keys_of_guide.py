#!/usr/bin/env python3
"""Writes the guide's table of keys, from the table of actions that the window and its F1 sheet are made from.

.venv/bin/python packaging/keys_of_guide.py
"""

from pathlib import Path

from labelmend_desktop.actions import keys_shown
from labelmend_desktop.help_sheet import sheet

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "guide.md"
BEGIN, END = "<!-- keys: written by packaging/keys_of_guide.py -->\n", "<!-- end of keys -->"


def with_keys(guide: str) -> str:
    """The guide with its table of keys as the actions are now."""
    before, rest = guide.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


def table() -> str:
    """One row an action, group by group as on the F1 sheet."""
    rows = ["| | key | what it does |", "|---|---|---|"]
    for title, actions in sheet():
        for n, action in enumerate(actions):
            keys = keys_shown(action).replace("|", "\\|")
            rows.append(f"| {'' if n else title} | `{keys}` | **{action.text.rstrip('…')}**: {action.tip} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    GUIDE.write_text(with_keys(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
