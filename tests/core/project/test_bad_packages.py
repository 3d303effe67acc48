"""Packages that are not what was shared: each is refused and named, and the project stays as it was."""

import hashlib
import json
import shutil
import struct
from dataclasses import replace

import msgspec
import numpy as np
import pytest
import zstandard

from builders.datasets import ANN, EXP, LEA, REV
from builders.forging import forged, last, sql
from builders.teams import BEA, as_, box, made, shared, work
from labelmend.errors import BadFile, LabelmendError, Refused
from labelmend.project import editing, sampling, verbs
from labelmend.project.history import Draw, Revision, Ruling, Step
from labelmend.project.merging import merge, merge_into
from labelmend.project.packages import share
from labelmend.project.project import Project
from labelmend.review.policy import Policy
from labelmend.review.sampling import Rates

with_ = msgspec.structs.replace


@pytest.fixture
def project(tmp_path):
    return made(tmp_path)


def refused(project, path, match, kind=Refused):
    """The package is refused with these words, and nothing is written anywhere."""
    folder = project.path.parent
    before = sorted(folder.rglob("*")), project.last_row.hash, content(project)
    with pytest.raises(kind, match=match) as told:
        merge(project, path)
    assert path.name in str(told.value)
    assert (sorted(folder.rglob("*")), project.last_row.hash, content(project)) == before


def content(project):
    """The bytes of the project's file and of what is beside it of SQLite's."""
    files = [project.path, project.path.with_name(project.path.name + "-wal")]
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.exists()]


# ---------------------------------------------------------------- a history written anew
def as_expert(row, step):
    after = with_(step.decisions[0].after, status="decided", expert="Bea", corrected="Bea")
    return replace(row, role="expert"), with_(step, decisions=(with_(step.decisions[0], after=after),))


def approved(row, step):
    after = with_(step.decisions[0].after, status="approved", reviewer="Bea")
    return replace(row, role="reviewer"), with_(step, decisions=(with_(step.decisions[0], after=after),))


def of_somebody_else(row, step):
    return replace(row, actor="Ann"), step


def by_nobody(row, step):
    return replace(row, actor="", role=""), step


def some_day(row, step):
    return replace(row, at="some day"), step


def instructions(row, step):
    return replace(row, role="lead"), with_(step, revision=Revision(None, None))


def rules(row, step):
    return replace(row, role="lead"), with_(step, policy=Ruling(None, Policy(second=0.5)))


def drawn(row, step):
    issue = step.decisions[0].issue
    return replace(row, role="lead", op="draw"), Step("draw", draw=Draw(1.0, 1, (issue,), (issue,)))


def elsewhere(row, step):
    edit = step.edits[0]
    return row, with_(
        step, edits=(with_(edit, after=edit.after.replace(b'"image_id": 1', b'"image_id": 4')),)
    )


def nowhere(row, step):
    edit = with_(step.edits[0], key=900, before=None)
    return row, with_(step, edits=(edit,))


def two_records(row, step):
    edit = step.edits[0]
    return row, with_(step, edits=(with_(edit, after=edit.after + b', {"id": 3}'),))


def another_id(row, step):
    edit = step.edits[0]
    return row, with_(step, edits=(with_(edit, after=edit.after.replace(b'"id": 10', b'"id": 11')),))


def without_an_issue(row, step):
    return row, with_(step, decisions=(), notes=())


def an_issue_that_was_not_shared(row, step):
    one = with_(step.decisions[0], issue=5)
    return row, with_(step, decisions=(one,), notes=())


def under_the_name_of_a_find(row, step):
    return replace(row, op="find"), step


FORGERIES = [
    (as_expert, "An expert decides only on"),
    (approved, "not in the review sample"),
    (of_somebody_else, "may make"),
    (by_nobody, "nobody who may work"),
    (some_day, "when that was"),
    (instructions, "the lead alone"),
    (rules, "the lead alone"),
    (drawn, "the lead alone"),
    (elsewhere, "an image that was not shared"),
    (nowhere, "that was not shared"),
    (two_records, "no record of a label"),
    (another_id, "another id"),
    (without_an_issue, "under no issue"),
    (an_issue_that_was_not_shared, "that was not shared"),
    (under_the_name_of_a_find, "what changes none"),
]


@pytest.mark.parametrize(("forgery", "words"), FORGERIES, ids=lambda one: getattr(one, "__name__", None))
def test_a_step_that_no_rule_allows_is_named(project, forgery, words):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    forged(path, last(forgery))
    refused(project, path, f"row 2 of its history .*({words})")


