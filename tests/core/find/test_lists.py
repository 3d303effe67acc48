"""Lists are written column by column; to the byte they are what a writer of single records makes."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import labelmend
from builders.datasets import annotation, faulty, write_dataset
from labelmend.find import records
from labelmend.find.lists import COLUMNS, write_list

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TEXTS = st.text(st.sampled_from('\n\r,"[]{}\\\u2028é'))
NESTED = st.recursive(
    PLAIN | TEXTS, lambda of: st.lists(of, max_size=3) | st.dictionaries(TEXTS, of, max_size=3), max_leaves=5
)
COLUMN = st.sampled_from([PLAIN, NESTED, st.none() | st.lists(NESTED) | st.dictionaries(TEXTS, NESTED)])


@st.composite
def portions(draw):
    """Up to three portions of two columns."""
    columns = {name: draw(COLUMN) for name in ('odd "name"', "b")}
    sizes = draw(st.lists(st.integers(0, 4), max_size=3))
    return [
        {name: draw(st.lists(one, min_size=n, max_size=n)) for name, one in columns.items()} for n in sizes
    ]


def one_by_one(portions, columns, form):
    """The same list, row by row."""
    out, rows = (
        io.StringIO(),
        [row for some in portions for row in zip(*(some[name] for name in columns), strict=True)],
    )
    if form == "jsonl":
        out.writelines(
            json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
        )
        return out.getvalue()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([columns, *(map(cell, row) for row in rows)])
    return out.getvalue()


def cell(value):
    if isinstance(value, list):
        return " ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@given(told=portions())
def test_any_values_are_written_as_one_by_one(form, told):
    out, columns = io.StringIO(newline=""), ('odd "name"', "b")
    write_list(told, out, form=form, columns=columns)
    assert out.getvalue() == one_by_one(told, columns, form)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_issues_of_many_portions_are_written_as_their_records_say(tmp_path, monkeypatch, form):
    monkeypatch.setattr(records, "AT_ONCE", 3)
    dataset = faulty()
    dataset["annotations"].append(annotation("left\n“one”", 4, [0, 0, 0, 5]))
    annotations, _, detections = write_dataset(tmp_path, **dataset)
    found = labelmend.find_issues(labelmend.load(annotations, detections=detections))
    told = [found.record(row) for row in range(len(found))]
    assert list(found.records()) == told
    assert len(told) > 6
    whole = {name: [getattr(one, name, "flagged") for one in told] for name in COLUMNS}
    found.write(out := io.StringIO(), form=form)
    assert out.getvalue() == one_by_one([whole], COLUMNS, form)
