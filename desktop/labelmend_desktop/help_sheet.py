"""The F1 sheet: every key and what it does, made from the table of actions."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from labelmend_desktop import theme
from labelmend_desktop.actions import ACTIONS, Action, keys_shown
from labelmend_desktop.on_screen import room_for

_SHARE = 0.85

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Going about",
        ("next_issue", "previous_issue", "fit_suspect", "fit_image", "zoom_in", "zoom_out", "find_text"),
    ),
    ("Annotator", ("accept", "dismiss", "ambiguous")),
    ("Reviewer", ("approve", "reject", "give_reason", "own_words")),
    (
        "Expert",
        (
            "fix_stands",
            "original_stands",
            "corrected",
            "take_suggestion",
            "send_back",
            "take_version",
            "add_to_instructions",
        ),
    ),
    (
        "Mending",
        (
            "edit",
            "nudge",
            "type_box",
            "choose_class",
            "likely_class",
            "delete",
            "undo",
            "redo",
            "comment",
        ),
    ),
    ("Instructions", ("instructions", "use_as_reference", "use_as_counter_example")),
    ("Several labels", ("select_all", "align", "hide_labels", "copy", "paste")),
    ("Drawing", ("draw_box", "draw_polygon", "draw_wire", "cycle", "escape")),
    ("Outlines", ("add_part", "cut_part", "join", "divide", "mend", "simplify", "smooth")),
    (
        "Fitting",
        (
            "fit_detection",
            "fit_side",
            "fit_extent",
            "fit_edges",
            "cut_out",
            "take_side",
            "gentler",
            "stronger",
        ),
    ),
    (
        "Masks",
        ("brush", "eraser", "larger", "smaller", "fill_holes", "drop_specks", "convert", "split_or_join"),
    ),
    (
        "Seeing",
        (
            "bare",
            "flip",
            "show_detections",
            "which_detections",
            "show_others",
            "show_classes",
            "show_names",
            "show_ties",
            "keep_zoom",
        ),
    ),
    ("The picture", ("show_levels", "invert_picture", "next_channel", "reset_levels")),
)


def sheet() -> list[tuple[str, list[Action]]]:
    """The actions that have keys, in the groups of the sheet; what no group names comes under "Program"."""
    by_name = {action.name: action for action in ACTIONS}
    named = {name for _, names in _GROUPS for name in names}
    groups = [(title, [by_name[name] for name in names]) for title, names in _GROUPS]
    rest = [action for action in ACTIONS if action.keys and action.name not in named]
    return [*groups, ("Program", rest)]


def as_html() -> str:
    """The sheet in two columns of tables."""
    colours = theme.tokens()
    groups = sheet()
    # Two columns of about the same height, whole groups each.
    lines = sum(len(actions) + 2 for _, actions in groups)
    left: list[str] = []
    right: list[str] = []
    height = 0
    for title, actions in groups:
        (left if height < lines / 2 - 2 else right).append(_table(title, actions, colours))
        height += len(actions) + 2
    return (
        "<table width='100%' cellspacing='0' cellpadding='0'><tr>"
        f"<td width='50%' valign='top'>{''.join(left)}</td><td width='24'></td>"
        f"<td width='50%' valign='top'>{''.join(right)}</td></tr></table>"
    )


def _table(title: str, actions: list[Action], colours: theme.Tokens) -> str:
    small = f"color:{colours.text_quiet}; font-size:{theme.SIZE_SMALL}px"
    keys = f"color:{colours.accent}; padding:3px 8px 3px 0"
    rows = "".join(
        f"<tr><td width='120' style='{keys}'>{escape(keys_shown(action))}</td>"
        f"<td style='padding:3px 0'><b>{escape(action.text.rstrip('…'))}</b><br>"
        f"<span style='{small}'>{escape(action.tip)}</span></td></tr>"
        for action in actions
    )
    return f"<h3>{escape(title)}</h3><table width='100%' cellspacing='0' cellpadding='0'>{rows}</table>"


class HelpSheet(QDialog):
    """Can stay open beside the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("help_sheet")
        self.setWindowTitle("Keys")
        self.resize(room_for(self, QSize(880, 720), share=_SHARE))
        self._text = QTextBrowser()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self._text)
        layout.addWidget(buttons)

    def come(self) -> None:
        """Show the sheet in the colours of now; when it is open already, bring it to the front."""
        if not self.isVisible():
            self._text.setHtml(as_html())
        self.show()
        self.raise_()
        self.activateWindow()
