"""The dialog that draws the review sample tells what each choice costs before it is drawn."""

import pytest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QPushButton, QRadioButton

from labelmend.review.sampling import Finished, Rates
from labelmend_desktop.sample_dialog import SampleDialog

LABELS = [Finished(n, "cat" if n < 900 else "dog", "shape" if n % 2 else "kept", "Ann") for n in range(1000)]


@pytest.fixture
def dialog(qtbot):
    made = SampleDialog(labels=LABELS, batches=["cat: not accepted"], left=40, unflagged=5000, pace=6.0)
    qtbot.addWidget(made)
    made.show()
    return made


def cost(dialog):
    return dialog._cost.text()


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
    assert "of 900 cat" in cost(dialog)
    dialog.findChild(QDoubleSpinBox, "at_most").setValue(0)
    assert "A plan needs" in cost(dialog)
    assert not dialog.do.isEnabled()
    dialog.findChild(QDoubleSpinBox, "at_most").setValue(5)
    assert dialog.answer().plan == pytest.approx((0.05, 0.95))


def test_what_was_not_accepted_can_be_drawn_whole(dialog):
    dialog.findChild(QRadioButton, "by_rest").click()
    assert cost(dialog) == "40 labels to look at, about 4 minutes at the usual pace."
    assert dialog.answer().rest


def test_an_audit_costs_as_many_as_it_draws(dialog):
    dialog.findChild(QRadioButton, "by_audit").click()
    dialog.audit.setValue(150)
    assert cost(dialog) == "150 labels to look at, about 15 minutes at the usual pace."
    assert dialog.answer().audit == 150
