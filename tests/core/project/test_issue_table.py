"""Notes join a table of many issues without a copy of it, and leave copies of it alone."""

import numpy as np

from labelmend.find.issues import MISSING, issues
from labelmend.project.history import NO_KEY, Note
from labelmend.project.issue_table import GONE, ROOM, IssueTable


def table(count):
    found = issues(MISSING, np.linspace(0.1, 0.9, count), image=np.arange(count))
    return IssueTable(found, np.arange(1, count + 1), categories=["cat"], texts={})


def note(issue, image):
    return Note(issue, "structure", image, NO_KEY, -1, (np.nan,) * 4, f"note {issue}")


def test_a_note_is_added_without_a_copy_of_what_is_there():
    issues = table(50)
    before = issues.columns
    issues.add_notes([note(51, 7), note(52, 8)])
    issues.add_notes([note(53, 9)])
    assert np.shares_memory(issues.columns.evidence, before.evidence)
    assert (len(issues), len(before)) == (53, 50)
    assert issues.image[-3:].tolist() == [7, 8, 9]
    assert [issues.sentence(issues.row_of(issue)) for issue in (51, 53)] == ["note 51", "note 53"]
    assert [issues.row_of(issue) for issue in (1, 50, 51, 53, 54)] == [0, 49, 50, 52, -1]


def test_notes_beyond_the_room_and_out_of_order_have_their_rows():
    """Those of packages come from ranges of their own."""
    issues = table(3)
    far = list(range(10**12, 10**12 + ROOM + 5))
    issues.add_notes([note(one, one % 1000) for one in far])
    issues.add_notes([note(5, 5), note(4, 4)])
    issues.add_notes([note(6, 6)])
    rows = [issues.row_of(issue) for issue in (2, 4, 5, 6, far[0], far[-1])]
    assert rows == [1, 3 + len(far) + 1, 3 + len(far), 3 + len(far) + 2, 3, 2 + len(far)]
    assert issues.image[rows].tolist() == [1, 4, 5, 6, far[0] % 1000, far[-1] % 1000]


def test_a_copy_that_takes_the_place_of_its_table_goes_on_in_its_room():
    issues = table(4)
    issues.add_notes([note(5, 50)])
    stood = issues.still()
    stood.take_room(issues)
    stood.add_notes([note(6, 60)])
    assert np.shares_memory(stood.columns.bbox, issues.columns.bbox)
    assert stood.image[4:].tolist() == [50, 60]
    other = stood.still()
    other.add_notes([note(7, 70)])
    other.take_room(stood)
    other.add_notes([note(8, 80)])
    assert other.image[4:].tolist() == [50, 60, 70, 80]
    assert other.status.tolist() == [0] * 4 + [GONE] * 4


def test_a_copy_and_what_it_is_of_note_apart():
    issues = table(4)
    issues.add_notes([note(5, 50)])
    stood = issues.still()
    issues.add_notes([note(6, 60)])
    stood.add_notes([note(7, 70), note(8, 80)])
    issues.add_notes([note(9, 90)])
    assert issues.image[4:].tolist() == [50, 60, 90]
    assert stood.image[4:].tolist() == [50, 70, 80]
    assert [stood.row_of(issue) for issue in (6, 7, 8, 9)] == [-1, 5, 6, -1]
    assert [issues.row_of(issue) for issue in (6, 7, 8, 9)] == [5, -1, -1, 6]
