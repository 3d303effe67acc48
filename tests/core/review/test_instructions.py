"""Instructions as values and as a file: the round trip is exact, and what cannot be read is said by line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmend.errors import BadFile
from labelmend.review.instructions import (
    Amount,
    ClassInstructions,
    Instructions,
    Reference,
    changed_classes,
    in_words,
    rebased,
    template,
    tidy,
    tolerance_of,
)
from labelmend.review.instructions_file import read, written

FILE = """# Things on a table: how to label

Label every thing.
\\# is no heading here.

- A coin has a number on it.

## nut

What holds a bolt.

\\- The hole counts as well.

- Include: the rim
- Leave out: the hole
  and what is seen through it
- Tolerance: 2 px or 3 %
- Margin: 4 px
- Smallest: 8 px

## bottle cap

- Tolerance: 2.5 %

## key
"""
VALUE = Instructions(
    "Things on a table: how to label",
    "Label every thing.\n# is no heading here.\n\n- A coin has a number on it.",
    (
        ClassInstructions(
            "nut",
            "What holds a bolt.\n\n- The hole counts as well.",
            "the rim",
            "the hole\nand what is seen through it",
            Amount(2, 3),
            Amount(4),
            8,
        ),
        ClassInstructions("bottle cap", tolerance=Amount(percent=2.5)),
        ClassInstructions("key"),
    ),
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text("#-\\ \nab:*\r", max_size=30)
NUMBER = st.floats(0, 1e300)
AMOUNT = st.builds(Amount, NUMBER, NUMBER)
PICTURES = st.lists(
    st.builds(Reference, st.sampled_from(["ab" * 32, "cd" * 32]), st.booleans(), TEXT, TEXT), max_size=3
).map(tuple)
CLASSES = st.lists(
    st.builds(ClassInstructions, TEXT, TEXT, TEXT, TEXT, AMOUNT, AMOUNT, NUMBER, PICTURES),
    max_size=4,
    unique_by=lambda one: " ".join(one.name.split()),
).map(lambda found: tuple(one for one in found if one.name.split()))


def test_a_file_and_its_value():
    assert read(FILE, file="i.md") == VALUE
    assert written(VALUE) == FILE


@given(st.builds(Instructions, TEXT, TEXT, CLASSES))
def test_what_is_written_is_read_again(instructions):
    text = written(instructions)
    again = read(text, file="i.md")
    assert again == tidy(instructions)
    assert written(again) == text


def test_pictures_are_told_by_their_files():
    pictures = (
        Reference("ab" * 32, True, "the whole rim", "a [b] \\ (c).jpg, label 3"),
        Reference("cd" * 32, False, "", ""),
    )
    given = Instructions(classes=(ClassInstructions("nut", include="the rim", pictures=pictures),))
    text = written(given, places={"ab" * 32: "pictures/nut-1.jpg"})
    assert text == (
        "## nut\n\n- Include: the rim\n"
        "- Like this: ![a \\[b\\] \\\\ (c).jpg, label 3](pictures/nut-1.jpg) the whole rim\n"
        f"- Not like this: ![](sha256:{'cd' * 32})\n"
    )
    first, second = read(text, file="i.md").classes[0].pictures
    assert first == Reference("pictures/nut-1.jpg", True, "the whole rim", "a [b] \\ (c).jpg, label 3")
    assert second == pictures[1]


def test_windows_line_ends_and_a_byte_order_mark_are_read():
    assert read("\ufeff" + FILE.replace("\n", "\r\n"), file="i.md") == VALUE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# a\n# b", "line 2: “# b” is a heading in a place where none belongs"),
        ("text\n\n# late", "line 3: .* heading"),
        ("## nut\n### part", "line 2: “### part” is a heading"),
        ("## \n", "line 1: a class has no name"),
        ("## nut\n\n## nut", "line 3: “nut” was told in line 1 already"),
        ("## nut\n- Tolerence: 2 px", "line 2: “Tolerence” is none of Include, Leave out, Tolerance"),
        ("## nut\n- the rim", "line 2: “- the rim” is none of Include"),
        ("## nut\n- Margin: 2 px\n- Margin: 3 px", "line 3: “Margin” is said twice of “nut”"),
        ("## nut\n- Include: rim\nand more", "line 3: “and more” stands below the list of “nut”"),
        ("## nut\n- Margin: 2 px\n  and more", "line 3: “  and more” stands below"),
        ("## nut\n- Tolerance: 2 pixels", "line 2: “2 pixels” is no amount: write “2 px”"),
        ("## nut\n- Tolerance: 2 px 3 %", "line 2: “2 px 3 %” is no amount"),
        ("## nut\n- Tolerance: -2 px", "line 2: “-2 px” is no amount"),
        ("## nut\n- Tolerance:", "line 2: “” is no amount"),
        ("## nut\n- Tolerance: 1e999 px", "line 2: .* too large"),
        ("## nut\n- Like this: rim.jpg", "line 2: “rim.jpg” is no picture: write “!.where it is from"),
        ("## nut\n- Like this: ![a](b c.jpg) d", "line 2: .* is no picture"),
        ("## nut\n- Smallest: 3 %", "line 2: “3 %” is no size: write it in pixels"),
        ("## nut\nA nut.\nTolerance: 2 px", "line 3: “Tolerance: 2 px” would be text: write “- ” before it"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text, said):
    with pytest.raises(BadFile, match=rf"^i\.md, {said}"):
        read(text, file="i.md")


def test_a_text_may_hold_what_looks_like_a_list():
    text = "What holds a bolt.\nTolerance: none is told here."
    given = Instructions("", "", (ClassInstructions("nut", definition=text),))
    assert "\\Tolerance: none" in written(given)
    assert read(written(given), file="i.md") == given


def test_a_class_that_is_not_there_is_said_with_the_one_that_was_meant():
    with pytest.raises(BadFile, match=r"line 8: this project has no class “nut”; did you mean “nuts”\?"):
        read(FILE, file="i.md", categories=["nuts", "key", "bottle cap"])
    with pytest.raises(BadFile, match="its classes are dog, cat"):
        read(FILE, file="i.md", categories=["dog", "cat"])
    assert read(FILE, file="i.md", categories=["key", "bottle  cap", "nut"]) == VALUE


def test_the_finder_gets_numbers_by_class_row():
    told = tolerance_of(VALUE, ["key", "nut", "bottle cap", "coin"])
    np.testing.assert_allclose(told.pixels, [0, 2, 0, 0])
    np.testing.assert_allclose(told.share, [0, 0.03, 0.025, 0])
    np.testing.assert_allclose(told.margin, [0, 4, 0, 0])
    np.testing.assert_allclose(told.margin_share, 0)
    np.testing.assert_allclose(told.least_side, [0, 8, 0, 0])
    assert tolerance_of(VALUE, ["key", "coin"]) is None


def place_of(base, name):
    """The place of a class in the order of base; those that are not there come last."""
    names = [one.name for one in base.classes]
    return names.index(name) if name in names else len(names)


VALUES = st.builds(Instructions, TEXT, TEXT, CLASSES).map(tidy)


@given(VALUES, VALUES)
def test_what_one_writes_and_what_another_writes_come_together(base, other):
    assert rebased(base, base, other) == other
    assert rebased(other, base, base) == Instructions(
        other.title,
        other.general,
        tuple(sorted(other.classes, key=lambda one: place_of(base, one.name))),
    )


def test_fields_of_a_class_are_brought_together_one_by_one():
    base = Instructions(classes=(ClassInstructions("nut", "a", "b", "c"),))
    mine = Instructions(classes=(ClassInstructions("nut", "mine", "b", "mine"),))
    now = Instructions(
        "new", classes=(ClassInstructions("nut", "theirs", "theirs", "c"), ClassInstructions("key"))
    )
    assert rebased(mine, base, now) == Instructions(
        "new", classes=(ClassInstructions("nut", "mine", "theirs", "mine"), ClassInstructions("key"))
    )


def test_numbers_are_told_in_sentences():
    assert in_words(VALUE.of("nut")) == [
        "Each side may be off by 2 px or 3 % of the label’s side, whichever is more.",
        "On every side labels keep room: 4 px.",
        "What has less than 8 px on its longer side need not be labelled.",
    ]
    assert in_words(VALUE.of("bottle cap")) == ["Each side may be off by 2.5 % of the label’s side."]
    assert in_words(VALUE.of("key")) == []


def test_what_changed_and_what_is_to_be_filled_in():
    other = Instructions(classes=(ClassInstructions("key", "opens"), *VALUE.classes[:2]))
    assert changed_classes(VALUE, other) == ["key"]
    assert changed_classes(None, VALUE) == ["nut", "bottle cap"]
    assert written(template(["dog", "cat", "dog"])) == "# How to label\n\n## dog\n\n## cat\n"
