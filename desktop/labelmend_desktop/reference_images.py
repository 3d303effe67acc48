"""The reference pictures of the open project as images, decoded when they are first shown."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from labelmend.errors import LabelmendError
from labelmend.project.references import picture_of
from labelmend_desktop.session import Session

_ROOM = 48 << 20
"""Bytes of decoded pictures that are kept."""


class ReferenceImages(QObject):
    """Keeps what was shown latest; ``new`` holds the bytes of pictures that are not in the project yet."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.new: dict[str, bytes] = {}
        self._images: OrderedDict[tuple[str, int], QImage] = OrderedDict()
        self._size = 0

    def image(self, name: str, side: int) -> QImage:
        """The picture of that SHA-256, its longer side at most ``side`` pixels; a null image without it."""
        key = name, side
        if key not in self._images:
            image = decoded(self._bytes(name), side)
            if image.isNull():
                return image  # it may come back by another project, or by an undo
            self._images[key] = image
            self._size += image.sizeInBytes()
            while self._size > _ROOM and len(self._images) > 1:
                self._size -= self._images.popitem(last=False)[1].sizeInBytes()
        self._images.move_to_end(key)
        return self._images[key]

    def _bytes(self, name: str) -> bytes:
        project = self._session.project
        if name in self.new or project is None:
            return self.new.get(name, b"")
        try:
            return picture_of(project, name)
        except LabelmendError:
            return b""


def decoded(data: bytes, side: int) -> QImage:
    """A picture's bytes as an image, its sides at most ``side`` pixels; null for what is no picture."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
