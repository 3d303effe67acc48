"""The keyboard: turns keys into actions whatever has the focus, and leaves text fields their letters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from labelmend_desktop.action_set import ActionSet
from labelmend_desktop.actions import ACTIONS, Action, action_for

_TEXT_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
_FIELDS_OWN = (
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
)
_QUEUES = ("fix", "review", "expert")
_SHOWN = {"Return": "Enter"}
_COPY = QKeySequence.StandardKey.Copy
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_unknown)


def name_of(event: QKeyEvent) -> str:
    """Qt's portable name of a key press; the keypad's keys are named like the others."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = event.key()
    if key in _MODIFIERS:
        return ""
    if key == Qt.Key.Key_Enter:
        key = Qt.Key.Key_Return
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Slash):
        # Where these stand, and whether Shift makes them, depends on the keyboard.
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(int(key) | modifiers.value).toString(QKeySequence.SequenceFormat.PortableText)


class Keyboard(QObject):
    """Watches the application's key events for ``window`` and runs the actions of the table.

    ``claimed`` tells of a key press whether a gesture under way needs it for itself.
    """

    def __init__(self, window: QWidget, actions: ActionSet, *, claimed: Callable[[QKeyEvent], bool]) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._claimed = claimed
        self._left_alone = False
        self._held: dict[int, str] = {}
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def stop(self) -> None:
        """Look at no more keys."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102
        if not isinstance(event, QKeyEvent):  # first: to ask each of all events for its type costs a frame
            if watched is self._window and event.type() == QEvent.Type.WindowDeactivate:
                self._let_go()
            return False
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride:
            self._left_alone = _something_is_open()
            if self._meant(watched, event) is not None:
                event.accept()
                return True
        elif kind == QEvent.Type.KeyPress:
            return self._pressed(watched, event)
        elif kind == QEvent.Type.KeyRelease:
            return self._released(event)
        return False

    def _meant(self, watched: QObject, event: QKeyEvent) -> tuple[Action, int] | None:
        """The action that this press means in the window, or None when the press belongs to somebody else."""
        key = self._key(watched, event)
        return action_for(key, self._actions.situation) if key else None

    def _key(self, watched: QObject, event: QKeyEvent) -> str:
        """The key that is pressed in the window, or "" when the press belongs to somebody else."""
        if not isinstance(watched, QWidget) or not self._is_ours(watched):
            return ""
        key = name_of(event)
        if not key or self._claimed(event) or _belongs_to_widget(self._focus(), key, event):
            return ""
        return key if _passes_pop_up(key) else ""

    def _focus(self) -> QWidget | None:
        """What has the focus; without a window manager no window is the active one, and the keys come yet."""
        return QApplication.focusWidget() or self._window.focusWidget()

    def _is_ours(self, widget: QWidget) -> bool:
        if _something_is_open():
            return False
        found: QWidget | None = widget
        while found is not None and found is not self._window:
            if isinstance(found, QDialog):
                return False  # open beside the work: its Esc and its arrows are its own
            found = found.parentWidget()
        return found is self._window

    def _pressed(self, watched: QObject, event: QKeyEvent) -> bool:
        if self._left_alone:
            return False  # a field did not want it: its parents get it; or an open list closed on it
        meant = self._meant(watched, event)
        if meant is None:
            self._left_alone = isinstance(watched, _TEXT_FIELDS)
            key = self._key(watched, event)
            if key and self._actions.situation.project and _judges(key):
                name = _SHOWN.get(key, key)
                self._actions.idle.emit(f"{name} does nothing in this queue: F1 shows all keys.")
            return False
        action, place = meant
        if action.hold:
            if not event.isAutoRepeat() and event.key() not in self._held:
                self._held[event.key()] = action.name
                self._actions.run(action.name, True)
            return True
        if event.isAutoRepeat() and action.context in (*_QUEUES, "rejecting"):
            return True  # a key that is leant on must not judge a hundred labels
        done = self._actions.run(action.name, *((place,) if action.keyed else ()))
        if done and action.name == "own_words" and isinstance(field := self._focus(), QLineEdit):
            field.insert(event.text().strip())  # the letter that began them
        return True

    def _released(self, event: QKeyEvent) -> bool:
        if event.key() not in self._held:
            return False
        if not event.isAutoRepeat():
            self._actions.run(self._held.pop(event.key()), False)
        return True

    def _let_go(self) -> None:
        for name in self._held.values():
            self._actions.run(name, False)
        self._held.clear()


def _judges(key: str) -> bool:
    """Whether a label is judged by this key in one of the queues: who presses it believes to have judged."""
    return any(key in action.keys for action in ACTIONS if action.context in _QUEUES)


def _something_is_open() -> bool:
    """Whether a menu, a list or a dialog is open, whose keys are its own."""
    pop_up = QApplication.activePopupWidget()
    if pop_up is not None and not pop_up.property("lets_through"):
        return True
    return QApplication.activeModalWidget() is not None


def _passes_pop_up(key: str) -> bool:
    """Whether an open pop-up has no use for a key: it ``lets_through`` those of certain actions."""
    pop_up = QApplication.activePopupWidget()
    names = () if pop_up is None else pop_up.property("lets_through") or ()
    return pop_up is None or any(key in action.keys for action in ACTIONS if action.name in names)


def _belongs_to_widget(focus: QWidget | None, key: str, event: QKeyEvent) -> bool:
    """Whether the widget with the focus needs the key: letters in a text field, Enter on a button."""
    if focus is None or not focus.isVisible():
        return False  # a pop-up that is gone may still hold the focus
    if isinstance(focus, _TEXT_FIELDS):
        if key in ("Esc",):
            return False
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not with_control and not key.startswith("F1"):
            return True
        return any(event.matches(standard) for standard in _FIELDS_OWN) or key.endswith(
            ("Left", "Right", "Up", "Down", "Home", "End", "Del", "Backspace")
        )
    if isinstance(focus, QMenuBar):
        marked = focus.activeAction() is not None  # until Esc; a menu that is left may keep the focus without
        return marked and "+" not in key
    if key in (focus.property("own_keys") or ()):
        return True
    if isinstance(focus, QLabel) and focus.hasSelectedText() and event.matches(_COPY):
        return True
    if isinstance(focus, QComboBox) and len(key) == 1:
        return True  # typing finds the entry
    if isinstance(focus, QAbstractSlider):
        return key in ("Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown")
    if isinstance(focus, QComboBox | QAbstractButton):
        return key in ("Return", "Space", "Tab", "Up", "Down")
    return False
