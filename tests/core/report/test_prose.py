"""Markdown of the instructions in the report: read as far as it goes, and never as anything but text."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmend.report.prose import html


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        (
            "A **red** cell, *not* a\n_white_ one",
            "<p>A <strong>red</strong> cell, <em>not</em> a\n<em>white</em> one</p>",
        ),
        ("- one\n  goes on\n\n- two", "<ul><li>one goes on</li><li>two</li></ul>"),
        ("Then\n1. a\n2) b\n\nafter", "<p>Then</p>\n<ol><li>a</li><li>b</li></ol>\n<p>after</p>"),
        ("## Press `U` ##", "<h5>Press <code>U</code></h5>"),
        ("> so\n> be it", "<blockquote>so<br>be it</blockquote>"),
        ("```\n*a* < b\n```", "<pre>*a* &lt; b</pre>"),
        ("2 * 3 * 4 of snake_case_name", "<p>2 * 3 * 4 of snake_case_name</p>"),
        ("`**` and ***both***", "<p><code>**</code> and <strong><em>both</em></strong></p>"),
        (
            "see [the paper](https://a.b/c) ![](pictures/x.jpg)",
            "<p>see the paper (https://a.b/c) pictures/x.jpg</p>",
        ),
        ("", ""),
    ],
)
def test_what_is_written_is_shown_as_it_is_meant(markdown, shown):
    assert html(markdown) == shown


def test_no_text_brings_markup_of_its_own():
    told = html('<script>alert(1)</script> [x](javascript:alert`1`) !["](<img src=x>) <b>**b**</b>')
    assert {one.tag for one in ET.fromstring(f"<div>{told}</div>").iter()} <= {"div", "p", "strong", "code"}


@given(st.text(alphabet='*_`#->1. \n<&"[]()!a', max_size=60))
def test_whatever_is_written_the_page_stays_sound(markdown):
    allowed = ["div", "p", "ul", "ol", "li", "h5", "blockquote", "br", "pre", "code", "strong", "em"]
    told = html(markdown).replace("<br>", "<br/>")
    assert {one.tag for one in ET.fromstring(f"<div>{told}</div>").iter()} <= set(allowed)
