"""One record: the fewest bytes change, numbers look as the file does, new records as their neighbours."""

import json
import math
from typing import Any

import numpy as np
import pytest

from labelmend.coco.record import annotation_of, compose, patch, read_record
from labelmend.coco.style import NumberStyle, number_text, sample_rows, style_of, styles
from labelmend.errors import BadFile, LabelmendError, Refused

WHOLE = NumberStyle(whole=True, decimals=0, point_zero=False, trailing_zeros=False)
TWO = NumberStyle(whole=False, decimals=2, point_zero=False, trailing_zeros=False)
TWO_FILLED = NumberStyle(whole=False, decimals=2, point_zero=False, trailing_zeros=True)
POINT_ZERO = NumberStyle(whole=False, decimals=1, point_zero=True, trailing_zeros=False)


@pytest.mark.parametrize(
    ("value", "style", "told"),
    [
        (10.4, WHOLE, "10"),
        (10.5, WHOLE, "11"),
        (11.5, WHOLE, "12"),
        (-0.5, WHOLE, "0"),
        (0.125, TWO, "0.13"),
        (0.375, TWO, "0.38"),
        (-0.3, WHOLE, "0"),
        (100.0, WHOLE, "100"),
        (100, None, "100"),
        (2.5, TWO, "2.5"),
        (2.0, TWO, "2"),
        (100.0, TWO, "100"),
        (2.5, TWO_FILLED, "2.50"),
        (0.0, TWO, "0"),
        (-0.001, TWO, "0"),
        (-0.001, TWO_FILLED, "0.00"),
        (-0.001, POINT_ZERO, "0.0"),
        (-2.006, TWO, "-2.01"),
        (2, POINT_ZERO, "2.0"),
        (20.0, POINT_ZERO, "20.0"),
        (-0.0, None, "0.0"),
        (0.1 + 0.2, None, "0.30000000000000004"),
        (1e16, TWO, "1e+16"),
    ],
)
def test_numbers_look_as_the_files_do(value: float, style: NumberStyle | None, told: str) -> None:
    assert number_text(value, style).decode() == told


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_is_never_written(value: float) -> None:
    with pytest.raises(Refused, match="finite"):
        number_text(value, TWO)
    with pytest.raises(Refused, match="finite"):
        patch(b'{"bbox":[1,2,3,4]}', {"bbox": [1, 2, value, 4]}, style={})


def test_the_style_of_a_key_comes_from_its_numbers() -> None:
    assert style_of([b"1", b"20", b"-3"]) == WHOLE
    assert style_of([b"1", b"2.25"]) == TWO
    assert style_of([b"1.50", b"2.25"]) == TWO_FILLED
    assert style_of([b"1.5", b"2.0"]) == POINT_ZERO
    assert style_of([b"1e3", b"NaN"]) is None
    assert style_of([]) is None
    learned = styles(
        [
            b'{"id": 1, "bbox": [1, 2.25, 3, 4], "segmentation": {"size": [5, 5], "counts": [25]}}',
            b'{"id": 2, "bbox": null, "area": "7", "x": {"area": 1.5}, "s": ["1.25"]}',
            b"17",
        ]
    )
    assert learned == {
        "id": WHOLE,
        "bbox": TWO,
        "segmentation": None,
        "area": None,
        "x": None,
        "s": None,
    }
    long = b'{"segmentation": [[%s1.2345]]}' % (b"1.25, " * 2000)
    assert styles([long])["segmentation"] == TWO


def test_the_sample_reaches_from_the_first_to_the_last_row() -> None:
    assert sample_rows(0) == []
    assert sample_rows(3) == [0, 1, 2]
    rows = sample_rows(1_000_000)
    assert (len(rows), rows[0], rows[-1]) == (100, 0, 999_999)


RECORD = (
    b'{"id": 3, "bbox": [10.50, 20.00 , 3e1, 4], "area": 12.0, "category_id": 7, '
    b'"category_id": 8, "x": {"bbox": [1]}}'
)


def test_equal_values_keep_their_bytes() -> None:
    assert (
        patch(RECORD, {"bbox": [10.5, 20, 30, 4], "area": 12, "category_id": 8, "id": 3}, style={}) == RECORD
    )
    assert patch(RECORD, {}, style={}) == RECORD
    assert patch(RECORD, {"bbox": None, "segmentation": None}, style={}) == RECORD
    assert patch(RECORD, {"bbox": np.array([10.5, 20, 30, 4])}, style={}) == RECORD


