"""Fifty issues in a row: nothing on the UI thread may take over fifty milliseconds."""

import pytest
from PySide6.QtCore import Qt

from builders.watchdog import watched


@pytest.fixture
def work(user, home):
    """The sample, opened from the menu, with its issues found."""
    user.choose("open_sample")
    user.wait(lambda: len(user.project.issues) > 0 and not user.window.tasks.busy)
    user.look()
    return user


def test_fifty_issues_are_looked_at_and_judged_without_a_hitch(work):
    user = work
    before = set(user.window.session.waiting_rows().tolist())
    with watched() as dog:
        for number in range(50):
            user.look()
            user.press((Qt.Key.Key_Return, Qt.Key.Key_X, Qt.Key.Key_U, Qt.Key.Key_Down)[number % 4])
    judged = before - set(user.window.session.waiting_rows().tolist())
    assert len(judged) >= 37
    assert dog.events > 500
