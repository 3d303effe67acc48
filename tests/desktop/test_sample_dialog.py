"""The dialog that draws the review sample tells what each choice costs before it is drawn."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QLabel, QPushButton, QRadioButton

from labelmend.project.drawable import Drawable
from labelmend.review.sampling import Rates
from labelmend_desktop.sample_dialog import SampleDialog

KNOWN = Drawable(
    Counter({("cat", "shape", "Ann"): 450, ("cat", "kept", "Ann"): 450, ("dog", "shape", "Ann"): 100}),
    fares=("cat: not accepted",),
    rest=40,
    unflagged=5000,
    pace=6.0,
)


@pytest.fixture
def dialog(qtbot):
    made = SampleDialog(known=lambda tell: tell(KNOWN))
    qtbot.addWidget(made)
    made.show()
    return made


def cost(dialog, choice="by_share"):
    return dialog.findChild(QLabel, f"cost_{choice}").text()


def test_every_choice_tells_what_it_costs_before_one_is_made(dialog):
    assert cost(dialog) == "200 labels to look at, about 20 minutes at the usual pace."
    assert "of 900 cat" in cost(dialog, "by_plan")
    dialog.show_known(replace(KNOWN, as_fixed=True))  # nobody has reviewed yet
    assert cost(dialog) == "200 labels to look at, about 20 minutes at the annotators’ pace."
    dialog.show_known(KNOWN)
    assert cost(dialog, "by_rest") == "40 labels to look at, about 4 minutes at the usual pace."
    assert cost(dialog, "by_audit").startswith("300 labels to look at, about 30 minutes at the usual pace.")
    assert cost(dialog, "by_audit").endswith(
        "Should none of them be wrong, 0 to 1.2 % of all are (95 % sure)."
    )
    for choice, number in (("by_rest", 40), ("by_audit", 300), ("by_share", 200)):
        dialog.findChild(QRadioButton, choice).click()
        assert dialog.do.text() == f"Draw {number} labels"


def test_enter_draws_though_nothing_could_be_drawn_when_the_dialog_came(qtbot):
    later = []
    dialog = SampleDialog(known=later.append)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.by_share)
    later[0](KNOWN)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.result() == SampleDialog.DialogCode.Accepted


def test_many_classes_take_no_more_room_than_the_screen_has(qtbot):
    labels = Counter({(f"class {n}", "kept", "Ann"): 10 for n in range(90)})
    told = tuple(f"class {n}: accepted: all 10 were reviewed, 0 were wrong." for n in range(90))
    known = Drawable(labels, told, unflagged=100, pace=6.0)
    dialog = SampleDialog(known=lambda tell: tell(known))
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.height() < 700
    assert dialog.do.isVisible()
    assert "84 more" in cost(dialog, "by_plan")


def test_a_share_costs_so_many_labels_and_so_much_time(dialog):
    assert cost(dialog) == "200 labels to look at, about 20 minutes at the usual pace."
    dialog.findChild(QDoubleSpinBox, "rate").setValue(100)
    assert cost(dialog) == "1,000 labels to look at, about 1.7 hours at the usual pace."
    assert dialog.answer().rates == Rates(1.0)


def test_more_of_a_class(dialog):
    dialog.findChild(QPushButton, "add_rule").click()
    whose = dialog.findChild(QComboBox, "whose_0")
    whose.setCurrentIndex(whose.findText("class: dog (100)"))
    dialog.findChild(QDoubleSpinBox, "rule_0").setValue(60)
    assert "240 labels" in cost(dialog)
    assert "60 of 100 of class dog" in cost(dialog)
    assert dialog.answer().rates == Rates(0.2, classes={"dog": 0.6})


def test_a_plan_costs_what_each_class_needs(dialog):
    dialog.findChild(QRadioButton, "by_plan").click()
    assert "of 900 cat" in cost(dialog, "by_plan")
    dialog.findChild(QDoubleSpinBox, "at_most").setValue(0)
    assert "A plan needs" in cost(dialog, "by_plan")
    assert not dialog.do.isEnabled()
    dialog.findChild(QDoubleSpinBox, "at_most").setValue(5)
    assert dialog.answer().plan == pytest.approx((0.05, 0.95))


def test_what_was_not_accepted_can_be_drawn_whole(dialog):
    dialog.findChild(QRadioButton, "by_rest").click()
    assert dialog.answer().rest
    dialog.move(20, -90)
    dialog.show_known(replace(KNOWN, labels=Counter()))
    assert dialog.frameGeometry().top() >= 0  # it grows, and its title is still in sight
    assert dialog.answer().rest


def test_an_audit_costs_as_many_as_it_draws(dialog):
    dialog.by_plan.click()
    dialog.audit.setFocus()
    QTest.keyClick(dialog.audit, Qt.Key.Key_Return)  # draws what is chosen, whatever field the cursor is in
    assert dialog.by_plan.isChecked()
    dialog.audit.setValue(150)
    assert dialog.by_audit.isChecked()  # who says how much means that
    assert cost(dialog, "by_audit").startswith("150 labels to look at, about 15 minutes")
    assert dialog.answer().audit == 150


def test_it_comes_before_anything_is_counted(qtbot):
    waiting: list[Callable[[Drawable], None]] = []
    dialog = SampleDialog(known=waiting.append)
    qtbot.addWidget(dialog)
    dialog.show()
    assert "Counting what can be drawn…" in [label.text() for label in dialog.findChildren(QLabel)]
    buttons = dialog.do, dialog.findChild(QPushButton, "add_rule"), dialog.by_audit
    assert [button.isEnabled() for button in buttons] == [False] * 3
    dialog.findChild(QDoubleSpinBox, "rate").setValue(50)
    assert not dialog.do.isEnabled()
    waiting[0](KNOWN)
    assert cost(dialog) == "500 labels to look at, about 50 minutes at the usual pace."
    assert dialog.do.text() == "Draw 500 labels"
    assert [button.isEnabled() for button in buttons] == [True] * 3
    QApplication.processEvents()
    assert dialog.height() >= dialog.layout().totalHeightForWidth(dialog.width())
    assert "cat: not accepted" in [label.text() for label in dialog.findChildren(QLabel)]


def test_what_the_rules_have_looked_at_twice_is_said_before_the_draw(dialog):
    def told():
        return next(text for one in dialog.findChildren(QLabel) if "A draw stands" in (text := one.text()))

    assert "rules of review" not in told()
    dialog.show_known(replace(KNOWN, second=0.1, blind=0.05))
    assert (
        "By the rules of review, these are drawn with them: 10 % of those drawn for a second reviewer and "
        "5 % of all to be judged blind once more by another annotator. A draw stands"
    ) in told()
    dialog.show_known(replace(KNOWN, blind=0.025))
    assert "drawn with them: 2.5 % of all to be judged blind once more" in told()
