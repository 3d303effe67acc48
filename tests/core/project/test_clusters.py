"""A cluster in a project: one card, its members folded under it."""

import io
import json

import numpy as np

from builders.datasets import make_project
from labelmend.find.issues import (
    CLASS,
    CODES,
    FIX_MEMBERS,
    SET_CATEGORY,
    STRUCTURE,
    concatenate,
    evidence,
    issues,
)
from labelmend.project.finding import Found, store_found
from labelmend.project.listing import write_issues
from labelmend.project.project import Project
from labelmend.project.queues import waiting, waits
from labelmend.project.run import load_run

SWAPPED = CODES.index("swapped_classes")


def with_cluster(folder, **options):
    """A project whose first three cats are members of a cluster that says dog; the card has id 1."""
    project = make_project(folder, find=False, **options)
    columns = project.dataset.annotations
    keys = np.flatnonzero(columns.category == 0)[:3]
    card = issues(
        STRUCTURE, np.array([0.99]), image=columns.image[keys[0]], bbox=columns.bbox[keys[:1]], category=0,
        fix=FIX_MEMBERS, fix_category=1, code=SWAPPED, cluster=0,
        evidence=evidence(1, e0=3, e1=3, e2=1, e3=100, e4=0, e6=1),
    )  # fmt: skip
    members = issues(
        CLASS, np.full(3, 0.9), image=columns.image[keys], annotation=keys, category=0, cluster=0,
        bbox=columns.bbox[keys], fix=SET_CATEGORY, fix_category=1,
    )  # fmt: skip
    store_found(project, Found(concatenate([card, members]), {}))
    return project, int(project.issues.id[0]), project.issues.id[1:].tolist()


def test_members_are_folded_under_an_open_card(tmp_path):
    project, card, members = with_cluster(tmp_path)
    table = project.issues
    assert table.members(0).tolist() == [1, 2, 3]
    assert table.members(1).tolist() == []
    assert table.id[waiting(project, "fix")].tolist() == [card]
    assert [waits(project, row, "fix") for row in range(4)] == [True, False, False, False]
    assert len(members) == 3
    project.close()


def test_listing_names_the_cluster_of_every_issue(tmp_path):
    project, *_ = with_cluster(tmp_path)
    out = io.StringIO()
    write_issues(project, out, form="jsonl")
    assert [json.loads(line)["cluster"] for line in out.getvalue().splitlines()] == [0, 0, 0, 0]
    project.close()


def test_a_project_of_an_earlier_version_opens(tmp_path):
    project, *_ = with_cluster(tmp_path)
    with project.store.transaction():
        project.store._connection.execute("DELETE FROM array WHERE name = 'issues.cluster'")
    path = project.path
    project.close()
    project = Project.open(path)
    assert load_run(project.store)[0].cluster.tolist() == [-1] * 4
    assert len(waiting(project, "fix")) == 4
    project.close()
