"""Printed pages: a heading stands on the page of what it is over."""

import pytest
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QFont, QPageSize, QPdfWriter, QTextDocument, QTextFormat

from labelmend.review.instructions import Instructions
from labelmend_desktop.instructions.document import write_whole
from labelmend_desktop.instructions.pages import keep_with_next


@pytest.fixture
def writer(qapp):
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setResolution(300)
    return writer


def broken(before, writer):
    """The words before which a page is broken, of a document with so many paragraphs before a heading."""
    document = QTextDocument()
    document.setDefaultFont(QFont("sans-serif", 10))
    words = "Line.\n\n" * before + "## Heading\n\n" + "A word. " * 80
    write_whole(document, Instructions(general=words), None)
    keep_with_next(document, writer)
    blocks = (document.findBlockByNumber(number) for number in range(document.blockCount()))
    always = QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore
    return [block.text() for block in blocks if block.blockFormat().pageBreakPolicy() & always]


def test_only_a_heading_that_would_end_a_page_begins_the_next_one(writer):
    found = [broken(before, writer) for before in range(70)]
    assert [] in found
    assert 0 < found.count(["Heading"]) < 8
    assert len(found) == found.count([]) + found.count(["Heading"])
