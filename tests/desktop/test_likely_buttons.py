"""The likely classes beside a label: names that begin alike can be told apart."""

from labelmend_desktop.review.likely_buttons import LikelyButtons

NAMES = ("baseball bat", "baseball glove", "cat")


def shown(buttons):
    return [button.text() for button in buttons._buttons[: len(NAMES)]]


def test_a_name_is_written_in_full_where_there_is_room_and_keeps_both_ends_where_not(qapp):
    buttons = LikelyButtons()
    buttons.show_classes(range(len(NAMES)), NAMES)
    buttons.show()
    buttons.resize(600, 90)
    qapp.processEvents()
    assert shown(buttons) == ["1  baseball bat", "2  baseball glove", "3  cat"]
    bat, glove, cat = buttons._buttons[:3]
    assert (bat.y(), bat.width()) == (glove.y(), glove.width())
    half = glove.fontMetrics().horizontalAdvance("2  baseball glove") + 16
    buttons.resize(2 * half, 90)  # too little for the one beside others: it has a line of its own
    qapp.processEvents()
    assert shown(buttons) == ["1  baseball bat", "2  baseball glove", "3  cat"]
    assert bat.y() < glove.y() < cat.y()
    assert glove.width() > 2 * cat.width()
    buttons.resize(110, 90)
    qapp.processEvents()
    bat, glove, cat = shown(buttons)
    assert "…" in bat
    assert "…" in glove
    assert (bat[-1], glove[-1]) == ("t", "e")
    assert cat == "3  cat"
    assert buttons._buttons[1].toolTip() == "Make it baseball glove.  (2)"
    buttons.close()


def test_an_ampersand_in_a_name_is_shown(qapp):
    buttons = LikelyButtons()
    buttons.resize(400, 90)
    buttons.show_classes([0], ["salt & pepper"])
    assert buttons._buttons[0].text() == "1  salt && pepper"  # Qt takes one of two for the mark of a key
