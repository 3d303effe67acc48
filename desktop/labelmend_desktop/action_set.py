"""The table of actions made live: one QAction each, switched on and off by the situation, run by its name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from labelmend.errors import LabelmendError
from labelmend_desktop import theme
from labelmend_desktop.actions import (
    ACTIONS,
    BY_NAME,
    Action,
    by_menu,
    is_enabled,
    keys_shown,
    unbroken,
    why_not,
)
from labelmend_desktop.tasks import OUR_FAULT
from labelmend_desktop.when import Situation, contexts

_log = logging.getLogger(__name__)
Verb = Callable[..., object]
_SWITCHES = [row for row in ACTIONS if row.flag]


class ActionSet(QObject):
    """Every action of the table. Keys are not bound here: ``keys.Keyboard`` reads the same table.

    ``begun`` tells the name of the action, ``idle`` why one that was asked for makes no sense now.
    """

    begun = Signal(str)
    failed = Signal(object)  # a LabelmendError, or a sentence
    idle = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.situation = Situation()
        self._verbs: dict[str, Verb] = {}
        self._shown: Situation | None = None
        self._states: dict[str, tuple[bool, bool, str]] = {}
        self._tool = ""
        self._actions: dict[str, QAction] = {}
        for row in ACTIONS:
            action = QAction(row.text, self)
            keys = keys_shown(row)
            # Behind the tab a menu shows the keys; bound here, Qt would take them out of text fields.
            action.setText(f"{row.text}\t{keys.split(' or ')[0]}" if keys else row.text)
            action.setToolTip(_tip(row))
            action.setStatusTip(row.tip)
            action.setCheckable(bool(row.flag or row.tool))
            action.triggered.connect(lambda _checked=False, name=row.name: self._trigger(name))
            self._actions[row.name] = action
        self.refresh_icons()

    def bind(self, verbs: Mapping[str, Verb]) -> None:
        """Give every action what it does."""
        self._verbs.update(verbs)

    def action(self, name: str) -> QAction:
        """The QAction called ``name``."""
        return self._actions[name]

    def _trigger(self, name: str) -> None:
        self.run(name)
        self._show_tool()  # Qt turns a switch at every click; a tool stays in hand

    def show_tool(self, name: str) -> None:
        """Show which tool is in hand, "" for none."""
        self._tool = name
        self._show_tool()

    def _show_tool(self) -> None:
        for row in ACTIONS:
            if row.tool:
                self._actions[row.name].setChecked(row.tool == self._tool)

    def run(self, name: str, *args: object) -> bool:
        """Do it if it makes sense now, and say whether; what goes wrong is told by ``failed``."""
        row = BY_NAME[name]
        if not is_enabled(row, self.situation):
            self.idle.emit(why_not(row, self.situation))
            return False
        self.begun.emit(name)
        if row.keyed and not args:
            args = (0,)
        try:
            self._verbs[name](*args)
        except LabelmendError as error:
            self.failed.emit(error)
        except Exception:
            _log.exception("%s failed", name)
            self.failed.emit(OUR_FAULT)
        return True

    def refresh(self, situation: Situation, *, flags: Mapping[str, bool]) -> None:
        """Switch the actions on and off after ``situation``, and the switches after ``flags``."""
        for row in _SWITCHES:
            self._actions[row.name].setChecked(flags.get(row.flag, False))
        if situation == self._shown:
            return
        self.situation = self._shown = situation
        here = contexts(situation)
        for row in ACTIONS:
            in_context, enabled = row.context in ("editing", *here), is_enabled(row, situation)
            state = in_context, enabled, "" if enabled else why_not(row, situation)
            if self._states.get(row.name) != state:
                self._states[row.name] = state
                self._show_state(row, *state)

    def _show_state(self, row: Action, in_context: bool, enabled: bool, why: str) -> None:
        action = self._actions[row.name]
        action.setEnabled(in_context and enabled)
        action.setToolTip(f"{row.tip}\n{unbroken(why)}" if why else _tip(row))
        if row.context in ("fix", "review", "expert"):
            action.setVisible(in_context)

    def refresh_icons(self) -> None:
        """Paint the icons in the colours of the theme that is shown now."""
        for row in ACTIONS:
            if row.icon:
                self._actions[row.name].setIcon(theme.icon(row.icon))

    def fill(self, menu: QMenu, name: str) -> None:
        """Put the actions of the menu called ``name`` into ``menu``."""
        menu.setToolTipsVisible(True)
        inner: dict[str, QMenu] = {}
        for row in by_menu(name):
            into = inner.get(row.submenu, menu)
            if row.starts_group:
                into.addSeparator()
            if row.submenu and into is menu:
                into = inner[row.submenu] = menu.addMenu(row.submenu)
            into.addAction(self._actions[row.name])

    def button(
        self, name: str, *, primary: bool = False, text: str = "", keys: bool = True, icon: bool = True
    ) -> QPushButton:
        """A button that does the action and carries its key."""
        row = BY_NAME[name]
        button = QPushButton(caption(row, text, keys=keys))
        button.setObjectName(name)
        button.setProperty("primary", primary)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        action = self._actions[name]

        def follow() -> None:
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.toolTip())
            colour = theme.tokens().on_accent if primary and action.isEnabled() else None
            if icon:
                button.setIcon(theme.icon(row.icon, colour))

        action.changed.connect(follow)
        button.clicked.connect(action.trigger)
        follow()
        return button

    def enable_with(self, name: str, *widgets: QWidget) -> None:
        """Let widgets that lead to an action be enabled as it is, and tell what it tells."""
        action = self._actions[name]

        def follow() -> None:
            for widget in widgets:
                widget.setEnabled(action.isEnabled())
                widget.setToolTip(action.toolTip())

        action.changed.connect(follow)
        follow()

    def tool(self, name: str) -> QToolButton:
        """A small button with the action's icon alone; what it does and its key are told by its tip."""
        button = QToolButton()
        button.setObjectName(name)
        button.setDefaultAction(self._actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setProperty("quiet", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _tip(row: Action) -> str:
    keys = keys_shown(row)
    return f"{row.tip}  ({keys})" if keys else row.tip


def caption(row: Action, text: str = "", *, keys: bool = True) -> str:
    """What a button of an action says: its text, or another one, and its first key."""
    name = text or row.text
    shown = keys_shown(row).split(" or ")[0]
    return f"{name}   {shown}" if keys and shown else name
