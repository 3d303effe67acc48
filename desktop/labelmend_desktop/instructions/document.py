"""Instructions as a document with their pictures: for the preview on the screen, and printed as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPdfWriter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTableFormat,
)

from labelmend.progress import Progress
from labelmend.review.instructions import ClassInstructions, Instructions, Reference, in_markdown, in_words
from labelmend_desktop.instructions.pages import keep_with_next
from labelmend_desktop.reading import PLAIN
from labelmend_desktop.reference_images import decoded
from labelmend_desktop.reference_pictures import words_of as words_of_picture

ImageOf = Callable[[str, int], QImage]
"""The image of a picture by its SHA-256, with at most so many pixels a side."""
_WIDE, _PADDING, _SHARP = 170, 4, 2
"""The width of a picture in pixels of 1/96 inch, the space around it, what it is decoded to in widths."""
_PAGE = 600
"""So many of these pixels are there between the margins of a page."""


def write_whole(document: QTextDocument, given: Instructions, image_of: ImageOf) -> None:
    """Write the title, what holds for all classes, and every class that something is said of."""
    write_general(document, given)
    cursor = QTextCursor(document)
    told = [one for one in given.classes if one != ClassInstructions(one.name)]
    for n, one in enumerate(told):
        _write(cursor, one, image_of, _PAGE, on_new_page=n > 0 and bool(one.pictures))


def write_general(document: QTextDocument, given: Instructions) -> None:
    """Write the title and what holds for all classes."""
    document.clear()
    cursor = QTextCursor(document)
    if given.title:
        _heading(cursor, given.title, 1)
    _markdown(cursor, given.general)


def write_class(
    document: QTextDocument, one: ClassInstructions, image_of: ImageOf, *, width: int = _PAGE
) -> None:
    """Write one class, as many pictures in a row as fit into so many pixels."""
    document.clear()
    _write(QTextCursor(document), one, image_of, width)


def _write(
    cursor: QTextCursor,
    one: ClassInstructions,
    image_of: ImageOf,
    width: int,
    *,
    on_new_page: bool = False,
) -> None:
    _heading(cursor, one.name, 2, on_new_page=on_new_page)
    _markdown(cursor, in_markdown(one))
    for sentence in in_words(one):
        _block(cursor).insertText(sentence)
    for good in (True, False):
        pictures = [each for each in one.pictures if each.good == good]
        if pictures:
            bold = QTextCharFormat()
            bold.setFontWeight(QFont.Weight.Bold)
            _block(cursor).insertText(f"{words_of_picture(good)}:", bold)
            _pictures(cursor, pictures, image_of, width)


def _heading(cursor: QTextCursor, text: str, level: int, *, on_new_page: bool = False) -> None:
    _block(cursor, level)
    if on_new_page:  # pictures and the words over them stay together
        look = cursor.blockFormat()
        look.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
        cursor.setBlockFormat(look)
    letters = QTextCharFormat()
    letters.setFontWeight(QFont.Weight.Bold)
    letters.setProperty(QTextCharFormat.Property.FontSizeAdjustment, 4 - level)
    cursor.insertText(text, letters)


def _block(cursor: QTextCursor, level: int = 0) -> QTextCursor:
    """The cursor in a new paragraph of plain letters."""
    cursor.movePosition(QTextCursor.MoveOperation.End)
    if cursor.position():
        cursor.insertBlock()
    if cursor.currentList() is not None:
        cursor.currentList().remove(cursor.block())  # which indents the paragraph: that goes below
    look = cursor.blockFormat()
    look.setHeadingLevel(level)
    look.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_Auto)
    look.setTopMargin(12 if level else 3)
    look.setBottomMargin(3)
    look.setIndent(0)
    cursor.setBlockFormat(look)
    cursor.setCharFormat(QTextCharFormat())
    return cursor


def _markdown(cursor: QTextCursor, text: str) -> None:
    if text:
        # By a document of its own: what is unfinished in the text ends with it.
        words = QTextDocument()
        words.setDefaultFont(cursor.document().defaultFont())
        words.setMarkdown(text, PLAIN)
        _block(cursor).insertFragment(QTextDocumentFragment(words))


def _pictures(cursor: QTextCursor, pictures: Sequence[Reference], image_of: ImageOf, width: int) -> None:
    cell_width = _WIDE + 2 * _PADDING
    across = max(1, min(len(pictures), width // (cell_width + 4)))
    look = QTextTableFormat()
    look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
    look.setCellPadding(_PADDING)
    look.setColumnWidthConstraints([QTextLength(QTextLength.Type.FixedLength, cell_width)] * across)
    table = cursor.insertTable(-(-len(pictures) // across), across, look)
    for n, one in enumerate(pictures):
        cell = table.cellAt(n // across, n % across).firstCursorPosition()
        image = image_of(one.picture, _WIDE * _SHARP)
        if not image.isNull():
            place = f"reference:{one.picture}"
            cursor.document().addResource(QTextDocument.ResourceType.ImageResource, QUrl(place), image)
            shown = QTextImageFormat()
            shown.setName(place)
            size = image.size().scaled(_WIDE, _WIDE, Qt.AspectRatioMode.KeepAspectRatio)
            shown.setWidth(size.width())
            shown.setHeight(size.height())
            cell.insertImage(shown)
            cell.insertBlock()
        cell.insertText(one.caption or one.origin)


def print_pdf(given: Instructions, pictures: dict[str, bytes], *, progress: Progress) -> bytes:
    """The instructions as a PDF of A4 pages, the pictures by their SHA-256; as a task calls it."""
    document = QTextDocument()
    document.setDefaultFont(QFont("sans-serif", 10))
    progress(0, 100)
    write_whole(document, given, lambda name, side: decoded(pictures.get(name, b""), 2 * side))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(given.title or "Instructions")
    writer.setResolution(300)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)  # Qt keeps two centimetres
    keep_with_next(document, writer)
    document.print_(writer)
    progress(100, 100)
    return bytes(buffer.data().data())
