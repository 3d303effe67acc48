"""The review panel: what is wrong, what would mend it, the verdicts, the class, and what happened before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from labelmend.project.annotation import Annotation
from labelmend.project.clusters import about, example
from labelmend.project.finding import has_looked
from labelmend.project.in_words import (
    case_in_words,
    changes_in_words,
    since_in_words,
    standing_in_words,
)
from labelmend.project.project import Project
from labelmend.project.suggesting import suggestion
from labelmend.words import counted
from labelmend_desktop import theme
from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.actions import unbroken
from labelmend_desktop.elided import WrappedLabel
from labelmend_desktop.reference_images import ReferenceImages
from labelmend_desktop.review.class_choice import ClassChoice
from labelmend_desktop.review.class_instructions import InstructionsView, classes_at_hand
from labelmend_desktop.review.comment import CommentField, Glance
from labelmend_desktop.review.examples import Examples
from labelmend_desktop.review.in_words import notes, suggestion_in_words
from labelmend_desktop.review.opinions import as_case, sent_back, words_alone
from labelmend_desktop.review.section import Section
from labelmend_desktop.review.story import as_html
from labelmend_desktop.review.verdicts import Verdicts
from labelmend_desktop.session import Session
from labelmend_desktop.words import (
    NOTHING_WRONG,
    PLACE,
    issue_icon,
    issue_word,
    score_word,
    with_units,
    without_class,
)

_SMALL_HEIGHT, _LEAST_HEIGHT = 640, 400
"""Below these heights the history folds, and the instructions."""
_NARROW = 264
"""Below this width no two buttons stand side by side."""
_NOTHING = (
    ("No issues yet", "Find them with File\u00a0›\u00a0Find\u00a0errors."),
    ("Nothing to do here", "Choose another queue above."),
    ("Nothing to do here", "Choose another queue above, or clear the filter."),
    ("No issue chosen", "Choose one on the left."),
    ("No issues", NOTHING_WRONG),
)


class ReviewPanel(QScrollArea):
    """Shows the session's current issue. Emits ``comment_given(text)``."""

    comment_given = Signal(str)

    def __init__(
        self,
        session: Session,
        actions: ActionSet,
        *,
        images: ReferenceImages,
        colour_of: Callable[[int], QColor],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._actions = actions
        self._images = images
        self._colour_of = colour_of
        self._glance = Glance(self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._make()
        self._lay_out()
        session.project_changed.connect(self.refresh)
        session.issue_changed.connect(self._arrived)
        session.closing.connect(self._closing)
        session.selection_changed.connect(self.refresh)
        session.mode_changed.connect(self.refresh)
        session.changed.connect(lambda _changes: self._follow())
        session.asking.changed.connect(self._show_reasons)
        self.refresh()

    # ---------------------------------------------------------------- parts
    def _make(self) -> None:
        self._icon = QLabel()
        self.heading = QLabel()
        self.heading.setFont(theme.font(theme.SIZE_HEADING, bold=True))
        self.what = WrappedLabel()
        self.state = self._quiet()
        self.opinions = WrappedLabel()
        self.opinions.setTextFormat(Qt.TextFormat.RichText)
        self.told = WrappedLabel()
        self.told.setObjectName("sent_back")
        self.told.setTextFormat(Qt.TextFormat.RichText)
        self.told.setProperty("bar", "work")
        self.told.setMargin(theme.GRID)
        self.case = self._quiet()
        self.sentence = WrappedLabel()
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.since = WrappedLabel()
        self.since.setProperty("tone", "warn")
        self.fix = WrappedLabel()
        self.fix.setProperty("tone", "accent")
        self.note = self._quiet()
        self.examples = Examples(self._session)
        self.examples.chosen.connect(self._session.set_issue)
        self.verdicts = Verdicts(self._session, self._actions)
        self.class_choice = ClassChoice(self._session, self._actions, colour_of=self._colour_of)
        self.comment = CommentField(self)
        self.comment.textChanged.connect(self._session.asking.write)
        self.comment.returnPressed.connect(lambda: self.comment_given.emit(self.comment.text()))
        self.instructions = InstructionsView(self._images, self._actions, colour_of=self._colour_of)
        self.story = WrappedLabel()
        self.story.setTextFormat(Qt.TextFormat.RichText)
        self.story.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.story.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _quiet(self) -> QLabel:
        label = WrappedLabel()
        label.setFont(theme.font(theme.SIZE_SMALL))
        label.setProperty("tone", "quiet")
        return label

    def _lay_out(self) -> None:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(2 * theme.GRID, 2 * theme.GRID, 2 * theme.GRID, 2 * theme.GRID)
        layout.setSpacing(theme.GRID)
        top = QHBoxLayout()
        top.addWidget(self._icon)
        top.addWidget(self.heading, 1)
        layout.addWidget(self.told)
        layout.addLayout(top)
        for label in (self.what, self.state, self.sentence, self.since, self.fix, self.note):
            layout.addWidget(label)
        layout.addWidget(self.examples)
        layout.addSpacing(theme.GRID // 2)
        layout.addWidget(self.verdicts)
        layout.addWidget(self.comment)
        layout.addWidget(self.opinions)
        layout.addWidget(self.case)
        layout.addSpacing(theme.GRID // 2)
        layout.addWidget(self.class_choice)
        self.how = Section("Instructions", self.instructions)
        self.history = Section("History", self.story)
        layout.addWidget(self.how)
        layout.addWidget(self.history)
        layout.addStretch(1)
        self._inside = inside
        self.setWidget(inside)

    # ---------------------------------------------------------------- showing
    def _arrived(self) -> None:
        self.comment.come_to(self._session.project, self._session.issue)
        self.refresh()

    def _closing(self) -> None:
        if self._session.project is not None:
            self.comment.put_away(self._session.project)

    def _follow(self) -> None:
        if self._session.project is not None:
            self.comment.follow(self._session.project)
        self.refresh()

    def _show_reasons(self) -> None:
        """Bring the reasons of a rejection into sight, and where one's own are written; then go back."""
        if self.verdicts.reasons.isVisible():
            self._glance.at(self.comment, self.verdicts.reasons)
        else:
            self._glance.back()

    def refresh(self) -> None:
        """Show what holds now of the current issue, or of the selected label when there is none."""
        project, issue = self._session.project, self._session.issue
        self.class_choice.know(project)
        row = project.issues.row_of(issue) if project is not None and issue is not None else -1
        annotation = self.annotation()
        self.verdicts.refresh()
        self._inside.setVisible(project is not None)
        for widget in (self.sentence, self.state, self.opinions, self.verdicts, self.comment, self.history):
            widget.setVisible(row >= 0)
        if project is None:
            return
        if row >= 0:
            self._show_issue(project, row, annotation)
        else:
            self._show_no_issue(project, annotation)
        several = len(self._session.selection.several)
        suggested = self._session.suggestion() if row >= 0 and not several else None
        self.class_choice.show_class(project, annotation, suggested)
        self._show_instructions(project, row, annotation)

    def _show_issue(self, project: Project, row: int, annotation: Annotation | None) -> None:
        table = project.issues
        icon = theme.icon(issue_icon(table, row))
        self._icon.show()
        self._icon.setPixmap(icon.pixmap(20, 20))
        self.heading.setText(issue_word(table, row))
        about = without_class(table, row) or self._name(project, int(table.category[row]))
        if table.is_card(row):
            about = f"{len(table.members(row)):,} labels"
        self.what.setText(f"{about} · score {table.score[row]:.2f}" if score_word(table, row) else about)
        self.examples.show_cluster(project, row)
        self.sentence.setText(with_units(table.sentence(row)))
        status = int(table.status[row])
        issue = int(table.id[row])
        since = since_in_words(project, row) if status == 0 else ""
        _say(self.since, since)
        words = standing_in_words(project.standing(issue))
        self.state.setText(words)
        self.state.setVisible(bool(words))
        suggested = suggestion(project, row) if status == 0 else None
        own = self._own_annotation(project)
        words, name = "" if suggested is not None else changes_in_words(project, issue), "Changed"
        if not words and (left := suggested or suggestion(project, row)) is not None:
            # Not the label at hand: that may be another one, or one just drawn.
            words = suggestion_in_words(left, own, categories=project.categories.name)
            words = f"{words[0].lower()}{words[1:]}" + (
                "" if suggested is None else self._of_example(project, row)
            )
            name = "Not taken" if suggested is None else "Suggested"
        self.fix.setText(with_units(f"{name}: {words}."))
        self.fix.setVisible(bool(words))
        of_it = suggested if own and annotation and own.key == annotation.key else None
        _say(self.note, notes(annotation, suggested=of_it, editing=self._session.editing))
        self._show_case(project, row)

    def _show_case(self, project: Project, row: int) -> None:
        """Who said what; for who decides, with the label as it was and as it is."""
        standing = project.standing(int(project.issues.id[row]))
        story = project.story(int(project.issues.id[row]))
        decides = self._session.queue == "expert"
        told = sent_back(standing, story)
        _say(self.told, told)
        self.state.setVisible(bool(self.state.text()) and not told and not decides)
        others = [entry for entry in story if not told or entry.role != "expert"]
        _say(self.opinions, as_case(story) if decides else words_alone(others))
        _say(self.case, with_units("\n".join(case_in_words(project, row))) if decides else "")
        self.story.setText(as_html(story))

    def _of_example(self, project: Project, row: int) -> str:
        """What that would do to the label in sight, of a card; empty for any other issue."""
        shown = example(project, row)
        suggested = suggestion(project, shown) if shown != row else None
        if suggested is None:
            return ""
        own = project.annotation(int(project.issues.annotation[shown]))
        words = suggestion_in_words(suggested, own, categories=project.categories.name)
        return f"; this one: {words[0].lower()}{words[1:]}"

    def _show_no_issue(self, project: Project, annotation: Annotation | None) -> None:
        self._icon.hide()
        self.examples.hide()
        self.told.hide()
        self.case.hide()
        self.since.hide()
        self.fix.hide()
        several = len(self._session.selection.several)
        alone = None if several else annotation
        _say(self.note, notes(alone, suggested=None, editing=self._session.editing))
        if several:
            self.heading.setText(counted(several))
            self.what.setText("Selected together")
        elif annotation is not None:
            self.heading.setText("Label")
            self.what.setText(self._name(project, annotation.category))
        else:
            listed, waiting = len(self._session.order), len(self._session.waiting_rows())
            empty = 3 if listed else 2 if waiting else 1
            if not len(project.issues):
                empty = 4 if has_looked(project) else 0
            heading, what = self._session.sitting.end or _NOTHING[empty]
            self.heading.setText(heading)
            self.what.setText(unbroken(what))

    def _show_instructions(self, project: Project, row: int, annotation: Annotation | None) -> None:
        categories = classes_at_hand(project, row, annotation)
        if not categories and row >= 0 and without_class(project.issues, row) == PLACE:
            categories = self.class_choice.likely_at(project.issues.bbox[row])[:2]
        self.how.setVisible(bool(categories))
        if categories:
            self.instructions.show_classes(project, categories)

    def _name(self, project: Project, category: int) -> str:
        names = project.categories.name
        return names[category] if 0 <= category < len(names) else "unknown class"

    # ---------------------------------------------------------------- what the verbs ask
    def annotation(self) -> Annotation | None:
        """The label at hand: the selected one, else the current issue's."""
        project = self._session.project
        if project is None or self._session.selection.several:
            return None
        if self._session.selected is not None:
            return project.annotation(self._session.selected)
        return self._own_annotation(project)

    def _own_annotation(self, project: Project) -> Annotation | None:
        """The label that the current issue is about; of a label that was missing, the one made for it."""
        issue = self._session.issue
        row = project.issues.row_of(issue) if issue is not None else -1
        key = about(project, row) if row >= 0 else None
        return None if key is None else project.annotation(key)

    def take_comment(self) -> str:
        """The comment that was typed; the field is empty afterwards."""
        text = self.comment.text().strip()
        self.comment.clear()
        return text

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self.verdicts.place(columns=1 if event.size().width() < _NARROW else 2)
        self.history.fold(event.size().height() < _SMALL_HEIGHT)
        self.how.fold(event.size().height() < _LEAST_HEIGHT)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "class_choice"):
            self.refresh()


def _say(label: QLabel, words: str) -> None:
    """Show the words; no label where there are none."""
    label.setText(words)
    label.setVisible(bool(words))
