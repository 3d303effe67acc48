"""How arguments may be given, in whichever order."""

from builders.datasets import write_dataset
from labelmend.cli import main


def test_the_project_may_be_named_last_as_the_usage_says(tmp_path, capsys):
    annotations, pictures, detections = map(str, write_dataset(tmp_path))
    path = str(tmp_path / "p.labelmend")
    given = ["--annotations", annotations, "--images", pictures]
    assert main(["new", *given, "--detections", detections, path]) == 0
    assert main(["find", "--detections", detections, path]) == 0
    capsys.readouterr()
    assert main(["new", *given, "--detections", detections]) == 1
    assert "Name the project too" in capsys.readouterr().err
