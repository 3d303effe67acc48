"""What several people made of one label, side by side for the expert, who takes one of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from labelmend.project.history import Version
from labelmend.project.project import Project
from labelmend.project.verbs import take_version
from labelmend_desktop import theme
from labelmend_desktop.session import Session


class Versions(QWidget):
    """One button a version; hidden where there are none to choose from."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.buttons: list[QPushButton] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.GRID // 2)

    def refresh(self) -> None:
        """Show the versions of the issue in sight."""
        project, issue = self._session.project, self._session.issue
        versions = project.state.versions.get(issue, ()) if project is not None and issue is not None else ()
        for button in self.buttons:
            self._layout.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for number, version in enumerate(versions if self._session.queue == "expert" else ()):
            assert project is not None
            button = QPushButton(f"Take {version.who}'s: {in_words(project, version)}")
            button.setObjectName(f"version_{number}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, number=number: self._take(number))
            self._layout.addWidget(button)
            self.buttons.append(button)
        self.setVisible(bool(self.buttons))

    def _take(self, number: int) -> None:
        issue = self._session.issue
        if issue is not None:
            self._session.take(lambda p: take_version(p, issue, number), issue)


def in_words(project: Project, version: Version) -> str:
    """What a version says of the label, in a few words."""
    told = []
    for key, record in version.records:
        if record is None:
            told.append("delete it")
            continue
        label = project.read_annotation(key, record)
        names = project.categories.name
        name = names[label.category] if 0 <= label.category < len(names) else "unknown class"
        x, y, w, h = label.bbox.tolist()
        told.append(f"{name} at {x:g}, {y:g}, {w:g} × {h:g} px")
    return "; ".join(told) or "as it is"
