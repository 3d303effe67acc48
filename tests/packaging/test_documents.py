"""The documents say what the tree holds: files, commands, keys, states, counts."""

import importlib
import json
import re
from pathlib import Path

import pytest

from labelmend.cli import command_line
from labelmend.find.issues import KINDS
from labelmend.review.states import QUEUES
from labelmend_desktop.actions import ACTIONS

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_and_path_leads_somewhere(name):
    links = re.findall(r"\]\(([^)#:]+)\)", text(name))
    paths = re.findall(r"`((?:packaging|tests|core|desktop|resources)/[\w/.]+)`", text(name))
    assert [place for place in (*links, *paths) if not (ROOT / place).exists()] == []


def test_every_command_of_the_readme_is_understood():
    lines = re.findall(r"^    (labelmend .*?)(?:#.*)?$", text("README.md"), re.MULTILINE)
    assert len(lines) == 22
    for line in lines:
        words = (
            re.sub(r"[\[\]]", "", line)
            .replace("jsonl|", "")
            .replace("text|", "")
            .replace("stored|", "")
            .replace(" N ", " 3 ")
            .split()
        )
        assert command_line.parser(asked=words[1]).parse_args(words[1:]).run


def test_the_commands_are_all_in_the_readme():
    told = set(re.findall(r"^    labelmend (\w+)", text("README.md"), re.MULTILINE))
    (commands,) = command_line.parser()._subparsers._group_actions
    assert told == set(commands.choices)


def test_the_keys_of_the_readme_are_bound():
    bound = {key for action in ACTIONS for key in action.keys} | {"Enter", "1-9"}
    table = "\n".join(line for line in text("README.md").splitlines() if line.startswith("   |"))
    cells = [cell for row in table.splitlines()[2:] for cell in row.strip(" |").split("|")[::2]]
    keys = [key for cell in cells for key in re.split(r" or | / |, ", cell.strip())]
    assert len(keys) > 14
    assert [key for key in keys if key not in bound] == []


def test_the_glossary_has_every_state_and_kind():
    glossary = text("GLOSSARY.md")
    rows = dict(re.findall(r"^\| ([a-z ]+) \| [^|]+ \| (\w+) \|$", glossary, re.MULTILINE))
    assert rows.pop("state") == "queue"
    queue_of = {status: queue for queue, statuses in QUEUES.items() for status in statuses}
    assert rows == {status.replace("_", " "): queue.capitalize() for status, queue in queue_of.items()}
    assert [kind for kind in KINDS if f"**{kind}**" not in glossary] == []
    terms = re.findall(r"^\*\*([\w ]+)\*\*:", glossary, re.MULTILINE)
    assert len(terms) == len(set(terms))
    assert glossary.count("*Avoid") >= len(terms)


def test_the_readme_counts_the_sample_rightly():
    sample = ROOT / "resources" / "labelmend_resources" / "sample"
    annotations = len(json.loads((sample / "annotations.json").read_bytes())["annotations"])
    detections = len(json.loads((sample / "detections.json").read_bytes()))
    errors = len(json.loads((sample / "truth.json").read_bytes())["errors"])
    pictures = len(list((sample / "images").rglob("*.jpg")))
    told = " ".join(text("README.md").split())
    assert f"{pictures} rendered pictures" in told
    assert f"{annotations} annotations of ten classes, {errors} known errors" in told
    assert f"{detections} detections" in told


def test_dependencies_have_their_reasons():
    wanted = re.findall(
        r'^  "([A-Za-z0-9-]+)[>=]', text("pyproject.toml").split("[project.optional")[0], re.MULTILINE
    )
    told = text("ARCHITECTURE.md").replace("PySide6 (Essentials)", "PySide6-Essentials")
    assert len(wanted) >= 10
    assert [name for name in wanted if f"| {name} |" not in told] == []


def test_the_guide_has_the_keys_of_the_table(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    keys = importlib.import_module("keys_of_guide")
    guide = text("docs/guide.md")
    assert guide == keys.with_keys(guide), "run packaging/keys_of_guide.py"
