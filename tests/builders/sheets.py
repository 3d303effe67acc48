"""A sheet of labels to judge blind, and the hand that judges them."""

from labelmend.project.sheets import Sheet, print_sheet, printing

GIVEN = "sheet.labelmend"


def sheet(project, issues, *, who):
    """A sheet beside the project with the labels of these issues."""
    given = printing(project, issues)
    path = project.path.with_name(GIVEN)
    for old in project.path.parent.glob(f"{GIVEN}*"):
        old.unlink()
    print_sheet(given, path)
    return Sheet(path, given, who=who)


def answered(project, issue, make, *, who):
    """What somebody makes of the label of an issue by a step that `make(sheet's project, issue)` returns."""
    made = sheet(project, [issue], who=who)
    try:
        (own,) = made.asked
        made.project.apply(make(made.project, own))
        answer = made.answer(own)
        assert answer is not None
        return answer
    finally:
        made.project.close()
