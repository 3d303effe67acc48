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
    """An issue of a project, and what the finder said of it when it came into sight: one row.

    Ids are given once, so that two of one id are the same.
    """

    project: Path
    issue: int
    said: Issues = field(compare=False)


def about(project: Project, issue: int) -> About:
    """The issue of that id, which is there."""
    row = np.array([project.issues.row_of(issue)])
    return About(project.path, issue, project.issues.columns.take(row))


def found_again(project: Project, was: About) -> int | None:
    """The id of an issue as it is now, found again or not; None where it is there no more."""
    table = project.issues
    if table.row_of(was.issue) >= 0:
        return was.issue
    rows = np.flatnonzero(known(was.said, table.columns))
    return int(table.id[rows[0]]) if len(rows) else None


class Drafts:
    """Texts that wait, each with what it was written of; those that were given, by what they went with."""

    def __init__(self) -> None:
        self._kept: list[tuple[About, str]] = []
        self._given: dict[tuple[Path, int], tuple[About, str]] = {}

    def keep(self, of: About, text: str) -> None:
        """Keep what was written of an issue."""
        self._kept = [one for one in self._kept if one[0] != of]
        self._kept.append((of, text))

    def take(self, of: About, table: IssueTable) -> str:
        """What was written of an issue of this table, or of the one it has taken the place of; "" without."""
        for at, (was, text) in enumerate(self._kept):
            if was == of or _is_followed(was, of, table):
                del self._kept[at]
                return text
        return ""

    def of_project(self, project: Path) -> dict[int, str]:
        """What waits in a project, by the ids of its issues."""
        return {of.issue: text for of, text in self._kept if of.project == project}

    def is_given(self, project: Project, of: About, text: str) -> bool:
        """Whether this text of an issue went along with what was done last; if so, it is remembered."""
        last, words = project.last_row, text.strip()
        said = project.state.said.get(of.issue, {}).get(last.seq, "") if of.project == project.path else ""
        given = bool(words) and (said == words or said.endswith(f": {words}"))  # after the reason, if any
        if given:
            self._given[project.path, last.seq if last.of is None else last.of] = of, words
        return given

    def follow(self, project: Project, *, written: About | None) -> None:
        """Let go of what was given with what was done last; where that took something back, wait again.

        written: the issue in sight, where somebody writes of it: that is newer.
        """
        self._kept = [one for one in self._kept if not self.is_given(project, *one)]
        last = project.last_row
        back = self._given.get((project.path, last.of)) if last.op == "undo" and last.of is not None else None
        if back is not None and back[0] not in [written, *(of for of, _ in self._kept)]:
            self._kept.append(back)


def _is_followed(was: About, now: About, table: IssueTable) -> bool:
    """Whether an issue that is gone was found again as this one: of a kind, about one label or place."""
    gone = was.project == now.project and table.row_of(was.issue) < 0
    return gone and bool(known(was.said, now.said)[0])
