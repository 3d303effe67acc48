"""Finding again makes use of the verdicts: scores of what is left follow them, what was judged stays."""

import numpy as np
import pytest

from builders.datasets import grid, make_project
from labelmend.cli import main
from labelmend.find.issues import CLASS
from labelmend.find.run import run_find
from labelmend.project import verbs
from labelmend.project.decided import decided, verdicts_on
from labelmend.project.finding import find_inputs, store_found


@pytest.fixture
def project(tmp_path):
    """Many labels of another class than the model sees."""
    annotations, detections = grid(40)
    for number in range(0, 240, 10):
        annotations[number]["category_id"] = 1 + annotations[number]["category_id"] % 3
    made = make_project(tmp_path, annotations=annotations, detections=detections, images=40)
    yield made
    made.close()


def open_rows(project):
    """Issues of kind class that nobody judged, worst first: rows."""
    table = project.issues
    rows = np.flatnonzero((table.kind == CLASS) & (decided(project) < 0))
    return rows[np.argsort(-table.score[rows], kind="stable")]


def by_label(project, rows):
    return dict(
        zip(project.issues.annotation[rows].tolist(), project.issues.score[rows].tolist(), strict=True)
    )


def find(project):
    found = run_find(find_inputs(project))
    store_found(project, found)
    return found


def test_scores_follow_the_verdicts(project):
    assert verdicts_on(project) is None
    assert find(project).heeded == ""
    assert np.isnan(project.issues.columns.own).all()
    rows = open_rows(project)
    first = by_label(project, rows)
    judged = project.issues.id[rows[:24:2]].tolist()
    for issue in judged[:10]:
        project.apply(verbs.accept(project, issue))
    for issue in judged[10:]:
        project.apply(verbs.ambiguous(project, issue))
    kept = by_label(project, rows[:24:2])
    assert find(project).heeded == "Scores follow 10 verdicts (10 class)."
    rows = open_rows(project)
    second = by_label(project, rows)
    left = [key for key in second if key % 10 == 0 and key not in kept]
    assert len(left) == 12
    assert max(first[key] for key in left) < 0.25
    assert min(second[key] for key in left) > 0.5
    there = project.issues.rows_of(np.array(judged))
    assert by_label(project, there) == kept
    find(project)
    assert by_label(project, open_rows(project)) == second  # once, not once a run


def test_what_was_undone_teaches_nothing(project):
    issue = int(project.issues.id[open_rows(project)[0]])
    before = by_label(project, open_rows(project))
    project.apply(verbs.dismiss(project, issue))
    project.undo()
    assert verdicts_on(project) is None
    find(project)
    assert by_label(project, open_rows(project)) == before


def test_the_command_says_whose_verdicts_count(project, capsys):
    for row in open_rows(project)[:3]:
        project.apply(verbs.dismiss(project, int(project.issues.id[row])))
    path = project.path
    project.close()
    assert main(["find", str(path)]) == 0
    assert "Scores follow 3 verdicts (3 class)." in capsys.readouterr().err