def test_what_somebody_else_did_is_not_undone(project):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    work(path, ANN, box(1, 55))

    def undone(pairs):
        row, step = pairs[1]
        return [*pairs, (replace(row, op="undo", of=2, actor="Ann"), step.inverse())]

    def of_another(pairs):
        row, step = pairs[1]
        return [*pairs, (replace(row, op="undo", of=3, actor="Ann"), step.inverse())]

    shutil.copy(path, path.with_name("kept.labelmend"))
    forged(path, of_another)
    refused(project, path, "another step is taken back")
    path = path.with_name("kept.labelmend")
    forged(path, undone)
    refused(project, path, "damaged", BadFile)


def test_nobody_reviews_their_own_work_in_a_package_either(project):
    project.apply(box(0, 12)(project))
    project = as_(project, LEA)
    project.apply(sampling.draw_sample(project, Rates(1.0), seed=1), op="draw")
    path = shared(project, "review", [0])
    package = Project.open(path, actor=REV)
    (issue,) = package.state.standings
    package.apply(verbs.approve(package, issue))
    package.close()

    def by_the_annotator(row, step):
        after = with_(step.decisions[0].after, reviewer=ANN.name)
        return replace(row, actor=ANN.name), with_(step, decisions=(with_(step.decisions[0], after=after),))

    forged(path, last(by_the_annotator))
    refused(project, path, "own work")


def test_a_label_is_not_added_with_the_id_of_another_one(project):
    path = shared(project, "part", [0])
    work(path, BEA, lambda p: editing.create(p, 0, 1, bbox=[1, 2, 30, 40]))

    def taken(row, step):
        edit = step.edits[0]
        after = json.dumps(json.loads(edit.after) | {"id": 41}).encode()
        return row, with_(step, edits=(with_(edit, after=after),))

    forged(path, last(taken))
    refused(project, path, "with the id of another one")


def test_what_was_shared_is_not_altered_afterwards(project):
    project.apply(box(0, 14)(project))
    path = shared(project, "part", [0])
    work(path, BEA, box(1, 12))

    def earlier(pairs):
        row, step = pairs[1]
        edit = with_(step.edits[0], after=step.edits[0].after.replace(b"14", b"15"))
        return [pairs[0], (row, with_(step, edits=(edit,))), *pairs[2:]]

    forged(path, earlier)
    refused(project, path, "is not what was shared")


@pytest.mark.parametrize("name", ["package.keys", "package.images"])
def test_a_package_that_calls_other_labels_its_own(project, name):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    package = Project.open(path)
    with package.store.transaction():
        package.store.put_array(name, package.store.array(name) + 2)
    package.close()
    refused(project, path, "is not what was shared")


@pytest.mark.parametrize("change", [{"number": 2}, {"rows": 2}, {"seq": 0}, {"person": "Bea"}])
def test_a_package_that_tells_otherwise_where_it_is_from(project, change):
    path = shared(project, "part", [0])
    shared(project, "other", [1])
    work(path, BEA, box(0, 12))
    package = Project.open(path)
    with package.store.transaction():
        package.store.put("package", package.store.get("package") | change)
    package.close()
    refused(project, path, "is not what was shared")


def test_a_package_for_one_person_in_one_role_is_theirs_alone(project, tmp_path):
    path = tmp_path / "part.labelmend"
    share(project, path, np.array([0]), person="bea", role="annotator")
    for who in (ANN, EXP, with_(BEA, role="expert")):
        with pytest.raises(Refused, match=r"part\.labelmend was shared for bea, as annotator; you are"):
            Project.open(path, actor=who)
    work(path, BEA, box(0, 12))
    shutil.copy(path, tmp_path / "kept.labelmend")
    step = lambda row, step: (replace(row, actor="Ann"), step)  # noqa: E731
    forged(path, last(step))
    refused(project, path, "not whom it was shared for: Ann, as annotator, not bea, as annotator")
    assert merge(project, tmp_path / "kept.labelmend").steps == 1


# ---------------------------------------------------------------- files that are no packages
def test_a_package_of_a_newer_version(project):
    path = shared(project, "part", [0])
    sql(path, ("PRAGMA user_version = 99",))
    refused(project, path, "newer Labelmend", BadFile)


