"""The words and icons of kinds and states."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from labelmend.find.issues import CALLED, CODES, NO_KEY
from labelmend.project.issue_table import IssueTable
from labelmend.review.rules import is_sent_back, looks_differ
from labelmend.review.states import STATUSES, Standing

NAME_WORDS: dict[str, str] = {
    "missing": "Missing label",
    "spurious": "Nothing there",
    "class": "Wrong class",
    "location": "Loose label",
    "duplicate": "Duplicate",
    "structure": "Faulty record",
    "merged": "Merged label",
    "split": "Split label",
    "systematic": "Systematic",
    "audit": "Audit",
    "look": "Is it right?",
}
"""The names of issues as the list and the panel say them."""
NAME_ICONS: dict[str, str] = {
    "missing": "mdi6.plus-box-outline",
    "spurious": "mdi6.minus-box-outline",
    "class": "mdi6.tag-outline",
    "location": "mdi6.arrow-expand-all",
    "duplicate": "mdi6.content-duplicate",
    "structure": "mdi6.alert-outline",
    "merged": "mdi6.call-split",  # the cure
    "split": "mdi6.call-merge",
    "systematic": "mdi6.layers-outline",
    "audit": "mdi6.magnify",
    "look": "mdi6.eye-outline",
}
PLACE = "A place without a label"
"""What is asked about on a sheet where a label may be missing."""
NOTHING_WRONG = "Nothing looks wrong."
"""What is said where errors were looked for and none was found."""
PICTURE = "The picture itself"
"""What a fault is of that is no label's: its file is missing, or cannot be shown."""
STATE_WORDS: dict[str, str] = {
    "flagged": "to do",
    "fixed": "fixed",
    "dismissed": "not an error",
    "ambiguous": "cannot tell",
    "in_review": "in review",
    "approved": "approved",
    "rejected": "rejected",
    "conflict": "conflict",
    "decided": "decided",
    "done": "done",
}
STATE_ICONS: dict[str, str] = {
    "flagged": "",
    "fixed": "mdi6.check",
    "dismissed": "mdi6.close",
    "ambiguous": "mdi6.help",
    "in_review": "mdi6.account-eye-outline",
    "approved": "mdi6.check-all",
    "rejected": "mdi6.thumb-down-outline",
    "conflict": "mdi6.source-branch",
    "decided": "mdi6.gavel",
    "done": "mdi6.check",
}


def issue_word(table: IssueTable, row: int) -> str:
    """What an issue is: its kind, that its label is merged or split, that it stands for many, or that it is
    of the picture itself."""
    if is_of_picture(table, row):
        return "Picture missing" if lacks_picture(table, row) else "Faulty picture"
    return NAME_WORDS[CALLED[int(table.called[row])]]


def without_class(table: IssueTable, row: int) -> str:
    """What an issue is about where it is no label of a class; else ""."""
    called = CALLED[int(table.called[row])]
    if table.category[row] >= 0 or called not in ("look", "structure"):
        return ""
    if called == "look":
        return PLACE
    return PICTURE if table.annotation[row] == NO_KEY and table.image[row] >= 0 else ""


def is_of_picture(table: IssueTable, row: int) -> bool:
    """Whether an issue is that a picture's file is missing or cannot be shown."""
    return without_class(table, row) == PICTURE


def lacks_picture(table: IssueTable, row: int) -> bool:
    """Whether an issue is that a picture's file is not there."""
    return is_of_picture(table, row) and CODES[int(table.columns.code[row])] == "no_picture"


def issue_icon(table: IssueTable, row: int) -> str:
    """The icon beside that."""
    return NAME_ICONS[CALLED[int(table.called[row])]]


def score_word(table: IssueTable, row: int) -> str:
    """How likely the label is wrong, as the list says it; empty where nothing is suspected."""
    if CALLED[int(table.called[row])] in ("audit", "look"):
        return ""
    return f"{table.score[row]:.2f}".lstrip("0")


def with_units(text: str) -> str:
    """The text, in which no line ends between a number and its unit, or within a size or a place."""
    told = re.sub(r"(?<=\d) (?=px\b|%|×)|(?<=×) (?=\d)", "\N{NO-BREAK SPACE}", text)
    return re.sub(r"\bat (\d[\d.]*), (?=\d)", "at\N{NO-BREAK SPACE}\\1,\N{NO-BREAK SPACE}", told)


def state_word(status: int) -> str:
    """The state as the list and the panel say it; empty for an issue that was taken back."""
    return STATE_WORDS[STATUSES[status]] if status < len(STATUSES) else "taken back"


def state_icon(status: int) -> str:
    """The state's icon, or nothing for work that is still to do."""
    return STATE_ICONS[STATUSES[status]] if status < len(STATUSES) else ""


def state_of(status: int, standing: Standing) -> tuple[str, str]:
    """The word and the icon of an issue's state in the list; no icon where nothing is to be told."""
    if is_sent_back(standing):
        return "sent back", "mdi6.undo-variant"
    if looks_differ(standing):
        return "looks differ", "mdi6.eye-outline"
    return state_word(status), state_icon(status)


def areas_in_words(areas: Iterable[float]) -> str:
    """Pixels of several labels, the largest first; of many the first and the last."""
    told = [f"{area:,.0f}" for area in sorted(areas, reverse=True)]
    if len(told) > 4:
        return f"{told[0]} to {told[-1]} px"
    return f"{' and '.join(part for part in (', '.join(told[:-1]), told[-1]) if part)} px"


def done_to_many(title: str, *, stayed: int, held: int) -> str:
    """What was done to many labels, and how many stayed as they were, ``held`` of them by a review."""
    words = f"Done: {title}."
    if stayed:
        of_them = f", {held:,} of them in review or with the expert" if held else ""
        words += f" {stayed:,} stayed as {'it was' if stayed == 1 else 'they were'}{of_them}."
    return words


def when(at: str) -> str:
    """A moment of ISO 8601 in this computer's time zone, to the minute."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return at
