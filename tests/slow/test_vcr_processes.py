"""Processes that record with conformance.vcr."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from conformance.cassette import read_journal
from tests.transport.vcr.test_persister import ENVIRONMENT, GOOD, names_in

if TYPE_CHECKING:
    from pathlib import Path


def test_processes_that_record_into_one_file_lose_nothing(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from tests.transport.vcr.test_persister import record
for number in range(25):
    record(Path(sys.argv[1]), f"{sys.argv[2]}{number}")
"""
    path = tmp_path / "tape.yaml"
    workers = [subprocess.Popen([sys.executable, "-c", code, str(path), name], env=ENVIRONMENT) for name in "ab"]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    assert sorted(names_in(path)) == sorted(f"{name}{number}" for name in "ab" for number in range(25))


def test_a_process_that_is_killed_leaves_all_that_it_recorded_and_the_old_file(tmp_path: Path) -> None:
    code = """
import os, sys
from conformance.vcr import VCR
from tests.transport.vcr.test_persister import answer, get
with VCR(record_mode="new_episodes").use_cassette(sys.argv[1]) as cassette:
    for number in range(3):
        cassette.append(get(str(number)), answer(b"x"))
    os.kill(os.getpid(), 9)
"""
    path = tmp_path / "tape.yaml"
    path.write_text(GOOD)
    assert subprocess.run([sys.executable, "-c", code, str(path)], env=ENVIRONMENT, check=False).returncode == -9
    assert path.read_text() == GOOD
    (journal,) = tmp_path.glob(".*.journal")
    uris = [item.request.uri for item in read_journal(journal).interactions]
    assert uris == [f"http://a.test/{number}" for number in range(3)]
