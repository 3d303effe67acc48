"""The expert sees what two people made of a label, and takes one of the versions."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from builders.datasets import ANN, EXP, annotation, make_project
from labelmend.project import editing
from labelmend.project.merging import merge
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend.review.states import Actor


def test_an_expert_takes_one_of_two_versions(tmp_path, open_window):
    labels = [annotation(1, 1, [10, 20, 30, 40]), annotation(2, 1, [90, 20, 30, 40])]
    project = make_project(tmp_path, annotations=labels, images=1, find=False, detections_given=False)
    paths = []
    for name, actor, x in (("first", ANN, 12), ("second", Actor("Bea", "annotator"), 15)):
        paths.append(tmp_path / f"{name}.labelmend")
        share(project, paths[-1], [0])
        package = Project.open(paths[-1], actor=actor)
        package.apply(editing.set_box(package, 0, [x, 20, 30, 40]))
        package.close()
    for path in paths:
        merge(project, path)
    project.close()
    hands = open_window(project.path)
    hands.answers.given["who"] = EXP
    hands.click("person")
    hands.session.set_issue(next(iter(hands.session.project.state.versions)))
    first, second = hands.window.panel.versions.buttons
    assert first.text() == "Take Ann's: cat at 12, 20, 30 × 40 px"
    assert second.text() == "Take Bea's: cat at 15, 20, 30 × 40 px"
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    assert hands.session.project.annotation(0).bbox[0] == 15
    assert not hands.session.project.state.versions
    assert hands.window.panel.versions.isHidden()
