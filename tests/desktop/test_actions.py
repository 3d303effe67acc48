from dataclasses import replace
from itertools import combinations

import pytest

from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.actions import (
    ACTIONS,
    BY_NAME,
    MENUS,
    action_for,
    barred,
    by_menu,
    is_enabled,
    keys_shown,
    unbroken,
    why_not,
)
from labelmend_desktop.help_sheet import as_html, sheet
from labelmend_desktop.when import WAITS_FOR_OTHERS, WAITS_NO_MORE, Situation


def test_names_are_unique():
    assert len(BY_NAME) == len(ACTIONS)


def test_no_key_means_two_things_at_once():
    """Editing lends the arrows another meaning on purpose, and versions to choose from the digits; all else
    that can hold at once must differ."""
    bound = [(key, action) for action in ACTIONS for key in action.keys]
    for (key, one), (other_key, other) in combinations(bound, 2):
        together = one.context == other.context or "always" in (one.context, other.context)
        lent = {"editing", "versions"} & {one.context, other.context}
        if key == other_key and together and not lent:
            pytest.fail(f"{key} means {one.name} and {other.name}")


def test_every_action_says_in_one_sentence_what_it_does():
    for action in ACTIONS:
        assert action.tip.endswith("."), action.name
        assert action.tip[:-1].count(".") == 0, action.name
        assert action.text, action.name
        assert not action.menu or action.menu in MENUS


def test_every_action_is_found_in_a_menu_or_by_a_key():
    for action in ACTIONS:
        assert action.menu or keys_shown(action), action.name
    assert {action.name for menu in MENUS for action in by_menu(menu)} == {a.name for a in ACTIONS if a.menu}


def test_the_keys_of_the_product(qapp):
    expected = {
        "accept": ("Return", "A"),
        "dismiss": ("X",),
        "ambiguous": ("U",),
        "edit": ("E",),
        "delete": ("Del",),
        "bare": ("Space",),
        "show_detections": ("D",),
        "show_others": ("H",),
        "next_issue": ("N", "Down"),
        "previous_issue": ("P", "Up"),
        "undo": ("Z", "Ctrl+Z"),
        "redo": ("Shift+Z", "Ctrl+Y"),
        "choose_class": ("C",),
        "likely_class": ("1", "9"),
        "draw_box": ("B",),
        "draw_polygon": ("G",),
        "fit_suspect": ("F",),
        "fit_image": ("0",),
        "cycle": ("Tab",),
        "escape": ("Esc",),
        "show_keys": ("F1",),
    }
    for key, name in [(key, name) for name, keys in expected.items() for key in keys]:
        found = action_for(key, Situation(project=True, issue=True))
        assert found is not None, key
        assert found[0].name == name, key


@pytest.mark.parametrize(
    ("queue", "name"), [("fix", "accept"), ("review", "approve"), ("expert", "fix_stands")]
)
def test_enter_means_what_the_queue_means(queue, name):
    found = action_for("Return", Situation(queue=queue))
    assert found is not None
    assert found[0].name == name


def test_enter_means_nothing_in_the_queue_of_what_is_done():
    assert action_for("Return", Situation(queue="done")) is None


def test_arrows_nudge_while_a_shape_is_edited():
    assert action_for("Up", Situation(editing=True, selected=True))[0].name == "nudge"
    assert action_for("Up", Situation(editing=True))[0].name == "previous_issue"
    assert action_for("Shift+Right", Situation(editing=True, selected=True))[1] == 5


def test_help_sheet_holds_every_key():
    named = {action.name for _, actions in sheet() for action in actions}
    assert named == {action.name for action in ACTIONS if keys_shown(action)}
    html = as_html()
    for action in ACTIONS:
        if action.keys:
            assert keys_shown(action).split(" or ")[0].replace("+", "+") in html


def test_icons_exist(qapp):
    actions = ActionSet()
    for action in ACTIONS:
        assert not actions.action(action.name).icon().isNull(), action.name


def test_every_action_has_its_verb_and_every_verb_its_action(open_window):
    window = open_window().window
    assert set(window.actions_._verbs) == set(BY_NAME)


def test_what_is_grey_says_why():
    looking = Situation(project=True, issue=True, annotation=True, own_queue=True)
    assert "Nothing is suggested" in why_not(BY_NAME["accept"], looking)
    assert "add pictures" in why_not(BY_NAME["use_as_reference"], looking)
    assert "No label is selected" in why_not(
        BY_NAME["use_as_reference"], Situation(project=True, teaches=True)
    )
    assert "corrected nothing" in why_not(BY_NAME["corrected"], looking)
    assert "somebody else" in why_not(BY_NAME["accept"], replace(looking, own_queue=False))
    done = replace(looking, queue="review", waits=False)
    assert not is_enabled(BY_NAME["approve"], done)
    assert why_not(BY_NAME["approve"], done) == WAITS_NO_MORE
    assert why_not(BY_NAME["approve"], replace(done, waits_for_others=True)) == WAITS_FOR_OTHERS
    assert "blind" in why_not(BY_NAME["export"], replace(looking, sitting=True))
    assert "wait" in why_not(BY_NAME["export"], replace(looking, busy=True))
    lead = replace(looking, lead=True)
    assert "looks on" in why_not(BY_NAME["draw_box"], lead)
    assert not barred(BY_NAME["undo"], lead)
    assert not barred(BY_NAME["draw_box"], replace(lead, sitting=True))  # a trial is for all


def test_no_line_ends_within_the_way_to_an_entry_of_a_menu():
    told = unbroken("Switch with File > Who is working. Issue › Take the trial shows > nothing.")
    assert told == (
        "Switch with File\u00a0›\u00a0Who\u00a0is\u00a0working. "
        "Issue\u00a0›\u00a0Take\u00a0the\u00a0trial shows > nothing."
    )