def test_only_the_values_change_and_of_a_repeated_key_the_last() -> None:
    style = {"bbox": TWO_FILLED, "area": POINT_ZERO}
    got = patch(RECORD, {"bbox": [10.5, 21.128, 30.0, 4], "area": 15, "category_id": 9}, style=style)
    assert got == RECORD.replace(b"20.00", b"21.13").replace(b"12.0", b"15.0").replace(b"8,", b"9,")


def test_a_value_that_is_rounded_to_what_is_there_keeps_its_bytes() -> None:
    record = b'{"bbox":[1.0,2,3,4]}'
    assert patch(record, {"bbox": [1.2, 2, 3, 4.4]}, style={"bbox": WHOLE}) == record


def test_missing_keys_go_to_the_end_in_the_records_own_layout() -> None:
    assert patch(b"{}", {"iscrowd": 1}, style={}) == b'{"iscrowd": 1}'
    assert patch(b'{"bbox":[1,2,3,4]}', {"iscrowd": 1, "area": 2.5}, style={}) == (
        b'{"bbox":[1,2,3,4],"iscrowd":1,"area":2.5}'
    )
    pretty = json.dumps({"id": 1, "bbox": [1, 2]}, indent=2).encode()
    assert (
        patch(pretty, {"area": 2}, style={})
        == json.dumps({"id": 1, "bbox": [1, 2], "area": 2}, indent=2).encode()
    )


def test_true_is_not_one() -> None:
    assert patch(b'{"iscrowd": true}', {"iscrowd": 1}, style={}) == b'{"iscrowd": 1}'
    assert patch(b'{"a": "1"}', {"a": 1}, style={}) == b'{"a": 1}'


def test_a_second_part_takes_the_lines_of_the_first() -> None:
    part = [1, 2, 3, 4, 5, 6]
    old, new = ({"id": 1, "segmentation": parts} for parts in ([part], [part, part]))
    pretty = json.dumps(old, indent=2).encode()
    assert patch(pretty, {"segmentation": [part, part]}, style={}) == json.dumps(new, indent=2).encode()


def test_a_value_that_nothing_shows_the_layout_of_stays_on_one_line() -> None:
    pretty = json.dumps({"id": 1}, indent=2).encode()
    got = patch(pretty, {"bbox": [1, 2, 3, 4]}, style={})
    assert got == b'{\n  "id": 1,\n  "bbox": [1, 2, 3, 4]\n}'


def test_polygons_keep_the_layout_of_the_old_ones() -> None:
    old = b'{"segmentation" : [ [1.5,2, 3,4,5,6] ], "z": 1}'
    moved = patch(old, {"segmentation": [[1.5, 2, 3, 7.25, 5, 6]]}, style={"segmentation": TWO})
    assert moved == old.replace(b"3,4,", b"3,7.25,")
    more = patch(old, {"segmentation": [[1, 2, 3, 4, 5, 6, 7, 8]]}, style={})
    assert more == b'{"segmentation" : [ [1,2,3,4,5,6,7,8] ], "z": 1}'
    two = patch(old, {"segmentation": [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]]}, style={})
    assert json.loads(two)["segmentation"] == [[1, 2, 3, 4, 5, 6]] * 2


def test_a_mask_and_polygons_replace_each_other() -> None:
    mask = {"size": [4, 4], "counts": [3, 2, 11]}
    record = b'{"id":1,"segmentation":[[1,2,3,4,5,6.5]]}'
    got = patch(record, {"segmentation": mask}, style={"segmentation": POINT_ZERO})
    assert got == b'{"id":1,"segmentation":{"size":[4,4],"counts":[3,2,11]}}'
    back = patch(got, {"segmentation": [[1, 2, 3, 4, 5, 6.5]]}, style={})
    assert back == record
    packed = patch(record, {"segmentation": {"size": (4, 4), "counts": b"`0"}}, style={})
    assert json.loads(packed)["segmentation"] == {"size": [4, 4], "counts": "`0"}


