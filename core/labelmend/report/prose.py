"""Markdown of the instructions as HTML: headings, lists, quotes, code and emphasis, and nothing else.

A package may be from anybody: every character is escaped before anything is read, so that no text brings
markup, a link or a picture of its own.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final

_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM: Final = re.compile(r"\s*(?:([-*+])|\d{1,9}[.)])\s+(.*)")
_QUOTE: Final = re.compile(r"&gt; ?(.*)")
_FENCE: Final = re.compile(r"\s*(?:```|~~~)")
_RULE: Final = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")
_LINK: Final = re.compile(r"!?\[([^\]\[]*)\]\(([^()\s]*)(?:\s[^()]*)?\)")
_MARKED: Final = re.compile(r"(?<![\w*])(\*{1,3}|_{1,3})(?=[^\s*_])(.{1,999}?)(?<=\S)\1(?![\w*])", re.DOTALL)
_TAGS: Final = {1: ("<em>", "</em>"), 2: ("<strong>", "</strong>"), 3: ("<strong><em>", "</em></strong>")}
_CODE: Final = re.compile(r"(`+)(.+?)\1")


def html(markdown: str) -> str:
    """The text as HTML of its own paragraphs, lists and headings; one of its headings is h5 at most."""
    return "\n".join(_blocks(escape(markdown).split("\n")))


def _blocks(lines: list[str]) -> Iterator[str]:
    """Each run of lines of one sort as a block; an empty line between two items parts nothing."""
    every = list(_sorted_lines(lines))
    kept = [
        one
        for one, before, after in zip(every, [("", ""), *every], [*every[1:], ("", "")], strict=False)
        if one[0] != "gap" or before[0] != after[0] or before[0] not in ("ul", "ol")
    ]
    for sort, run in groupby(kept, lambda one: one[0]):
        text = [words for _, words in run]
        if sort == "code":
            yield f"<pre>{chr(10).join(text)}</pre>"
        elif sort in ("ul", "ol"):
            yield f"<{sort}>" + "".join(f"<li>{_inline(one)}</li>" for one in text) + f"</{sort}>"
        elif sort == "quote":
            yield f"<blockquote>{'<br>'.join(map(_inline, text))}</blockquote>"
        elif sort == "heading":
            yield from (f"<h5>{_inline(one)}</h5>" for one in text)
        elif sort == "text":
            yield f"<p>{_inline(chr(10).join(text))}</p>"


def _sorted_lines(lines: list[str]) -> Iterator[tuple[str, str]]:
    """The sort of each line, and its words; a line that goes on an item is part of it."""
    fenced, held = False, ("", "")
    for line in lines:
        if _FENCE.match(line):
            fenced = not fenced
            continue
        sort, words = ("code", line) if fenced else _sort_of(line)
        if sort == "text" and held[0] in ("ul", "ol"):
            held = held[0], f"{held[1]} {words}"
            continue
        if held[0]:
            yield held
        held = sort, words
    yield held


def _sort_of(line: str) -> tuple[str, str]:
    if not line.strip() or _RULE.match(line):
        return "gap", ""
    if found := _HEADING.match(line):
        return "heading", found[2]
    if found := _ITEM.match(line):
        return "ul" if found[1] else "ol", found[2]
    if found := _QUOTE.match(line):
        return "quote", found[1]
    return "text", line.strip()


def _inline(text: str) -> str:
    """Emphasis, code and the words of links; what stands in code is left as it is."""
    out, end = [], 0
    for found in _CODE.finditer(text):
        out += [_emphasised(text[end : found.start()]), f"<code>{found[2].strip()}</code>"]
        end = found.end()
    return "".join([*out, _emphasised(text[end:])])


def _emphasised(text: str) -> str:
    text = _LINK.sub(lambda one: f"{one[1]} ({one[2]})" if one[1] and one[2] else one[1] or one[2], text)
    return _marked(text)


def _marked(text: str) -> str:
    """What stands between marks, from the outside in, so that no tag crosses another."""

    def dressed(found: re.Match[str]) -> str:
        opens, closes = _TAGS[len(found[1])]
        return f"{opens}{_marked(found[2])}{closes}"

    return _MARKED.sub(dressed, text)
