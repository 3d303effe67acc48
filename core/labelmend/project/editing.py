"""What a hand does to labels, as steps: each function looks at the project and returns the step to apply."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import ArrayLike

from labelmend.coco.identity import whole
from labelmend.coco.record import Shape, annotation_of, compose, patch, read_record
from labelmend.errors import Refused
from labelmend.geometry.boxes import iou
from labelmend.geometry.crossing import crossings
from labelmend.geometry.polygons import Parts, area, bounds, flat, is_simple
from labelmend.project.annotation import Annotation
from labelmend.project.edits import drawn, masked, reshaped, resized
from labelmend.project.history import NO_KEY, Decision, Edit, Note, Step
from labelmend.project.project import Project
from labelmend.review import rules
from labelmend.review.states import FLAGGED, HELD, Actor
from labelmend.words import article

_TOLD = {
    "missing": "was missing",
    "spurious": "was deleted",
    "class": "had another class",
    "location": "was moved",
}
_SAME_PLACE = 0.2
"""IoU from which a label that is drawn is taken for the one that is missing there."""


def set_box(
    project: Project, key: int, bbox: ArrayLike, *, title: str = "move the box", issue: int | None = None
) -> Step:
    """Give an annotation another box (4,) xywh; its polygon follows. Raises Refused."""
    had = present(project, key)
    edit = patched(project, key, resized(had, bbox))
    require_sound(project, edit, had.polygons)
    if edit.before == edit.after and not np.array_equal(had.bbox, np.asarray(bbox)):
        raise _too_fine(project, "bbox")
    return edited(project, title, [edit], kind="location", issue=issue)


def set_polygons(
    project: Project,
    key: int,
    parts: Parts,
    *,
    title: str = "reshape the polygon",
    issue: int | None = None,
) -> Step:
    """Give an annotation other polygons; its box and area are computed from them.

    Raises Refused, also where a sound outline would cross itself; one that did before may go on doing so.
    """
    had = present(project, key).polygons
    edit = patched(project, key, reshaped(parts))
    require_sound(project, edit, had)
    if edit.before == edit.after and flat(parts) != flat(had):
        raise _too_fine(project, "segmentation")
    return edited(project, title, [edit], kind="location", issue=issue)


def _too_fine(project: Project, name: str) -> Refused:
    style = project.styles.of_annotations().get(name)
    decimals = 0 if style is None else style.decimals
    finest = {0: "whole numbers", 1: "one decimal"}.get(decimals, f"{decimals} decimals")
    return Refused(f"The file has {finest} here, so a change as small as this cannot be written.")


def set_mask(
    project: Project,
    key: int,
    rle: dict[str, Any],
    *,
    title: str = "repaint the mask",
    issue: int | None = None,
) -> Step:
    """Give an annotation another mask (COCO's dictionary); its box and area follow. Raises Refused.

    It is written as the one before is, or as the source's masks are.
    """
    values = masked(rle, like=present(project, key).rle or project.styles.mask())
    return edited(project, title, [patched(project, key, values)], kind="location", issue=issue)


def set_category(project: Project, key: int, category: int, *, issue: int | None = None) -> Step:
    """Give an annotation another class (a category row)."""
    present(project, key)
    values = {"category_id": project.category_ids.id_of(category)}
    title = f"change the class to {project.categories.name[category]}"
    return edited(project, title, [patched(project, key, values)], kind="class", issue=issue)


def delete(project: Project, key: int, *, issue: int | None = None) -> Step:
    """Delete an annotation."""
    before = project.record(key)
    if before is None:
        raise Refused("This label is deleted already.")
    return edited(project, "delete the label", [Edit(key, before, None)], kind="spurious", issue=issue)


def create(
    project: Project,
    image: int,
    category: int,
    *,
    bbox: ArrayLike | None = None,
    polygons: Parts | None = None,
    rle: dict[str, Any] | None = None,
    issue: int | None = None,
    suggested: bool = False,
    comment: str = "",
) -> Step:
    """Add an annotation to an image: a box (4,) xywh, polygons, or a mask with its box.

    suggested: it is what the issue suggests, changed by hand, however little is left of that.
    comment: what is said of the issue, where that is the label that was missing.
    """
    edit = composed(project, image, category, bbox=bbox, polygons=polygons, rle=rle)
    require_sound(project, edit, ())
    title = f"add {article(project.categories.name[category])}"
    own = _own_missing(project, issue, edit, least=0.0 if suggested else _SAME_PLACE)
    step = edited(project, title, [edit], kind="missing", issue=own)
    said = [replace(one, comment=comment) if one.issue == own else one for one in step.decisions]
    return replace(step, decisions=tuple(said))


def require_sound(project: Project, edit: Edit, had: Parts) -> None:
    """Refuse an outline that crosses itself as it would be written, unless it is one that did before."""
    written = () if edit.after is None else project.read_annotation(edit.key, edit.after).polygons
    for place, part in enumerate(written):
        if is_simple(part) or any(np.array_equal(part, old) for old in had):
            continue
        old = had[place] if len(written) == len(had) else part[:0]
        if len(old) != len(part) or is_simple(old):
            at = crossings(part)
            where = f" at x {at[0][0]:.1f}, y {at[0][1]:.1f}" if len(at) else ""
            raise Refused(f"The outline would cross itself{where}: draw it clear of itself, or mend it (R).")


def actor_of(project: Project) -> Actor:
    """Who works; raises Refused when nobody said so."""
    if project.actor is None:
        raise Refused("Say who works first: File > Who is working.", remedy="switch_person")
    return project.actor


def present(project: Project, key: int) -> Annotation:
    """An annotation that is there; raises Refused when it is deleted."""
    annotation = project.annotation(key)
    if annotation is None:
        raise Refused("This label is deleted.")
    return annotation


def patched(project: Project, key: int, values: dict[str, Any]) -> Edit:
    """The edit that gives a record these values, in as few places as possible; back at the source's
    values it is back at the source's bytes. Raises Refused."""
    before = project.record(key)
    if before is None:
        raise Refused("This label is deleted.")
    if "area" in values and present(project, key).area is None:
        values = {name: value for name, value in values.items() if name != "area"}
    style = project.styles.of_annotations()
    after = patch(before, values, style=style)
    if "bbox" in values:
        after = patch(after, _agreeing(project.read_annotation(key, after)), style=style)
    original = project.original(key)
    if original is not None and after != before and _same_values(original, after):
        after = original  # back at the source's values: back at the source's bytes
    return Edit(key, before, after)


def _same_values(a: bytes, b: bytes) -> bool:
    return len(a) == len(b) and read_record(a) == read_record(b)


def composed(
    project: Project,
    image: int,
    category: int,
    *,
    bbox: ArrayLike | None,
    polygons: Parts | None,
    rle: dict[str, Any] | None,
    beside: Sequence[Edit] = (),
    identity: Any = None,
    more: Mapping[str, Any] | None = None,
) -> Edit:
    """The edit that adds a record, written as its neighbours are; beside are others that the step adds.

    identity: its id, where it is known to be free; more: other values, of keys that the file has.
    """
    if not 0 <= image < project.n_images:
        raise Refused("There is no image in sight to draw on.")
    if not 0 <= category < len(project.categories.name):
        raise Refused("Choose a class first.")
    if rle is None:
        values = drawn(bbox=bbox, polygons=polygons, outlined=project.styles.outlined)
    else:
        values = masked(rle, like=project.styles.mask())
    values |= {
        "id": project.fresh_id(_ids(beside)) if identity is None else identity,
        "image_id": project.image_ids.id_of(image),
        "category_id": project.category_ids.id_of(category),
        "iscrowd": 0,
    } | dict(more or {})
    template, has = project.styles.template(), project.styles.keys()
    if "segmentation" not in values and "segmentation" in has:
        values["segmentation"] = []
    kept = {"id", "image_id", "category_id", "bbox", "segmentation"} | (has or set(values))
    values = {key: value for key, value in values.items() if key in kept}
    style = project.styles.of_annotations()
    record = compose(values, template=template, style=style)
    key = project.new_key() - len(beside)
    return Edit(key, None, patch(record, _agreeing(annotation_of(record)), style=style))


def _ids(added: Sequence[Edit]) -> list[Any]:
    """The ids of labels that a step adds."""
    return [annotation_of(edit.after).id for edit in added if edit.after is not None]


def following(project: Project, edit: Edit) -> Any:
    """The id after that of an added label, for the next one of the same step; None where it may be taken."""
    last = whole(annotation_of(edit.after or b"").id)
    if type(last) is not int or last + 1 >= 1 << 63:
        return None
    # Below the largest one those that are free are looked for one by one.
    return last + 1 if last > int(project.dataset.annotations.id.max(initial=0)) else None


def _agreeing(written: Annotation | Shape) -> dict[str, Any]:
    """Box and area that agree with the geometry as it is written, rounded as the file rounds."""
    if written.rle is not None:
        return {}
    if written.polygons:
        values: dict[str, Any] = {"bbox": bounds(written.polygons).tolist(), "area": area(written.polygons)}
    else:
        values = {"area": float(written.bbox[2] * written.bbox[3])}
    return {name: value for name, value in values.items() if name != "area" or written.area is not None}


def edited(project: Project, title: str, edits: Sequence[Edit], *, kind: str, issue: int | None) -> Step:
    """A step of edits by hand, each under the issue it belongs to; where there is none, one is noted.

    kind is what the noted issues suspect of labels that stay; issue is the one in sight. Raises Refused for
    whoever may not change these labels now, and when nothing changes.
    """
    edits = [edit for edit in edits if edit.before != edit.after]
    if not edits:
        raise Refused("Nothing changed.")
    actor = actor_of(project)
    decisions: dict[int, Decision] = {}
    keys: dict[int, list[int]] = {}
    notes: list[Note] = []
    first = project.new_issue()
    for edit in edits:
        owner = owner_of(project, edit.key, issue)
        require_free(project, edit.key, owner)
        if owner is None:
            own = "missing" if edit.before is None else "spurious" if edit.after is None else kind
            notes.append(_noted(project, actor, edit, own, issue=first + len(notes)))
            owner = notes[-1].id
            decisions[owner] = Decision(owner, None, rules.edited(FLAGGED, actor))
        elif owner not in decisions:
            after = rules.edited(project.standing(owner), actor)
            decisions[owner] = Decision(owner, project.state.standings.get(owner), after)
        keys.setdefault(owner, []).append(edit.key)
    if len(decisions) > 1:  # each answers for its own labels alone
        decisions = {issue: replace(one, keys=tuple(keys[issue])) for issue, one in decisions.items()}
    return Step(title, edits=tuple(edits), decisions=tuple(decisions.values()), notes=tuple(notes))


def require_editable(project: Project, key: int, issue: int | None) -> None:
    """Refuse whoever may not change this annotation now, before anything is changed. Raises Refused."""
    if project.tampered:
        raise Refused(project.tampered)
    actor, owner = actor_of(project), owner_of(project, key, issue)
    require_free(project, key, owner)
    rules.edited(FLAGGED if owner is None else project.standing(owner), actor)


def owner_of(project: Project, key: int, issue: int | None) -> int | None:
    """The issue that an edit of this annotation belongs to: the one in sight, the one it was changed
    under before, or a flagged one about it; None where there is none."""
    if issue is not None:
        row = project.issues.row_of(issue)
        about = {int(project.issues.annotation[row]), int(project.issues.other[row])} if row >= 0 else set()
        touched = any(touched == key for _, touched, _ in project.state.touches.get(issue, ()))
        is_new = key < 0 and key not in project.state.added
        if key in about or touched or is_new:
            return issue
    for earlier in reversed(project.state.issues_touching(key)):
        standing = project.state.standings.get(earlier)
        if standing is not None and standing.outcome != "merged":  # that goes on under another issue
            return earlier
    flagged = project.issues.rows_on(key)
    best = [row for row in flagged.tolist() if project.issues.status_of(row) == "flagged"]
    if not best:
        return None
    return int(project.issues.id[max(best, key=lambda row: float(project.issues.score[row]))])


def _own_missing(project: Project, issue: int | None, edit: Edit, *, least: float) -> int | None:
    """The issue in sight, when it is a missing label and the new annotation lies where it points."""
    if issue is None or edit.after is None:
        return None
    row = project.issues.row_of(issue)
    if row < 0:
        return None
    if project.issues.kind_of(row) != "missing" and int(project.issues.annotation[row]) != NO_KEY:
        return None  # it is about a label
    place = np.array(project.issues.bbox[row : row + 1])
    drawn_box = annotation_of(edit.after).bbox[None]
    return issue if iou(place, drawn_box)[0, 0] >= least else None


def _noted(project: Project, actor: Actor, edit: Edit, kind: str, *, issue: int) -> Note:
    record = edit.after or edit.before or b""
    about = project.read_annotation(edit.key, record)
    x, y, w, h = about.bbox.tolist()
    return Note(
        id=issue,
        kind=kind,
        image=about.image,
        annotation=edit.key,
        category=about.category,
        bbox=(x, y, w, h),
        sentence=f"Seen by {actor.name}: this label {_TOLD[kind]}.",
    )


def require_free(project: Project, key: int, issue: int | None) -> None:
    """Refuse an annotator's change of a label that another issue has in review or before the expert."""
    word = held(project, key, issue)
    if word:
        raise Refused(f"This label is {word} under another issue: wait until that is decided.")


def held(project: Project, key: int, issue: int | None) -> str:
    """Where another issue has this label, so that an annotator may not change it: "in review" or "with the
    expert"; else ""."""
    if actor_of(project).role != "annotator":
        return ""
    for other in project.state.issues_touching(key):
        status = project.standing(other).status
        if other != issue and status in HELD:
            return "in review" if status == "in_review" else "with the expert"
    return ""
