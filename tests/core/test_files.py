"""Files that are written take their place when they are whole, or not at all."""

import errno
import os

import pytest

from labelmend.errors import Refused
from labelmend.files import written


def test_what_a_link_leads_to_is_replaced(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with written(link) as file:
        file.write("new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert sorted(tmp_path.iterdir()) == [link, target]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    expected = pytest.raises(Refused, match=r"cannot be written: .*; choose another place\.")
    with expected, written(tmp_path / "none" / "i.md"):
        pass


def test_a_disk_that_is_full_is_told_and_leaves_what_was_there(tmp_path):
    there = tmp_path / "i.md"
    there.write_text("old")
    expected = pytest.raises(Refused, match=r"i\.md cannot be written: No space left on device")
    with expected, written(there) as file:
        file.write("new")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
