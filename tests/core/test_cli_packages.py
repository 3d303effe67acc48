"""Teams on the command line: share a part, merge what comes back, go on after what is refused."""

import re

import pytest

from builders.datasets import ANN, make_project
from labelmend.cli import main
from labelmend.project import verbs
from labelmend.project.project import Project


@pytest.fixture
def project(tmp_path):
    make_project(tmp_path).close()
    return str(tmp_path / "test.labelmend")


def test_a_part_is_shared_and_merged(project, tmp_path, capsys):
    part = tmp_path / "part.labelmend"
    assert (
        main(["share", project, "--to", str(part), "--images", "2", "--queue", "fix", "--actor", "Lea"]) == 0
    )
    assert "Shared 2 images as part.labelmend" in capsys.readouterr().out
    again = ["share", project, "--to", str(tmp_path / "again.labelmend"), "--images", "2", "--queue", "fix"]
    assert main(again) == 0
    assert "2 of these 2 images are out as part.labelmend since" in capsys.readouterr().out
    opened = Project.open(part, actor=ANN)
    assert (opened.n_images, opened.store.get("package")["role"]) == (2, "")
    opened.apply(verbs.dismiss(opened, int(opened.issues.id[0])))
    opened.close()
    merge = ["merge", project, project, str(part), "--actor", "Lea"]
    assert main(merge) == 1  # the first is no package; the second is merged all the same
    told = capsys.readouterr()
    assert told.out == "part.labelmend: 1 step merged, no conflict.\n"
    assert "is open in this very program" in told.err
    assert main(["merge", project, str(part)]) == 0
    assert "nothing new" in capsys.readouterr().out
    assert main(["history", project]) == 0
    assert re.search(
        r"Lea, lead +Share 2 images.*\n.*\n.*\n.*Lea, lead +Merge part.labelmend: 1 step",
        capsys.readouterr().out,
    )
    assert main(["share", project, "--to", str(part)]) == 1
    assert "exists already" in capsys.readouterr().err
