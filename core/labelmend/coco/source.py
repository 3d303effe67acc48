"""A COCO instances file as it was found: its bytes, and the place of every record in them."""

from dataclasses import dataclass, field
from pathlib import Path

from labelmend.coco.faults import Fault, FaultBook
from labelmend.coco.intake import Intake, take_in
from labelmend.coco.spans import Spans, find_spans
from labelmend.coco.toplevel import TopLevel, read_top_level
from labelmend.errors import BadFile
from labelmend.progress import Progress, silent

ARRAYS = "images", "annotations", "categories"

_OTHERS = {
    "a LabelMe file of one picture": {"shapes", "imagePath"},
    "a project of VGG Image Annotator": {"_via_img_metadata"},
    "a Supervisely file of one picture": {"objects", "size"},
    "a Datumaro file": {"items", "categories"},
    "a FiftyOne dataset": {"samples"},
    "a file of masks of one picture, as Segment Anything has them": {"image", "annotations"},
}
"""Tools by the keys of their own files."""


@dataclass(frozen=True, slots=True)
class Source:
    """A COCO file's bytes (unpacked when it was gzipped) and the spans of its arrays' records.

    `text` is `data`, or where that holds NaN or the like, a copy of the same length that a strict parser
    reads; a record that differs between the two must be read from `data`.
    """

    name: str
    data: bytes = field(repr=False)
    sha256: str
    spans: dict[str, Spans] = field(repr=False)
    faults: list[Fault]
    text: bytes = field(repr=False)

    def record(self, array: str, row: int) -> bytes:
        """The bytes of one record."""
        spans = self.spans[array]
        return self.data[int(spans.start[row]) : int(spans.end[row])]


def read_source(path: Path, progress: Progress = silent) -> Source:
    """Read a COCO instances file (.json or .json.gz) and find its records.

    Raises BadFile, with the file's name, what is wrong and what to do, when it is not a COCO instances file.
    """
    intake = take_in(path, progress=lambda done, total: progress(done, 2 * total))
    return lay_out(intake, progress=lambda done, total: progress(total + done, 2 * total))


def lay_out(intake: Intake, *, progress: Progress = silent) -> Source:
    """The source of bytes that were already read; raises BadFile as read_source does."""
    book = FaultBook(intake.name)
    top = read_top_level(intake, book)
    if top.places is None:
        raise BadFile(_no_object(intake.name, top))
    spans: dict[str, Spans] = {}
    for array in ARRAYS:
        if array in top.places and not (array == "categories" and _is_null(top, array)):
            spans[array] = array_spans(intake.name, top, array, progress=progress)
        elif array != "categories":
            raise BadFile(
                f"{intake.name} has no “{array}”, so it is {_like(top.places)} "
                f"(its keys: {_keys(top.places)}); choose the annotations file."
            )
    return Source(intake.name, intake.data, intake.sha256, spans, book.faults(), top.text)


def array_spans(name: str, top: TopLevel, array: str, *, progress: Progress = silent) -> Spans:
    """The spans of one array of the top level; raises BadFile when it is no array of records."""
    start, end = (top.places or {}).get(array, (top.start, top.end))
    if top.text[start] != ord("["):
        raise BadFile(f"{name}: “{array}” is not a list of records; choose a COCO file.")
    try:
        return find_spans(top.text, start, end - 1, progress=progress)
    except BadFile as error:
        raise BadFile(f"{name}: “{array}” is not a list of records: {error}; choose a COCO file.") from None


def _is_null(top: TopLevel, array: str) -> bool:
    start, end = (top.places or {})[array]
    return top.text[start:end] == b"null"


def _no_object(name: str, top: TopLevel) -> str:
    if top.text[top.start] != ord("["):
        return f"{name} holds one bare value, not a COCO file; choose the annotations file."
    like = "as a detections file does" if b'"score"' in top.text[: 1 << 20] else "not images and annotations"
    return f"{name} holds a bare list, {like}; choose the annotations file (COCO instances)."


def _like(places: dict[str, tuple[int, int]]) -> str:
    """What a file is that has no images or annotations, by the keys of other tools."""
    for tool, keys in _OTHERS.items():
        if keys <= places.keys():
            return f"{tool}, not a COCO instances file: export the set as COCO"
    return "not a COCO instances file"


def _keys(places: dict[str, tuple[int, int]]) -> str:
    told = [key if len(key) < 40 else key[:39] + "…" for key in list(places)[:8]]
    told = [key.encode("utf-8", "backslashreplace").decode() for key in told]
    return (", ".join(told) or "none") + (", …" if len(places) > 8 else "")
