"""The story of an issue is told of each row once."""

from builders.datasets import issue_of, make_project
from labelmend.project import verbs
from labelmend.project.story import Stories


def test_of_the_issue_in_sight_no_row_is_read_twice(tmp_path):
    project = make_project(tmp_path)
    issue, other = issue_of(project, "spurious"), issue_of(project, "location")
    asked: list[int] = []

    def read(seqs):
        seqs = list(seqs)
        asked.extend(seqs)
        return project.store.history(seqs)

    stories = Stories(read)
    for _ in range(2):
        project.apply(verbs.dismiss(project, issue, comment="it is there"))
        seqs = project.state.rows_about[issue]
        for _ in range(2):
            told = stories.of(issue, seqs)
            assert [(entry.what, entry.comment) for entry in told] == [("not an error", "it is there")] * len(
                seqs
            )
    assert asked == list(project.state.rows_about[issue])
    assert stories.of(other, project.state.rows_about.get(other, ())) == []
    assert len(stories.of(issue, project.state.rows_about[issue])) == 2
    project.close()
