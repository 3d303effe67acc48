"""What the suspect is flipped to: how it was before it was changed, else how it is suggested to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelmend.errors import LabelmendError
from labelmend.geometry.polygons import Parts
from labelmend.project.suggesting import suggestion
from labelmend_desktop.canvas.focus import Focus, suggested_outline
from labelmend_desktop.canvas.scene import Scene

if TYPE_CHECKING:
    from labelmend.project.annotation import Annotation
    from labelmend.project.project import Project


def other_state(project: Project, focus: Focus, scene: Scene) -> tuple[Parts, str]:
    """The outlines of the suspect's other state and its name.

    That is how the labels were that were changed under this issue; the label in the source where it was
    changed under others; and where nothing was changed, what the finder suggests.
    """
    now = project.annotation(focus.key) if focus.key is not None else None
    before = {
        key: record
        for key, record in project.state.before(focus.issue).items()
        if record != project.record(key)
    }
    if not before and focus.key is not None and (now is None or now.changed):
        before = {focus.key: project.original(focus.key)}
    if not before:
        return _suggested(project, focus, now, scene)
    in_source = all(record == project.original(key) for key, record in before.items())
    return _before(project, before, "as in the source" if in_source else "before this fix", now)


def _before(
    project: Project, before: dict[int, bytes | None], name: str, now: Annotation | None
) -> tuple[Parts, str]:
    try:
        was = [project.read_annotation(key, record) for key, record in before.items() if record is not None]
    except LabelmendError:
        return (), name
    if not was:
        return (), f"{name}: no label"
    classes = project.categories.name
    other_class = now is not None and was[0].category != now.category
    if other_class and 0 <= was[0].category < len(classes):
        name = f"{name}: {classes[was[0].category]}"
    return tuple(part for one in was for part in Scene([one]).outline(0)), name


def _suggested(project: Project, focus: Focus, now: Annotation | None, scene: Scene) -> tuple[Parts, str]:
    proposed = focus.suggestion or suggestion(project, project.issues.row_of(focus.issue))
    if proposed is None:
        return (), "nothing was changed"
    if proposed.fix == "delete":
        return (), "as suggested: no label"
    outline = suggested_outline(proposed, now)
    if not outline and now is not None and now.key in scene.row_of:
        outline = scene.outline(scene.row_of[now.key])
    classes = project.categories.name
    if proposed.fix == "category" and 0 <= proposed.category < len(classes):
        return outline, f"as suggested: {classes[proposed.category]}"
    return outline, "as suggested"
