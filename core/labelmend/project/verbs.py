"""What a user does, as steps: each function looks at the project and returns the step to apply."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labelmend.coco.record import Shape, annotation_of, compose, patch, read_record
from labelmend.errors import Refused
from labelmend.geometry.boxes import iou
from labelmend.geometry.polygons import Parts, area, bounds
from labelmend.project.annotation import Annotation, Suggestion
from labelmend.project.edits import drawn, masked, reshaped, resized
from labelmend.project.history import NO_KEY, Decision, Draw, Edit, Note, Step
from labelmend.project.project import Project
from labelmend.project.suggesting import is_mended, suggestion
from labelmend.review import rules
from labelmend.review.rules import Outcome
from labelmend.review.sampling import draw
from labelmend.review.states import FLAGGED, Actor

_KEYS = ("id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd")
_TOLD = {
    "missing": "was missing",
    "spurious": "was deleted",
    "class": "had another class",
    "location": "was moved",
}


# -------------------------------------------------------------------- edits
def set_box(project: Project, key: int, bbox: ArrayLike, *, issue: int | None = None) -> Step:
    """Give an annotation another box (4,) xywh; its polygon follows. Raises Refused."""
    values = resized(_present(project, key), bbox)
    return _edited(project, "move the box", _patched(project, key, values), "location", issue)


def set_polygons(project: Project, key: int, parts: Parts, *, issue: int | None = None) -> Step:
    """Give an annotation other polygons; its box and area are computed from them. Raises Refused."""
    _present(project, key)
    return _edited(project, "reshape the polygon", _patched(project, key, reshaped(parts)), "location", issue)


def set_category(project: Project, key: int, category: int, *, issue: int | None = None) -> Step:
    """Give an annotation another class (a category row)."""
    _present(project, key)
    values = {"category_id": project.category_ids.id_of(category)}
    title = f"change the class to {project.categories.name[category]}"
    return _edited(project, title, _patched(project, key, values), "class", issue)


def delete(project: Project, key: int, *, issue: int | None = None) -> Step:
    """Delete an annotation."""
    before = project.record(key)
    if before is None:
        raise Refused("This label is deleted already.")
    return _edited(project, "delete the label", Edit(key, before, None), "spurious", issue)


def create(
    project: Project,
    image: int,
    category: int,
    *,
    bbox: ArrayLike | None = None,
    polygons: Parts | None = None,
    rle: dict[str, Any] | None = None,
    issue: int | None = None,
) -> Step:
    """Add an annotation to an image: a box (4,) xywh, polygons, or a mask with its box."""
    edit = _composed(project, image, category, bbox=bbox, polygons=polygons, rle=rle)
    title = f"add a {project.categories.name[category]}"
    return _edited(project, title, edit, "missing", _own_missing(project, issue, edit))


# -------------------------------------------------------------------- verdicts
def accept(project: Project, issue: int) -> Step:
    """Do what the finder suggests, or keep what was done under this issue already.

    Raises Refused when there is no suggestion.
    """
    row = _row(project, issue)
    if is_mended(project, issue):
        return _judge(project, issue, "fixed", "keep the fix")
    proposed = suggestion(project, row)
    if proposed is None:
        raise Refused("There is no suggestion to accept here: fix it by hand, or say that it is no error.")
    edits = [_suggested(project, row, proposed)]
    edits += [Edit(key, project.record(key), None) for key in proposed.drop]
    for other in proposed.also:
        edits.append(_added(project, row, other, beside=[e for e in edits if e.before is None]))
    for edit in edits:
        _require_free(project, edit.key, issue)
    return _judge(project, issue, "accepted", "accept the suggestion", edits=edits)


def dismiss(project: Project, issue: int, *, comment: str = "") -> Step:
    """Say that an issue is no error; what was changed under it goes back."""
    return _judge(
        project, issue, "dismissed", "not an error", edits=_restored(project, issue), comment=comment
    )


def ambiguous(project: Project, issue: int, *, comment: str = "") -> Step:
    """Say that one cannot tell: the expert decides. Raises Refused for the card of a cluster."""
    if project.issues.is_card(_row(project, issue)):
        raise Refused("A systematic error is accepted, or dismissed and its labels judged one by one.")
    return _judge(project, issue, "ambiguous", "cannot tell", comment=comment)


def approve(project: Project, issue: int, *, comment: str = "") -> Step:
    """A reviewer agrees with what the annotator did."""
    return _review(project, issue, approve=True, comment=comment)


def reject(project: Project, issue: int, *, reason: str) -> Step:
    """A reviewer disagrees, with a reason: the expert decides."""
    return _review(project, issue, approve=False, comment=reason)


def decide(project: Project, issue: int, outcome: Outcome, *, comment: str = "") -> Step:
    """An expert decides; "original stands" puts back what was before."""
    actor, stands = _actor(project), project.standing(issue)
    after = rules.decided(stands, actor, outcome, comment=comment)
    edits = _restored(project, issue) if outcome == "original stands" else ()
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    return Step(title=f"expert: {outcome}", edits=edits, decisions=(decision,))


def draw_sample(project: Project, *, rate: float, seed: int) -> Step:
    """Draw the review sample from everything fixed or dismissed since the last draw (applied as op "draw").

    Raises Refused when there is nothing to draw from, or an annotator draws.
    """
    if _actor(project).role == "annotator":
        raise Refused("A reviewer or an expert draws the sample, not an annotator.")
    table = project.issues  # a card is no label: what was fixed under it is drawn itself
    frame = sorted(
        issue
        for issue, standing in project.state.standings.items()
        if standing is not None and standing.status in ("fixed", "dismissed")
        if not table.is_card(table.row_of(issue))
    )
    if not frame:
        raise Refused("Nothing was fixed or dismissed since the last draw: there is nothing to review.")
    drawn_ids = draw(np.array(frame, np.int64), rate=rate, seed=seed).tolist()
    title = f"draw {len(drawn_ids):,} of {len(frame):,} for review ({rate:.0%}, seed {seed})"
    return Step(title=title, draw=Draw(rate, seed, tuple(frame), tuple(drawn_ids)))


def note_picture(project: Project, image: int, sentence: str) -> Step | None:
    """Note that a picture is missing or broken; None when that is noted already."""
    known = any(n.image == image and n.annotation == NO_KEY for n in project.state.notes.values())
    if known:
        return None
    note = Note(project.new_issue(), "structure", image, NO_KEY, -1, (np.nan,) * 4, sentence)
    return Step(title="note a picture", decisions=(Decision(note.id, None, FLAGGED),), notes=(note,))


# -------------------------------------------------------------------- how steps are made
def _actor(project: Project) -> Actor:
    if project.actor is None:
        raise Refused("Say who works first: File > Who is working.")
    return project.actor


def _row(project: Project, issue: int) -> int:
    row = project.issues.row_of(issue)
    if row < 0:
        raise Refused(f"There is no issue {issue}.")
    return row


def _present(project: Project, key: int) -> Annotation:
    annotation = project.annotation(key)
    if annotation is None:
        raise Refused("This label is deleted.")
    return annotation


def _patched(project: Project, key: int, values: dict[str, Any]) -> Edit:
    before = project.record(key)
    if before is None:
        raise Refused("This label is deleted.")
    had = _present(project, key)
    if had.area is None:
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


def _composed(
    project: Project,
    image: int,
    category: int,
    *,
    bbox: ArrayLike | None,
    polygons: Parts | None,
    rle: dict[str, Any] | None,
    beside: Sequence[Edit] = (),
) -> Edit:
    if not 0 <= image < project.n_images:
        raise Refused("There is no image in sight to draw on.")
    if not 0 <= category < len(project.categories.name):
        raise Refused("Choose a class first.")
    if rle is not None:
        bbox = masked(rle)["bbox"]
    values = drawn(bbox=bbox, polygons=polygons, rle=rle, outlined=project.styles.outlined)
    if rle is not None:
        values |= masked(rle)
    values |= {
        "id": project.fresh_id(_ids(beside)),
        "image_id": project.image_ids.id_of(image),
        "category_id": project.category_ids.id_of(category),
        "iscrowd": 0,
    }
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
    return [read_record(edit.after)["id"] for edit in added if edit.after is not None]


def _agreeing(written: Annotation | Shape) -> dict[str, Any]:
    """Box and area that agree with the geometry as it is written, rounded as the file rounds."""
    if written.rle is not None:
        return {}
    if written.polygons:
        values: dict[str, Any] = {"bbox": bounds(written.polygons).tolist(), "area": area(written.polygons)}
    else:
        values = {"area": float(written.bbox[2] * written.bbox[3])}
    return {name: value for name, value in values.items() if name != "area" or written.area is not None}


def _edited(project: Project, title: str, edit: Edit, kind: str, issue: int | None) -> Step:
    """A step of one edit by hand, under the issue it belongs to; a new one is noted where there is none."""
    if edit.before == edit.after:
        raise Refused("Nothing changed.")
    actor = _actor(project)
    if actor.role == "reviewer":
        raise Refused(
            "A reviewer approves or rejects; switch to annotator to change labels (File > Who is working)."
        )
    owner = _owner(project, edit.key, issue)
    _require_free(project, edit.key, owner)
    if owner is not None:
        after = rules.edited(project.standing(owner), actor)
        return Step(
            title, edits=(edit,), decisions=(Decision(owner, project.state.standings.get(owner), after),)
        )
    note = _noted(project, actor, edit, kind)
    after = rules.edited(FLAGGED, actor)
    return Step(title, edits=(edit,), decisions=(Decision(note.id, None, after),), notes=(note,))


def _owner(project: Project, key: int, issue: int | None) -> int | None:
    """The issue that an edit of this annotation belongs to: the one in sight, the one it was changed
    under before, or a flagged one about it."""
    if issue is not None:
        row = project.issues.row_of(issue)
        about = {int(project.issues.annotation[row]), int(project.issues.other[row])} if row >= 0 else set()
        touched = any(touched == key for _, touched, _ in project.state.touches.get(issue, ()))
        if key in about or touched or (key < 0 and key == project.new_key()):
            return issue
    for earlier in reversed(project.state.issues_touching(key)):
        if project.state.standings.get(earlier) is not None:
            return earlier
    flagged = project.issues.rows_on(key)
    best = [row for row in flagged.tolist() if project.issues.status_of(row) == "flagged"]
    if not best:
        return None
    return int(project.issues.id[max(best, key=lambda row: float(project.issues.score[row]))])


def _own_missing(project: Project, issue: int | None, edit: Edit) -> int | None:
    """The issue in sight, when it is a missing label and the new annotation lies where it points."""
    if issue is None or edit.after is None:
        return None
    row = project.issues.row_of(issue)
    if row < 0 or project.issues.kind_of(row) != "missing":
        return None
    place = np.array(project.issues.bbox[row : row + 1])
    drawn_box = annotation_of(edit.after).bbox[None]
    return issue if iou(place, drawn_box)[0, 0] >= 0.2 else None


def _noted(project: Project, actor: Actor, edit: Edit, kind: str) -> Note:
    record = edit.after or edit.before or b""
    about = project.read_annotation(edit.key, record)
    x, y, w, h = about.bbox.tolist()
    return Note(
        id=project.new_issue(),
        kind=kind,
        image=about.image,
        annotation=edit.key,
        category=about.category,
        bbox=(x, y, w, h),
        sentence=f"Seen by {actor.name}: this label {_TOLD[kind]}.",
    )


def _suggested(project: Project, row: int, proposed: Suggestion) -> Edit:
    key = int(project.issues.annotation[row])
    if proposed.fix == "create":
        return _added(project, row, proposed)
    if proposed.fix == "delete":
        before = project.record(key)
        if before is None:
            raise Refused("This label is deleted already.")
        return Edit(key, before, None)
    if proposed.fix == "category":
        return _patched(project, key, {"category_id": project.category_ids.id_of(proposed.category)})
    if proposed.rle is not None:
        return _patched(project, key, masked(proposed.rle))
    if proposed.traced and proposed.polygons:
        return _patched(project, key, reshaped(proposed.polygons))
    if proposed.bbox is None:
        raise Refused("This suggestion has no box.")
    return _patched(project, key, resized(_present(project, key), proposed.bbox))


def _added(project: Project, row: int, proposed: Suggestion, *, beside: Sequence[Edit] = ()) -> Edit:
    """A new label where an issue is; beside are the others that the same step adds."""
    return _composed(
        project,
        int(project.issues.image[row]),
        proposed.category,
        bbox=proposed.bbox,
        polygons=proposed.polygons,
        rle=proposed.rle,
        beside=beside,
    )


def _judge(
    project: Project, issue: int, verdict: Any, title: str, *, edits: Iterable[Edit] = (), comment: str = ""
) -> Step:
    _row(project, issue)
    after = rules.judged(project.standing(issue), _actor(project), verdict)
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    return Step(title=title, edits=tuple(edits), decisions=(decision,))


def _review(project: Project, issue: int, *, approve: bool, comment: str) -> Step:
    _row(project, issue)
    after = rules.reviewed(project.standing(issue), _actor(project), approve=approve, reason=comment)
    decision = Decision(issue, project.state.standings.get(issue), after, comment)
    return Step(title="approve" if approve else "reject", decisions=(decision,))


def _restored(project: Project, issue: int) -> tuple[Edit, ...]:
    """Edits that put back what was changed under this issue.

    Raises Refused when the same label was changed later under another issue: that would be lost.
    """
    before = project.state.before(issue)
    now = {key: project.record(key) for key in before}
    edits = tuple(Edit(key, now[key], value) for key, value in before.items() if now[key] != value)
    other = project.state.later_issue(issue) if edits else None
    if other is not None:
        kind = project.issues.kind_of(project.issues.row_of(other))
        raise Refused(
            f"This label was changed again under another issue ({kind}); putting it back would undo that. "
            "Correct it by hand, or undo the later change first."
        )
    return edits


def _require_free(project: Project, key: int, issue: int | None) -> None:
    """Refuse an annotator's change of a label that another issue has in review or before the expert."""
    if _actor(project).role != "annotator":
        return
    for other in project.state.issues_touching(key):
        standing = project.state.standings.get(other)
        if other != issue and standing is not None and standing.status in ("in_review", "rejected"):
            word = "in review" if standing.status == "in_review" else "with the expert"
            raise Refused(f"This label is {word} under another issue: wait until that is decided.")
