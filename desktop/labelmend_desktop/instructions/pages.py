"""Where the pages of a printed document break: no heading is the last line of one."""

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QGuiApplication, QPdfWriter, QTextBlock, QTextCursor, QTextDocument, QTextFormat

_MARGIN_CM, _CM_PER_INCH = 2, 2.54
"""The margin that `QTextDocument.print_` gives a page; a document is laid out here as it does there."""
_LINES = 2
"""So many lines of what follows a heading are on its page."""


def keep_with_next(document: QTextDocument, writer: QPdfWriter) -> None:
    """Break the page before each heading that would stand on another page than what follows it."""
    paged = document.clone()
    paged.documentLayout().setPaintDevice(writer)
    look = paged.rootFrame().frameFormat()
    look.setMargin(_MARGIN_CM / _CM_PER_INCH * QGuiApplication.primaryScreen().logicalDotsPerInchY())
    paged.rootFrame().setFrameFormat(look)
    paged.setPageSize(QSizeF(writer.width(), writer.height()))
    block = paged.begin()
    while block.isValid():
        first, last = block, block
        while _leads(last) and last.next().isValid():
            last = last.next()
        if _page_of(first, 0) != _page_of(last, _LINES - 1) and first != last:
            for one in (paged, document):
                _break_before(one, first.blockNumber())
        block = last.next()


def _leads(block: QTextBlock) -> bool:
    """Whether a paragraph is nothing without the next one: a heading, or the words over pictures."""
    inside, after = (QTextCursor(one).currentTable() for one in (block, block.next()))
    return block.blockFormat().headingLevel() > 0 or (inside is None and after is not None)


def _page_of(block: QTextBlock, line: int) -> int:
    """The page on which so many lines of a paragraph end, or all if it has fewer."""
    lines, laid = block.layout(), block.document().documentLayout()
    height = block.document().pageSize().height()
    top = laid.blockBoundingRect(block).top()
    if lines.lineCount():
        top += lines.lineAt(min(line, lines.lineCount() - 1)).y() - lines.boundingRect().top()
    return int(top // height)


def _break_before(document: QTextDocument, number: int) -> None:
    cursor = QTextCursor(document.findBlockByNumber(number))
    look = cursor.blockFormat()
    look.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
    cursor.setBlockFormat(look)
