"""The one style sheet, written in the names of the theme's colours, which it takes from the palette."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

TICKED, TICKED_OFF = "#2f6fe0", "#6b7482"
"""What the white tick lies on in both themes, the second where it cannot be changed: one picture for good."""

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QDockWidget { font-size: 11px; color: $text_quiet; titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: $surface; padding: 6px 8px 4px 8px; text-align: left; }
QDockWidget::close-button, QDockWidget::float-button { border: none; padding: 0; width: 0; }
QMenuBar { background: $surface; border-bottom: 1px solid $line; }
QMenuBar::item { padding: 4px 8px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $line; padding: 4px 0; }
QMenu::item { padding: 6px 24px 6px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::icon:checked { background: $selected; border: 1px solid $accent; border-radius: 4px; }
QMenu::item:selected { background: $selected; color: $text; }
QMenu::item:disabled { color: $text_quiet; }
QMenu::separator { height: 1px; background: $line; margin: 4px 0; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton, QToolButton { background: $raised; border: 1px solid $line; border-radius: 4px;
  padding: 5px 10px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $selected; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $text_quiet; background: $surface; }
QPushButton[primary="true"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[primary="true"]:hover { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $surface; color: $text_quiet; border-color: $line; }
QPushButton[quiet="true"], QToolButton[quiet="true"] { background: transparent; border-color: transparent; }
QPushButton[quiet="true"]:hover, QToolButton[quiet="true"]:hover { background: $hover; }
QPushButton[quiet="true"]:focus, QToolButton[quiet="true"]:focus { border-color: $accent; }
QToolButton:checked, QToolButton[quiet="true"]:checked { background: $selected; border-color: $accent; }
QToolButton::menu-indicator { image: none; }

QFrame[room="strip"] QToolButton { padding: 5px 7px; }
QCheckBox::indicator, QListView::indicator { width: 14px; height: 14px; border-radius: 3px;
  border: 1px solid $text_quiet; background: $raised; }
QCheckBox::indicator:checked, QListView::indicator:checked { border-color: $ticked; background: $ticked;
  image: url("$drawings/tick.svg"); }
QListView::indicator { width: 12px; height: 12px; }
QCheckBox::indicator:checked:disabled { border-color: $ticked_off; background: $ticked_off; }
QRadioButton::indicator:unchecked { border: 1px solid $text_quiet; border-radius: 7px; background: $raised;
  width: 12px; height: 12px; }
QRadioButton::indicator:checked { border: 4px solid $accent; border-radius: 7px; background: $on_accent;
  width: 6px; height: 6px; }
QRadioButton::indicator:checked:disabled { border-color: $text_quiet; }
QFileDialog QToolButton { padding: 3px; }
QFileDialog { backward-icon: url("$drawings/back.svg"); forward-icon: url("$drawings/forward.svg");
  filedialog-parent-directory-icon: url("$drawings/up.svg"); }
QToolButton[picture="true"] { padding: 1px; }
QToolButton[small="true"] { padding: 1px 6px; }
QToolButton[heading="true"] { padding: 5px 6px 5px 0; }
QPushButton[half="true"] { padding: 5px 2px; }
QPushButton[left="true"] { text-align: left; }

QPushButton[tab="true"] { background: transparent; border: none; border-bottom: 2px solid transparent;
  border-radius: 0; padding: 8px 12px; color: $text_quiet; }
QPushButton[tab="true"]:hover { color: $text; }
QPushButton[tab="true"]:focus { background: $hover; }
QPushButton[tab="true"]:checked { color: $text; border-bottom-color: $accent; }

QLineEdit, QPlainTextEdit, QTextEdit {
  background: $raised; border: 1px solid $line; border-radius: 4px; padding: 4px 6px;
  selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent; }
QTextBrowser[flat="true"] { background: transparent; border: none; padding: 0; }
QLineEdit[flat="true"] { background: transparent; border-color: transparent; padding: 0 2px; }
QLineEdit[flat="true"]:hover { border-color: $line; }
QLineEdit[flat="true"]:focus { background: $raised; border-color: $accent; }
QAbstractSpinBox { min-height: 24px; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; }

QAbstractItemView { background: $raised; border: 1px solid $line;
  selection-background-color: $selected;
  selection-color: $text; outline: none; }

QAbstractItemView { background: $raised; border: none; outline: none; }
QScrollArea { border: none; background: transparent; }
QScrollArea[room="told"] { border: 1px solid $line; border-radius: 4px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 1px; }
QScrollBar::handle:hover { background: $text_quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $hover; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QFrame[room="raised"] { background: $raised; }
QFrame[room="header"] { background: $surface; border-bottom: 1px solid $line; }
QFrame[room="status"] { background: $surface; border-top: 1px solid $line; }
QFrame[room="card"] { background: $raised; border: 1px solid $line; border-radius: 6px; }
QFrame[room="chip"] { background: $selected; border: 1px solid $accent; border-radius: 4px; }
QFrame[room="drop"] { background: transparent; border: 1px dashed $line; border-radius: 6px; }
QFrame[room="drop"][over="true"] { border-color: $accent; background: $selected; }
QFrame[room="rule"] { background: $line; max-height: 1px; min-height: 1px; border: none; }
QFrame[bar="danger"] { background: $raised; border: none;
  border-left: 4px solid $danger; border-bottom: 1px solid $line; }
QFrame[bar="work"] { background: $raised; border: none;
  border-left: 4px solid $accent; border-top: 1px solid $line; border-bottom: 1px solid $line; }
QLabel[tone="quiet"] { color: $text_quiet; }
QLabel[tone="danger"] { color: $danger; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="warn"] { color: $warn; }
QLabel[tone="accent"] { color: $accent; }
""")


def style_sheet(roles: Mapping[str, str], *, drawings: str) -> str:
    """The style sheet; ``roles`` says by which name Qt's palette knows each colour of the theme, and
    ``drawings`` is the folder of the pictures that it names."""
    colours = {name: f"palette({role})" for name, role in roles.items()}
    return _SHEET.substitute(colours, ticked=TICKED, ticked_off=TICKED_OFF, drawings=drawings)
