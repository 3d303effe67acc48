"""Which images and labels a step of the history is about, told without reading the file's own records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from labelmend.coco.faults import shown
from labelmend.project.history import NO_KEY, Edit, Step
from labelmend.project.project import Project


class _Record(msgspec.Struct):
    id: Any = None
    image_id: Any = None
    category_id: Any = None


_DECODER = msgspec.json.Decoder(_Record)


@dataclass(frozen=True)
class Label:
    """A label as the step left it, or as it was when it deleted it; id None: of a place without a label.

    image: its row, -1 unknown; category: the name of its class, "" of no known one.
    """

    image: int
    category: str
    id: Any


@dataclass(frozen=True)
class Subject:
    """The labels (or places without one) that a step is about, and the rows of their images."""

    labels: tuple[Label, ...]
    images: tuple[int, ...]

    def sentence(self, project: Project) -> str:
        """The file and the label; of many, how many in how many images; empty for a step about none."""
        if not self.images:
            return ""
        where = f"{len(self.images):,} images"
        if len(self.images) == 1:
            where = project.images.file_name[self.images[0]] or "an image without a name"
        if len(self.labels) > 1:
            return f"{len(self.labels):,} labels in {where}"
        if not self.labels:
            return where
        one = self.labels[0]
        what = one.category or "unknown class"
        return f"{where}: {what}{'' if one.id is None else f' {shown(one.id)}'}"


def subject_of(project: Project, step: Step) -> Subject:
    """What a step is about: the labels it changed, and those that it judged without changing them."""
    labels: dict[int, Label] = {edit.key: _edited(project, edit) for edit in step.edits}
    images = {one.image: None for one in labels.values()}
    places: list[Label] = []
    table = project.issues
    judged = [one.issue for one in step.decisions]
    judged += [one.issue for one in step.opinions] + [one.issue for one in step.versions]
    for issue in dict.fromkeys(judged):
        if (row := table.row_of(issue)) < 0:
            continue
        image, key, category = (
            int(column[row]) for column in (table.image, table.annotation, table.category)
        )
        if key == NO_KEY and category >= 0 and image not in images:
            places.append(Label(image, _class(project, category), None))
        elif key != NO_KEY and key not in labels:
            labels[key] = Label(image, _class(project, category), project.id_of(key))
        images.setdefault(image)
    return Subject((*labels.values(), *places), tuple(image for image in images if image >= 0))


def _edited(project: Project, edit: Edit) -> Label:
    try:
        told = _DECODER.decode(edit.after or edit.before or b"{}")
    except (msgspec.DecodeError, RecursionError):
        told = _Record()
    category = _class(project, project.category_ids.row_of(told.category_id))
    return Label(project.image_ids.row_of(told.image_id), category, told.id)


def _class(project: Project, category: int) -> str:
    names = project.categories.name
    return names[category] if 0 <= category < len(names) else ""
