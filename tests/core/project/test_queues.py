"""What waits in a queue: all rows at once come to the same as each row by itself."""

from builders.datasets import ANN, EXP, LEA, REV, make_project
from labelmend.project import queues, verbs
from labelmend.project.sampling import draw_sample
from labelmend.review.sampling import Rates
from labelmend.review.states import QUEUES, Actor

BOB = Actor("Bob", "annotator")


def test_all_rows_at_once_are_what_each_row_says_whoever_looks(tmp_path):
    project = make_project(tmp_path)
    rows = [row for row in queues.waiting(project, "fix").tolist() if not project.issues.is_card(row)]
    issues = [int(project.issues.id[row]) for row in rows]
    for n, issue in enumerate(issues[:6]):
        project.work_as(ANN if n % 2 else BOB)
        project.apply(verbs.ambiguous(project, issue) if n > 3 else verbs.dismiss(project, issue))
    project.work_as(LEA)
    project.apply(draw_sample(project, Rates(1.0), seed=1), op="draw")
    project.work_as(REV)
    project.apply(verbs.reject(project, issues[0], reason="wrong"))
    project.apply(verbs.approve(project, issues[1]))
    project.undo()
    seen = set()
    for actor in (ANN, BOB, REV, EXP, LEA, Actor("Ann", "reviewer"), Actor("BOB", "expert")):
        project.work_as(actor)
        for queue in QUEUES:
            each = [row for row in range(len(project.issues)) if queues.waits(project, row, queue)]
            assert queues.waiting(project, queue).tolist() == each
            seen.add((queue, len(each)))
    assert {("review", 3), ("review", 2), ("review", 1), ("expert", 3), ("expert", 1)} <= seen
    assert queues.waiting(project.still(), "expert").tolist() == queues.waiting(project, "expert").tolist()
