"""The plots: marks are where the numbers are, names cannot become markup, and words tell the same."""

import xml.etree.ElementTree as ET

import pytest

from labelmend.report.plot import Estimate, Series, interval_plot, line_plot, reliability_plot, score_plot


def parsed(text):
    """The plot, read as XML: it must be sound."""
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    assert [one.tag for one in root][:2] == ["title", "desc"]
    for one in root.iter():
        assert not (one.tag == "rect" and float(one.get("height")) < 0)
    return root


def places(root, tag, name):
    return [float(one.get(name)) for one in root.iter(tag)]


def band(low, issues, judged, confirmed):
    share = confirmed / judged if judged else None
    return {
        "low": low,
        "high": low + 0.1,
        "issues": issues,
        "judged": judged,
        "confirmed": confirmed,
        "share": share,
        "expected_of_judged": (low + 0.05) * judged,
        "interval": None if share is None else [max(share - 0.1, 0), min(share + 0.1, 1)],
    }


def test_a_line_rises_with_its_values_and_stays_within_the_plot():
    root = parsed(
        line_plot("Judged", ["1", "2", "3"], [Series("fix", [0, 5, 20]), Series("review", [0, 0, 3])])
    )
    lines = [
        [tuple(map(float, p.split(","))) for p in one.get("points").split()] for one in root.iter("polyline")
    ]
    (first, second) = lines
    assert [x for x, _ in first] == [x for x, _ in second]
    assert first[0][1] > first[1][1] > first[2][1]
    assert second[0][1] == second[1][1] > second[2][1]
    assert min(y for line in lines for _, y in line) >= 26
    assert "fix: 20 at 3" in root.find("desc").text


def test_one_moment_is_a_dot():
    root = parsed(line_plot("Judged", ["1"], [Series("fix", [7])]))
    assert len(list(root.iter("circle"))) == 1


def test_shares_lie_between_their_limits_on_one_axis():
    rows = [Estimate("<b>cat</b>", 0.02, 0.01, 0.05, "2 of 100"), Estimate("dog", 0.0, 0.0, 0.2, "0 of 14")]
    text = interval_plot("Wrong", rows)
    root = parsed(text)
    assert "<b>" not in text
    dots = places(root, "circle", "cx")
    whiskers = [one for one in root.iter("line") if one.get("class") == "whisker"]
    for dot, line in zip(dots, whiskers, strict=True):
        assert float(line.get("x1")) <= dot <= float(line.get("x2"))
    assert dots[0] > dots[1]


def test_columns_add_up_to_the_issues():
    root = parsed(score_plot([band(0.1, 100, 60, 20), band(0.9, 40, 40, 40)]))
    columns = [group for group in root.iter("g") if group.find("rect") is not None]
    heights = [sum(float(one.get("height")) for one in group.iter("rect")) for group in columns]
    assert heights[0] / heights[1] == pytest.approx(100 / 40, rel=0.02)
    assert [one.find("title").text for one in columns] == [
        "100 issues, 60 judged, 20 confirmed",
        "40 issues, 40 judged, 40 confirmed",
    ]


def test_a_band_that_keeps_its_promise_lies_on_the_diagonal():
    root = parsed(reliability_plot("all", [band(0.45, 10, 10, 5), band(0.9, 10, 10, 10)]))
    right, wrong = zip(places(root, "circle", "cx"), places(root, "circle", "cy"), strict=True)
    guide = next(one for one in root.iter("line") if one.get("class") == "guide")
    x1, y1 = float(guide.get("x1")), float(guide.get("y1"))
    assert right[0] - x1 == pytest.approx(y1 - right[1], abs=0.2)
    assert y1 - wrong[1] > wrong[0] - x1
