"""The few pieces of HTML that a report is made of; every text that comes in is escaped here."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from labelmend.review.states import Status

_TONES: Final[dict[str, str]] = {
    "approved": "ok",
    "decided": "ok",
    "accepted": "ok",
    "rejected": "danger",
    "not accepted": "danger",
    "ambiguous": "warn",
    "conflict": "warn",
    "in review": "warn",
    "open": "warn",
}


class Code(str):
    """A cell in the face of code: a hash, an id."""


class Number(str):
    """A number that is written already, a share or an interval: a cell that is set to the right."""


class State(str):
    """A cell that tells a state, in a frame."""


Cell = str | int | None
"""What a cell holds: whole numbers are written with their thousands apart; None is an empty cell."""


def text(words: str, *, tone: str = "") -> str:
    """A paragraph."""
    return f"<p class={tone}>{escape(words)}</p>" if tone else f"<p>{escape(words)}</p>"


def heading(words: str) -> str:
    """The heading of a part of a section."""
    return f"<h3>{escape(words)}</h3>"


def items(sentences: Iterable[str]) -> str:
    """A list of sentences."""
    return "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in sentences) + "</ul>"


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, last_is_all: bool = False) -> str:
    """A table; columns whose first cell is a number are set to the right. last_is_all: the last row sums."""
    every = list(rows)
    right = [isinstance(cell, int | Number) for cell in (every[0] if every else ())]
    right += [False] * (len(head) - len(right))
    top = "".join(
        f'<th scope="col"{" class=n" if is_right else ""}>{escape(name)}</th>'
        for name, is_right in zip(head, right, strict=True)
    )
    body = []
    for number, row in enumerate(every, 1):
        tone = " class=all" if last_is_all and number == len(every) else ""
        cells = "".join(_cell(cell, right[n]) for n, cell in enumerate(row))
        body.append(f"<tr{tone}>{cells}</tr>")
    lines = "\n".join(body)
    return f"<div class=wide><table><thead><tr>{top}</tr></thead><tbody>\n{lines}\n</tbody></table></div>"


def state(words: str) -> str:
    """A state, in a frame whose colour repeats what the word says."""
    return f'<span class="state {_TONES.get(words, "")}">{escape(words)}</span>'


def state_words(status: Status | str) -> str:
    """A state as a person reads it."""
    return status.replace("_", " ")


def _cell(cell: Cell, is_right: bool) -> str:
    tone = " class=n" if is_right else ""
    if cell is None:
        return f"<td{tone}></td>"
    if isinstance(cell, int):
        return f"<td{tone}>{cell:,}</td>"
    if isinstance(cell, Code):
        return f"<td{tone}><code>{escape(cell)}</code></td>"
    if isinstance(cell, State):
        return f"<td{tone}>{state(cell)}</td>"
    return f"<td{tone}>{escape(cell)}</td>"


def percent(share: float | None, *, digits: int = 1) -> Number:
    """A share as per cent; empty for None."""
    return Number("" if share is None else f"{100 * share:.{digits}f} %")


def between(limits: Sequence[float] | None, *, digits: int = 1) -> Number:
    """An interval of shares as per cent; empty for None."""
    if limits is None:
        return Number("")
    return Number(f"{100 * limits[0]:.{digits}f} – {100 * limits[1]:.{digits}f} %")


def when(at: str) -> str:
    """A time of the history as a person reads it, in UTC."""
    return at[:16].replace("T", " ")


def who(actor: str, role: str) -> str:
    """A person and what they work as; a dash for the program itself."""
    return f"{actor}, {role}" if actor else "–"


def figures(plots: Iterable[str], *, small: bool = False) -> str:
    """Plots beside each other, as many as fit; of small ones three fit on a printed page."""
    inside = "".join(f"<figure class=plot>{plot}</figure>" for plot in plots)
    return f'<div class="plots{" small" if small else ""}">{inside}</div>'
