"""What keys do to fit the label in hand: to a detection, its mask, the picture; each is a proposal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from labelmend.errors import Refused
from labelmend.fit.cut import AROUND, CORE, LONGEST, cut_out
from labelmend.fit.detections import fitting, ranked
from labelmend.fit.sides import SIDES, nearest_side, with_side
from labelmend.geometry.polygons import Parts, bounds
from labelmend.progress import Progress
from labelmend_desktop.canvas import fits
from labelmend_desktop.canvas.close_up import close_up
from labelmend_desktop.canvas.fits import Box, Seen
from labelmend_desktop.canvas.proposal import Proposal
from labelmend_desktop.canvas.taking import no_label
from labelmend_desktop.decoding import Loaded
from labelmend_desktop.tasks import Tasks

if TYPE_CHECKING:
    from labelmend.project.annotation import Annotation
    from labelmend_desktop.canvas.canvas import Canvas

_CORES = (0.9, 0.75, CORE, 0.45, 0.3)
"""Shares of a box that a cut keeps whatever the colours say: the gentlest cut first."""


class FitVerbs(QObject):
    """Nothing here knows a key or a menu; nothing moves until a proposal is taken."""

    def __init__(self, canvas: Canvas, tasks: Tasks) -> None:
        super().__init__(canvas)
        self._canvas, self._session, self._tasks = canvas, canvas.session, tasks

    def table(self) -> dict[str, Callable[..., object]]:
        """Verbs by the names of their actions."""
        return {
            "fit_detection": self.fit_detection,
            "fit_side": self.fit_side,
            "fit_extent": self.fit_extent,
            "fit_edges": self.fit_edges,
            "cut_out": self.cut_out,
            "take_side": self.take_side,
            "draw_wire": lambda: self._canvas.take_tool("wire"),
        }

    def fit_detection(self) -> None:
        """All sides, or the whole outline, as the detection has it that fits best."""
        label = self._label()
        self._show_one_of(
            self._near(label),
            lambda found, adjusted: fits.at_detection(label, found, adjusted=adjusted),
            same="This label lies where the detection is: nothing to change.",
        )

    def fit_side(self) -> None:
        """The side nearest to the cursor as the detection has it that fits best."""
        label = self._label()
        now = self._proposed(label)
        side = self._side(now)

        def made(found: Seen, adjusted: fits.Adjust | None) -> Proposal | None:
            title = f"snap the {SIDES[side]} side to the detection"
            box = with_side(now, side, found.box)
            return fits.boxed(label, box, title=title, of=f"As {found.name}", adjusted=adjusted)

        self._show_one_of(
            self._near(label), made, same=f"The {SIDES[side]} side lies where the detection has it."
        )

    def fit_extent(self) -> None:
        """The box as the label's own outline or mask has it."""
        label = self._label()
        near = [found for found in self._near(label) if found.mask] if fits.is_box(label) else []
        self._show(fits.tight(label, near[0] if near else None))

    def fit_edges(self) -> None:
        """The sides of a box on the picture's edges near them."""
        self._show(fits.at_edges(self._label(), self._picture()))

    def take_side(self) -> None:
        """The side of the suggestion nearest to the cursor; the others stay."""
        label, focus = self._label(), self._canvas.contents.focus
        suggestion = self._session.suggestion()
        if focus is None or focus.key != label.key or suggestion is None or suggestion.bbox is None:
            raise Refused("Nothing is suggested for the sides of this label: there is no side to take.")
        now, title = self._proposed(label), "take one side of the suggestion"
        side = self._side(now)
        box = with_side(now, side, suggestion.bbox)
        proposal = fits.boxed(label, box, title=title, of="As suggested")
        if proposal is None:
            raise Refused(f"The {SIDES[side]} side lies where the suggestion has it: nothing to change.")
        self._show(proposal)

    # ---- cutting out, which takes its time

    def cut_out(self) -> None:
        """What the box holds, cut out by its colours."""
        label = self._label()
        if self._tasks.busy:
            raise Refused("Something else is under way: cut this out when that is done.")
        self._cut(label, _CORES.index(CORE))

    def _cut(self, label: Annotation, place: int) -> None:
        loaded, box = self._picture(), fits.extent(label)
        self._tasks.run(
            _cut_out,
            loaded,
            box,
            _CORES[place],
            title="Cut out of the picture",
            on_done=partial(self._have_cut, label, place, self._canvas.proposals.moment),
        )

    def _have_cut(self, label: Annotation, place: int, asked: int, parts: Parts) -> None:
        here = self._canvas.contents.scene.annotation(self._session.selected)
        if here is label and self._canvas.proposals.moment == asked:  # else the user has gone on meanwhile
            self._show(fits.outlined(label, parts, adjusted=partial(self._cut_again, label, place)))

    def _cut_again(self, label: Annotation, place: int, by: int) -> None:
        if 0 <= place + by < len(_CORES) and not self._tasks.busy:
            self._cut(label, place + by)

    # ---- what the verbs look at

    def _label(self) -> Annotation:
        """The selected label, else the suspect, which is selected then."""
        session, contents = self._session, self._canvas.contents
        if session.selection.several:
            raise Refused(
                "Several labels are selected: align them (Ctrl+D), or select the one that shall be fitted."
            )
        key = session.selected
        if key is None and contents.focus is not None:
            key = contents.focus.key
        label = contents.scene.annotation(key)
        if label is None:
            raise no_label(self._canvas, "There is no label to fit here: select one first (click, or Tab).")
        if label.rle is None and not np.isfinite(fits.extent(label)).all():
            raise Refused("This label has no box that could be fitted: draw it anew.")
        if session.selected is None:
            session.select(key)
        return label

    def _picture(self) -> Loaded:
        if self._canvas.loaded is None:
            raise Refused("The picture is not there: nothing can be fitted to it.")
        return self._canvas.loaded

    def _near(self, label: Annotation) -> list[Seen]:
        """The detections that fit a label, the best first."""
        session, detections = self._session, self._session.detections()
        box = fits.extent(label)
        if session.project is None or detections is None or not np.isfinite(box).all():
            return []
        fit = fitting(
            box[None],
            np.array([label.category]),
            detected=detections.bbox,
            seen=detections.category,
            score=detections.score,
        )
        size = session.project.declared_size(self._canvas.contents.image)
        names = session.project.categories.name
        return [fits.seen(detections, row, names=names, size=size) for row in ranked(fit[0]).tolist()]

    def _proposed(self, label: Annotation) -> Box:
        """The label's box with what is proposed already: side after side may be taken."""
        current = self._canvas.proposals.current
        if current is not None and current.key == label.key:
            return bounds(current.outline)
        return fits.extent(label)

    def _side(self, box: Box) -> int:
        at = self._canvas.pointing.last
        if at is None:
            raise Refused("Point at a side first: the one nearest to the cursor is taken.")
        return nearest_side(box, self._canvas.view.to_picture(at))

    # ---- showing

    def _show(self, proposal: Proposal) -> None:
        self._canvas.proposals.show(proposal)

    def _show_one_of(
        self, near: list[Seen], made: Callable[[Seen, fits.Adjust | None], Proposal | None], *, same: str
    ) -> None:
        """Show what the best of the detections proposes; stronger and gentler go from one to the next."""
        if not near:
            raise Refused("No detection lies near this label: there is nothing to snap to.")

        def at(place: int, by: int) -> Proposal | None:
            while 0 <= place < len(near):
                adjusted = partial(_next_of, at, place) if len(near) > 1 else None
                proposal = made(near[place], adjusted)
                if proposal is not None:
                    return replace(proposal, ways="another detection")
                place += by
            return None

        proposal = at(0, 1)
        if proposal is None:
            raise Refused(same)
        self._show(proposal)


def _next_of(at: Callable[[int, int], Proposal | None], place: int, by: int) -> Proposal | None:
    return at(place + by, by)


def _cut_out(loaded: Loaded, box: Box, core: float, *, progress: Progress) -> Parts:
    """The outlines in picture pixels of what a box holds."""
    progress(0, 1)
    close = close_up(loaded, box, longest=4.0 * LONGEST, around=AROUND)
    return tuple(close.points_back(part) for part in cut_out(close.pixels, close.into(box), core=core))
