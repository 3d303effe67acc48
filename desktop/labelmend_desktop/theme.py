"""The look: one table of colours for light and dark, which are Qt's palette; the style sheet reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Literal

import qtawesome
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from labelmend_desktop.redressing import redress
from labelmend_desktop.style_sheet import style_sheet
from labelmend_resources import drawings

Choice = Literal["system", "light", "dark"]
CHOICES: tuple[Choice, ...] = ("system", "light", "dark")

GRID = 8
SIZE_TEXT = 13
SIZE_SMALL = 11
SIZE_HEADING = 16


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme, each as ``#rrggbb``.

    ``text``, ``text_quiet``, ``accent``, ``danger``, ``ok`` and ``warn`` are readable (4.5:1) on
    ``surface``, ``raised``, ``hover`` and ``selected``; ``on_accent`` is readable on ``accent``.
    ``ground`` is what lies behind a picture.
    """

    surface: str
    raised: str
    line: str
    text: str
    text_quiet: str
    accent: str
    on_accent: str
    danger: str
    ok: str
    warn: str
    hover: str
    selected: str
    ground: str


LIGHT = Tokens(
    surface="#f3f4f6",
    raised="#ffffff",
    line="#d3d7de",
    text="#1a1e26",
    text_quiet="#565f6d",
    accent="#1d5bd1",
    on_accent="#ffffff",
    danger="#b3261e",
    ok="#17693a",
    warn="#805300",
    hover="#e8ebf0",
    selected="#dce7fb",
    ground="#c9cdd4",
)

DARK = Tokens(
    surface="#1b1d22",
    raised="#25282f",
    line="#3a3f49",
    text="#e8eaee",
    text_quiet="#a3abb8",
    accent="#78adff",
    on_accent="#0d1a30",
    danger="#ff8d85",
    ok="#72cf97",
    warn="#efbf55",
    hover="#2f333c",
    selected="#2a3d5f",
    ground="#101115",
)

_Role = QPalette.ColorRole
_ROLES = {
    _Role.Window: "surface",
    _Role.WindowText: "text",
    _Role.Base: "raised",
    _Role.Text: "text",
    _Role.Button: "raised",
    _Role.ButtonText: "text",
    _Role.ToolTipBase: "raised",
    _Role.PlaceholderText: "text_quiet",
    _Role.Highlight: "accent",
    _Role.Accent: "accent",
    _Role.HighlightedText: "on_accent",
    _Role.Link: "accent",
    _Role.BrightText: "danger",
    _Role.Light: "raised",
    _Role.Midlight: "hover",
    _Role.Mid: "line",
    _Role.Dark: "line",
    _Role.Shadow: "ground",
    # Three that the style sheet takes from roles which Qt paints nothing of ours in.
    _Role.AlternateBase: "selected",
    _Role.LinkVisited: "ok",
    _Role.ToolTipText: "warn",
}
_IN_SHEET = {
    "surface": "window",
    "raised": "base",
    "line": "mid",
    "text": "text",
    "text_quiet": "placeholder-text",
    "accent": "highlight",
    "on_accent": "highlighted-text",
    "danger": "bright-text",
    "ok": "link-visited",
    "warn": "tooltip-text",
    "hover": "midlight",
    "selected": "alternate-base",
    "ground": "shadow",
}

_current: Tokens = LIGHT


def tokens() -> Tokens:
    """The colours of the theme that is shown now."""
    return _current


def is_dark() -> bool:
    """Whether the theme that is shown now is the dark one."""
    return _current is DARK


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def apply(choice: Choice = "system") -> Tokens:
    """Dress the whole application; ``LABELMEND_THEME`` in the environment wins over ``choice``."""
    global _current
    fixed = os.environ.get("LABELMEND_THEME", choice)
    if fixed not in ("light", "dark"):
        scheme = QGuiApplication.styleHints().colorScheme()
        fixed = "dark" if scheme == Qt.ColorScheme.Dark else "light"
    _current = DARK if fixed == "dark" else LIGHT
    _icon.cache_clear()
    app = QApplication.instance()
    if isinstance(app, QApplication):
        if not app.styleSheet():
            app.setStyle("Fusion")
            app.setFont(font())
            app.setStyleSheet(style_sheet(_IN_SHEET, drawings=drawings()))
        app.setPalette(_palette(_current))
        redress(app)
    return _current


def font(size: int = SIZE_TEXT, *, bold: bool = False, tabular: bool = False) -> QFont:
    """The program's font in ``size`` pixels at 100 %; ``tabular`` gives every figure the same width."""
    result = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    result.setPixelSize(size)
    result.setBold(bold)
    if tabular:
        result.setFeature(QFont.Tag("tnum"), 1)
    return result


def icon(name: str, colour: str | None = None) -> QIcon:
    """A QtAwesome icon in the theme's text colour, or in ``colour``."""
    return _icon(name, colour or _current.text, _current.text_quiet)


def swatch(colour: QColor, side: int) -> QIcon:
    """A square of a class's colour, the same in the marked line: Qt tints what it has no own picture for."""
    square, found = QPixmap(side, side), QIcon()
    square.fill(colour)
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        found.addPixmap(square, mode)
    return found


@cache
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    found: QIcon = qtawesome.icon(name, color=colour, color_disabled=disabled)
    return found


def _luminance(colour: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    parsed = QColor(colour)
    return 0.2126 * linear(parsed.redF()) + 0.7152 * linear(parsed.greenF()) + 0.0722 * linear(parsed.blueF())


def _palette(theme: Tokens) -> QPalette:
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(getattr(theme, name)))
    for role in (_Role.Text, _Role.WindowText, _Role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text_quiet))
    return palette
