"""Finding again makes use of the verdicts: scores of what is left follow them, what was judged stays."""

import numpy as np
import pytest

from builders.datasets import detection, grid, make_project
from labelmend.cli import main
from labelmend.find.issues import CLASS, MISSING
from labelmend.find.run import run_find
from labelmend.project import verbs
from labelmend.project.decided import decided, verdicts_on
from labelmend.project.finding import find_inputs, store_found


@pytest.fixture
def project(tmp_path):
    """Many labels of another class than the model sees, and some that are missing."""
    annotations, detections = grid(40)
    for number in range(0, 240, 10):
        annotations[number]["category_id"] = 1 + annotations[number]["category_id"] % 3
    detections += [detection(image, [85, 90, 30, 30], score=0.7 + image / 100) for image in range(1, 13)]
    made = make_project(tmp_path, annotations=annotations, detections=detections, images=40)
    yield made
    made.close()


def open_rows(project, kind=CLASS):
    """Issues of a kind that nobody judged, worst first: rows."""
    table = project.issues
    rows = np.flatnonzero((table.kind == kind) & (decided(project) < 0))
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


@pytest.mark.parametrize("kind", [CLASS, MISSING])
def test_what_was_taken_back_is_found_again_as_all_others(project, kind):
    """Under its id: what was undone can be done again."""
    rows = open_rows(project, kind)
    *judged, issue = project.issues.id[rows[:7]].tolist()
    for one in judged:
        project.apply(verbs.dismiss(project, one) if kind == MISSING else verbs.accept(project, one))
    project.apply(verbs.dismiss(project, issue))
    project.undo()
    find(project)
    table, row = project.issues, project.issues.row_of(issue)
    others = np.setdiff1d(open_rows(project, kind), [row])
    assert table.columns.detection[row] >= 0
    assert not np.isnan(table.columns.own[row])
    nearest = others[np.argmin(np.abs(table.columns.own[others] - table.columns.own[row]))]
    assert table.score[row] == pytest.approx(table.score[nearest], abs=0.05)
    assert np.isnan(table.columns.own[table.row_of(judged[0])])
    project.redo()
    assert table.status_of(project.issues.row_of(issue)) == "dismissed"


def test_the_command_says_whose_verdicts_count(project, capsys):
    for row in open_rows(project)[:3]:
        project.apply(verbs.dismiss(project, int(project.issues.id[row])))
    path = project.path
    project.close()
    assert main(["find", str(path)]) == 0
    assert "Scores follow 3 verdicts (3 class)." in capsys.readouterr().err