@pytest.mark.parametrize(
    "record", [b"17", b"[1]", b'"x"', b"null", b'{"a":' + b"[" * 100 + b"]" * 100 + b"}"], ids=str
)
def test_what_is_no_record_cannot_be_changed(record: bytes) -> None:
    with pytest.raises(LabelmendError):
        patch(record, {"a": 1}, style={})
    assert annotation_of(record).polygons == ()


def test_a_deep_record_that_is_only_read_is_no_trouble() -> None:
    assert annotation_of(b'{"id":1,"a":' + b"[" * 99999 + b"]" * 99999 + b"}").id is None
    with pytest.raises(BadFile):
        read_record(b"[" * 99999)


def test_a_new_record_looks_as_its_neighbour_does() -> None:
    template = b'{ "id":9 ,"u":{"k":[1]} ,"segmentation":[[ 1.0,2.0 ]] ,"bbox":[1, 2,3,4] ,"area":12.50 }'
    style = styles([template])
    values = {
        "bbox": [1.0, 2.5, 3.0, 4.0],
        "segmentation": [[1.0, 2.0, 3.0]],
        "id": 77,
        "area": 7.5,
        "iscrowd": 0,
        "none": None,
    }
    got = compose(values, template=template, style=style)
    assert got == (
        b'{ "id":77 ,"segmentation":[[ 1.0,2.0,3.0 ]] ,"bbox":[1, 3, 3, 4] ,"area":7.50 ,"iscrowd":0 }'
    )


@pytest.mark.parametrize("layout", [{}, {"separators": (",", ":")}, {"indent": 1}, {"indent": "\t"}])
def test_a_new_record_is_what_one_writer_would_have_written(layout: Any) -> None:
    old = {"id": 1, "image_id": 2, "segmentation": [[1, 2, 3, 4, 5, 6]], "bbox": [1, 2, 3, 4], "extra": "x"}
    new = {"id": 5, "image_id": 7, "segmentation": [[8, 2, 3, 4, 5, 6, 7, 8]], "bbox": [4, 3, 2, 1]}
    template = json.dumps(old, **layout).encode()
    shuffled = dict(sorted(new.items()))
    assert (
        compose(shuffled, template=template, style=styles([template])) == json.dumps(new, **layout).encode()
    )


@pytest.mark.parametrize("template", [None, b"17", b"{}", b"[]"])
def test_a_new_record_without_an_example(template: bytes | None) -> None:
    got = compose({"id": "a\u00e9", "bbox": [1.5, 2, 3, 4]}, template=template, style={})
    assert got == b'{"id": "a\\u00e9", "bbox": [1.5, 2, 3, 4]}'


def test_the_shape_of_an_annotation() -> None:
    record = {
        "id": 1,
        "image_id": "x",
        "category_id": 3,
        "bbox": [1, 2, 3, 4],
        "area": 5,
        "iscrowd": 0,
        "segmentation": [
            [0, 0, 4, 0, 4, 4],
            [1, 2],
            [0, 0, 4, 0, 4, 4, 5],
            [0, 0, 1, 1, None, 1],
            7,
            [0.5] * 8,
        ],
        "extra": {"a": 1},
    }
    shape = annotation_of(json.dumps(record).encode())
    assert [part.shape for part in shape.polygons] == [(3, 2), (4, 2)]
    assert shape.polygons[0].tolist() == [[0, 0], [4, 0], [4, 4]]
    assert shape.bbox.tolist() == [1, 2, 3, 4]
    assert (shape.id, shape.image_id, shape.category_id, shape.area, shape.crowd) == (1, "x", 3, 5, False)
    assert shape.rle is None
    assert shape.values == record


def test_the_shape_of_a_poor_annotation() -> None:
    mask = annotation_of(b'{"segmentation":{"size":[2,2],"counts":[4]},"iscrowd":true,"bbox":[1,NaN,2,3]}')
    assert mask.rle == {"size": [2, 2], "counts": [4]}
    assert mask.crowd
    assert np.isnan(mask.bbox).all()
    assert mask.area is None
    flat = annotation_of(b'{"segmentation":[0,0,4,0,4,4],"area":NaN}')
    assert len(flat.polygons) == 1
    assert flat.area is None
    assert annotation_of(b"not json").values == {}
