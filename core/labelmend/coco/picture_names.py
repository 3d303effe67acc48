"""Images known by the names of their files: what detectors write that know no ids."""

import re
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from labelmend.coco.columns import Images
from labelmend.coco.identity import ODD, Ids, Joiner
from labelmend.coco.reading import Places
from labelmend.coco.toplevel import TopLevel

AMBIGUOUS = -1
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
_NUMBER = re.compile(r"[0-9]{1,18}\Z")


class PictureNames:
    """Finds the row of an image by its file's name: with folders or without, with its ending or without."""

    def __init__(self, names: Sequence[str]) -> None:
        self._rows: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        for row, name in enumerate(names):
            for form in _forms(name):
                self._rows[form] = row if self._rows.get(form, row) == row else AMBIGUOUS

    def row(self, name: str) -> int:
        """The row of the image that this name, path or stem tells, or -1: the longest part of it counts."""
        if name not in self._asked:
            self._asked[name] = next((self._rows[form] for form in _forms(name) if form in self._rows), -1)
        return self._asked[name]

    def rows(self, names: Sequence[str]) -> npt.NDArray[np.int32]:
        """The rows (n,) of many."""
        return np.fromiter(map(self.row, names), np.int32, len(names))


def _forms(name: str) -> Iterator[str]:
    """The name from each of its folders on, then the same without the ending."""
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
    paths = ["/".join(parts[start:]) for start in range(len(parts))]
    yield from paths
    for path in paths:
        if (bare := _ENDING.sub("", path)) != path:
            yield bare


def numbers_in(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """The number (n,) that each picture's name is or ends in, as 139 of 000000000139.jpg; -1 where none."""
    stems = (_ENDING.sub("", re.split(r"[/\\]", name)[-1]) for name in names)
    found = (_NUMBER.search(stem) for stem in stems)
    return np.array([int(one[0]) if one else -1 for one in found], np.int64)


class _Image(msgspec.Struct):
    id: int
    file_name: str


def own_images(data: bytes, top: TopLevel, images: Images) -> Joiner | None:
    """Finds a dataset's images by the ids of a file of detections that has a list of images of its own: by
    their names, where these tell as many. None: by the dataset's ids."""
    if top.places is None or "images" not in top.places:
        return None
    start, end = top.places["images"]
    try:
        own = msgspec.json.decode(data[start:end], type=list[_Image])
        ids = np.array([one.id for one in own], np.int64)
    except (msgspec.DecodeError, OverflowError):
        return None
    by_name = PictureNames(images.file_name).rows([one.file_name for one in own])
    by_id = images_by("ids", images).rows(ids)
    named, known = int((by_name >= 0).sum()), int((by_id >= 0).sum())
    return Joiner(Ids(ids), by_name) if named >= max(known, 1) else None


def images_by(places: Places, images: Images) -> Joiner:
    """Finds a dataset's images by what stands for them in a file of detections."""
    n = len(images)
    if places == "numbers":
        ids = numbers_in(images.file_name)
        return Joiner(Ids(np.where(ids < 0, ODD, ids)))
    if places == "ids":
        return Joiner(Ids(images.id, images.odd_ids))
    return Joiner(Ids(np.arange(n) + (places == "places from 1")))
