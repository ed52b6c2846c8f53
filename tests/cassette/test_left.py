"""What killed recordings left beside a cassette."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import Interaction, Journal, Request, Response, remove_left

if TYPE_CHECKING:
    from pathlib import Path

ONE = Interaction(Request("GET", "http://box.test/1"), Response(200, body=b"1"))


@pytest.fixture
def gone() -> int:
    """Return the id of a process that is over."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def journal_of(cassette: Path, pid: int) -> Path:
    journal = Journal(cassette)
    journal.append(1, ONE)
    return journal.path.rename(cassette.with_name(f".{cassette.name}.{pid}-0123abcd.journal"))


@pytest.mark.skipif(os.name == "nt", reason="a file that is open cannot be renamed or removed there")
def test_only_what_dead_processes_left_of_this_cassette_is_removed(tmp_path: Path, gone: int) -> None:
    cassette, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    (tmp_path / "a.bodies").mkdir()
    left = [journal_of(cassette, gone), tmp_path / ".a.yaml.x1.new", tmp_path / "a.bodies" / ".5f70.x1.new"]
    stay = [
        journal_of(cassette, os.getpid()),
        journal_of(other, gone),
        tmp_path / ".b.yaml.x1.new",
        tmp_path / "a.bodies" / "5f70",
        cassette,
    ]
    for path in (*left[1:], *stay[2:]):
        path.write_bytes(b"whatever")
    remove_left(cassette)
    assert [path for path in left if path.exists()] == []
    assert [path for path in stay if not path.exists()] == []


def test_where_nothing_was_recorded_nothing_is_removed(tmp_path: Path) -> None:
    remove_left(tmp_path / "none" / "a.yaml")
    assert list(tmp_path.iterdir()) == []
