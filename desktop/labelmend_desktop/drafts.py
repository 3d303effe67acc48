"""What was written of issues and waits: it stays with its issue until it has gone along with a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from labelmend.find.issues import Issues
from labelmend.project.found_again import known
from labelmend.project.issue_table import IssueTable
from labelmend.project.project import Project


@dataclass(frozen=True)
class About:
    """An issue of a project before somebody, and what the finder said of it when it came into sight: one row.

    Ids are given once, so that two of one id are the same.
    """

    project: Path
    who: str
    issue: int
    said: Issues = field(compare=False)


def about(project: Project, issue: int) -> About:
    """The issue of that id, which is there, before whoever works."""
    row = np.array([project.issues.row_of(issue)])
    who = "" if project.actor is None else project.actor.name
    return About(project.path, who, issue, project.issues.columns.take(row))


def found_again(project: Project, was: About) -> int | None:
    """The id of an issue as it is now, found again or not; None where it is there no more."""
    table = project.issues
    if table.row_of(was.issue) >= 0:
        return was.issue
    rows = np.flatnonzero(known(was.said, table.columns))
    return int(table.id[rows[0]]) if len(rows) else None


class Drafts:
    """Texts that wait, each with what it was written of; those that were given, by what they went with; those
    that were taken back since anything else was done, in the order in which they were given."""

    def __init__(self) -> None:
        self._kept: list[tuple[About, str]] = []
        self._given: dict[tuple[Path, int], tuple[About, str]] = {}
        self._back: list[tuple[About, str]] = []

    def keep(self, of: About, text: str) -> None:
        """Keep what was written of an issue, if anything."""
        self._kept = [one for one in self._kept if one[0] != of]
        if text:
            self._kept.append((of, text))

    def take(self, of: About, table: IssueTable) -> str:
        """What was written of an issue of this table, or of the one it has taken the place of; "" without."""
        for at, (was, text) in enumerate(self._kept):
            if was == of or _is_followed(was, of, table):
                del self._kept[at]
                return text
        return ""

    def of_project(self, project: Path) -> dict[str, dict[int, str]]:
        """What waits in a project, by whose it is and the ids of its issues."""
        found: dict[str, dict[int, str]] = {}
        for of, text in self._kept:
            if of.project == project:
                found.setdefault(of.who, {})[of.issue] = text
        return found

    def follow(self, project: Project) -> None:
        """Let go of what was given with what was done last; what that took back waits again, with what was
        taken back before, unless something else was written since."""
        last = project.last_row
        self._kept = [one for one in self._kept if not self._is_given(project, *one)]
        told = None if last.of is None else self._given.get((project.path, last.of))
        if last.of is None:
            self._back.clear()
        elif told is not None:
            self._turn(told, back=last.op == "undo")

    def _is_given(self, project: Project, of: About, text: str) -> bool:
        """Whether this text of an issue went along with what was done last; if so, it is remembered."""
        last, words = project.last_row, text.strip()
        said = project.state.said.get(of.issue, {}).get(last.seq, "") if of.project == project.path else ""
        given = bool(words) and (said == words or said.endswith(f": {words}"))  # after the reason, if any
        if given:
            self._given[project.path, last.seq if last.of is None else last.of] = of, words
        return given

    def _turn(self, told: tuple[About, str], *, back: bool) -> None:
        """A text that was given is taken back, or given again."""
        of, words = told
        text = next((text for one, text in self._kept if one == of), "")
        before = self._all_back(of)
        if back:
            self._back.insert(0, told)
        elif told in self._back:
            self._back.remove(told)
        if text == before:
            self.keep(of, self._all_back(of))
        elif back and not text:
            self.keep(of, words)

    def _all_back(self, of: About) -> str:
        return "; ".join(words for one, words in self._back if one == of)


def _is_followed(was: About, now: About, table: IssueTable) -> bool:
    """Whether an issue that is gone was found again as this one: of a kind, about one label or place."""
    gone = (was.project, was.who) == (now.project, now.who) and table.row_of(was.issue) < 0
    return gone and bool(known(was.said, now.said)[0])
