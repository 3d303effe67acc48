"""What a trial is made of is asked, and what came out of it is shown."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from labelmend.project.trials import Result, Understood
from labelmend.review.instructions import ClassInstructions
from labelmend.review.opinions import Trial
from labelmend_desktop.reading import Reading
from labelmend_desktop.trial_dialogs import TrialDialog
from labelmend_desktop.trial_result import TrialResultDialog

CAT = ClassInstructions("cat", "A small tiger.", "the tail\nthe ears", "the shadow")


@pytest.fixture
def asking(qtbot):
    dialog = TrialDialog(known=lambda tell: tell([4, 7]), words=lambda issue: f"cat · {issue}.png")
    qtbot.addWidget(dialog)
    return dialog


def test_enter_starts_it_though_nothing_was_known_when_the_dialog_came(qtbot):
    later = []
    dialog = TrialDialog(known=later.append, words=str)
    qtbot.addWidget(dialog)
    dialog.show()
    later[0]([4, 7])
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.result() == TrialDialog.DialogCode.Accepted


def test_at_random_so_many_by_a_seed(asking):
    assert asking.count.value() == 2  # no more are known
    asking.count.setValue(1)
    asking.seed.setValue(9)
    answer = asking.answer()
    assert (answer.count, answer.seed, answer.issues) == (1, 9, ())
    assert asking.do.isEnabled()


def test_by_hand_those_that_are_ticked(asking):
    asking.by_hand.setChecked(True)
    assert not asking.do.isEnabled()
    asking.show()
    last = asking.known.index(1)
    assert last.data() == "cat · 7.png"
    asking.list.setFocus()
    asking.list.setCurrentIndex(last)
    QTest.keyClick(asking.list, Qt.Key.Key_Space)
    assert asking.do.isEnabled()
    assert asking.by_hand.text() == "Chosen by hand: 1"
    assert asking.answer().issues == (7,)
    assert not asking.count.isEnabled()


def test_nothing_is_known(qtbot):
    dialog = TrialDialog(known=lambda tell: tell([]), words=str)
    qtbot.addWidget(dialog)
    assert not dialog.do.isEnabled()


def test_it_comes_before_the_known_ones_are_found_and_asks_for_the_words_in_sight_alone(qtbot):
    waiting, asked = [], set()

    def words(issue):
        asked.add(issue)
        return f"label {issue}"

    dialog = TrialDialog(known=waiting.append, words=words)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.do.isEnabled()
    waiting[0](range(100_000))
    assert dialog.do.isEnabled()
    assert dialog.count.maximum() == 100_000
    qtbot.waitUntil(lambda: 0 in asked)
    assert len(asked) < 100


def understood(who, right, *mistakes, told=CAT):
    return Understood(who, told.name, "location", 3, right, mistakes, told)


def shown(dialog):
    inside = dialog._scroll.widget()
    read = [one.toPlainText() for one in inside.findChildren(Reading)]
    return " ".join([*(label.text() for label in inside.findChildren(QLabel)), *read])


def test_the_result_of_everybody_and_of_one(qtbot):
    rows = (understood("", 1, ("left as it was; it is to be changed", 2)), understood("Bea", 3))
    dialog = TrialResultDialog(Result(Trial(2, ()), (("Bea", 3, 3),), rows))
    qtbot.addWidget(dialog)
    assert "1 of 3 as known" in shown(dialog)
    assert "2 × left as it was" in shown(dialog)
    assert "A small tiger." in shown(dialog)
    dialog.whose.setCurrentIndex(1)
    assert dialog.whose.currentText() == "Bea: 3 of 3 answers as known"
    assert "3 of 3 as known" in shown(dialog)
    assert "A small tiger." not in shown(dialog)


def test_what_is_written_is_read_as_markdown_and_nothing_is_said_so(qtbot):
    told = msgspec.structs.replace(CAT, definition="A **small** tiger.")
    wrong = ("changed; it is right", 1)
    rows = (
        understood("", 1, wrong, told=told),
        understood("", 2, wrong, told=ClassInstructions("<b>dog</b>")),
        understood("", 3, told=told),
    )
    dialog = TrialResultDialog(Result(Trial(2, ()), (("Ann", 3, 1), ("Bea", 6, 5)), rows))
    qtbot.addWidget(dialog)
    text = shown(dialog)
    assert "A small tiger." in text
    assert "the tail" in text
    assert "The instructions say nothing about this class." in text
    assert "<b>dog</b>" in text
    assert "5 of 6 as known" in text
    names = [label.text() for label in dialog._scroll.widget().findChildren(QLabel)]
    assert names.count("cat") == 1  # its kinds stand together, below the worst of them


def test_nobody_has_taken_it(qtbot):
    dialog = TrialResultDialog(Result(Trial(1, ()), (), ()))
    qtbot.addWidget(dialog)
    assert "Nobody has taken it yet" in shown(dialog)