def test_a_package_cut_short_anywhere(project, tmp_path):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    whole, cut = path.read_bytes(), tmp_path / "cut.labelmend"
    for size in [0, 1, 15, 16, 99, 100, 101, *range(1000, len(whole) - 1, len(whole) // 37)]:
        cut.write_bytes(whole[:size])
        refused(project, cut, ".", LabelmendError)


def test_a_package_with_bytes_of_it_overwritten(project, tmp_path):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    whole, worse, rng = path.read_bytes(), tmp_path / "worse.labelmend", np.random.default_rng(0)
    told = []
    for _ in range(30):
        data, at = bytearray(whole), int(rng.integers(100, len(whole) - 64))
        data[at : at + 64] = rng.bytes(64)
        worse.write_bytes(data)
        merged = merge_into(project.still(), [worse])
        told += merged.refused
        if merged.refused:
            assert not merged.copy.adopted
        else:
            assert merged.copy.record(0) == Project.open_to_read(path).record(0)
    assert all("worse.labelmend" in one for one in told)
    assert told


def bomb(size):
    """A frame of zstd that says to hold so many bytes."""
    return b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", size) + b"\x01\x00\x00"


@pytest.mark.parametrize("size", [1 << 62, 1 << 40, 1 << 33])
def test_a_part_that_says_it_holds_more_than_there_is_memory(project, size):
    path = shared(project, "part", [0])
    sql(path, ("UPDATE array SET body = ? WHERE name = 'annotations.bbox'", bomb(size)))
    refused(project, path, "says that it holds", BadFile)


def test_a_small_file_that_would_fill_the_memory(project):
    path = shared(project, "part", [0])
    body = zstandard.ZstdCompressor().compress(bytes(1 << 25))
    many = (
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 400) "
        "INSERT INTO array SELECT 'annotations.bbox', k, '[\"<f8\", [9]]', ? FROM n"
    )
    sql(path, (many, body))
    refused(project, path, "say that they hold 13,", BadFile)


def test_a_source_that_would_fill_the_memory(project):
    path = shared(project, "part", [0])
    sql(path, ("UPDATE chunk SET body = ?", zstandard.ZstdCompressor().compress(bytes(1 << 25))))
    with pytest.raises(BadFile, match="says that it holds 33,554,432 bytes"):
        Project.open_to_read(path).original(0)


@pytest.mark.parametrize(
    "body", [b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\x82\xa5title\xa1x\xa1y" + b"\x91" * 99_999]
)
def test_a_step_of_absurd_length_or_depth(project, body):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    sql(path, ("DROP TRIGGER history_keeps",), ("UPDATE history SET body = ? WHERE seq = 2", body))
    refused(project, path, "is not merged. The history of part.labelmend was altered")


@pytest.mark.parametrize("key", ["package", "floor", "source", "images.odd_ids"])
@pytest.mark.parametrize("value", ["[" * 100_000, "7", '{"a": 1}', "[null]", "not json"])
def test_a_small_value_that_is_another(project, key, value):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    sql(path, ("UPDATE meta SET value = ? WHERE key = ?", value, key))
    refused(project, path, "part.labelmend is damaged", LabelmendError)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW more AS WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k FROM n) SELECT k FROM n",
        "CREATE TRIGGER more AFTER INSERT ON meta BEGIN DELETE FROM chunk; END",
    ],
)
def test_a_package_that_brings_queries_of_its_own(project, statement):
    path = shared(project, "part", [0])
    sql(path, (statement,))
    refused(project, path, "'more', which Labelmend has not put there", BadFile)


def test_names_of_pictures_that_lead_elsewhere_write_nothing(project, tmp_path):
    path = shared(project, "part", [0])
    work(path, BEA, box(0, 12))
    package = Project.open(path)
    names = ["../../outside.png", "/outside.png", "C:\\outside.png", "..\\outside.png", "a\0b.png"]
    body = np.frombuffer(json.dumps([names[0]]).encode(), np.uint8)
    with package.store.transaction():
        package.store.put_array("images.file_name", body)
        package.store.put("images.folder", ["../..", "/"])
    package.close()
    before = sorted(tmp_path.rglob("*"))
    assert merge(project, path).steps == 1
    assert sorted(tmp_path.rglob("*")) == before
    assert project.images.file_name[0] == "001.png"


def test_a_package_whose_pictures_are_not_there_is_merged(project, tmp_path):
    path = tmp_path / "part.labelmend"
    share(project, path, np.array([0]), pictures=True)
    shutil.rmtree(tmp_path / "part.pictures")
    work(path, BEA, box(0, 12))
    assert merge(project, path).steps == 1


def test_a_package_from_before_seals_were_kept_is_held_against_the_source(project):
    path = shared(project, "part", [1])
    work(path, BEA, box(0, 12))
    project.close()
    forged(project.path, last(lambda row, step: (row, with_(step, facts={"package": 1, "images": 1}))))
    project = Project.open(project.path, actor=ANN)
    elsewhere = path.with_name("elsewhere.labelmend")
    shutil.copy(path, elsewhere)
    package = Project.open(elsewhere)
    with package.store.transaction():
        package.store.put_array("package.keys", np.array([0, 1, 2]))
    package.close()
    refused(project, elsewhere, "not what was shared")
    assert merge(project, path).steps == 1
