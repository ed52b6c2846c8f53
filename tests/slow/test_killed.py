"""Recordings that are killed.

``CONFORMANCE_KILLS`` is at how many random moments; two hundred without it.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import Interaction, Provenance, Request, Response, load_cassette, write_cassette
from conformance.registry import load_registry
from conformance.report import check_files, recover_journals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KILLS = int(os.environ.get("CONFORMANCE_KILLS", "200"))
MOST_TURNS = 2  # that are over when a recorder is killed; it dies within about one more
POLLS = 50  # of the log, a turn

ENDLESS = """
import itertools
def test_it(subject):
    for key in itertools.count():
        subject.get(f"/{key}")
        print("answered", key, flush=True)
"""
RECORD = [sys.executable, "-m", "pytest", "-s", "--stage=2", "--record", "--fixture=box_service"]


def answered(process: subprocess.Popen[str]) -> Iterator[int]:
    """Yield the keys that the client has its answers to."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(("answered", "test_it.py answered")):
            yield int(line.split()[-1])


def kill_after(project: Path, count: int) -> int:
    """Record until ``count`` requests are answered, kill the process, and return how many were answered in all."""
    with subprocess.Popen(RECORD, cwd=project, stdout=subprocess.PIPE, text=True) as process:
        keys = answered(process)
        for key in keys:
            if key + 1 == count:
                break
        process.kill()
        return max([key, *keys]) + 1


@pytest.mark.parametrize("count", [1, 2, 17, 60])
def test_a_killed_recording_loses_at_most_the_request_in_flight(project: pytest.Pytester, count: int) -> None:
    project.makepyfile(test_it="def test_it(subject):\n    subject.get('/old')\n")
    project.runpytest("--stage=2", "--record", "--fixture=box_service").assert_outcomes(passed=1)
    (cassette,) = (project.path / "cassettes").rglob("*.yaml")
    before = cassette.read_bytes()
    project.makepyfile(test_it=ENDLESS)
    seen = kill_after(project.path, count)
    registry = load_registry(project.path / "fixtures.toml")
    assert [problem.sort for problem in check_files(registry)[1]] == ["left"]
    ((left, target),) = recover_journals(registry.cassettes)
    assert left.cassette == cassette
    assert cassette.read_bytes() == before
    assert len(left.interactions) in (seen, seen + 1)
    for key, item in enumerate(left.interactions):
        assert item.request.uri == f"http://box.test:80/{key}"
        assert item.response.body.startswith(b"/%d " % key)
    assert target.exists()
    assert check_files(registry)[1] == []


EACH = 6
REGISTRY = '[backend.box]\ndriver = "box:store"\n[fixture.box_live]\nbackend = "box"\nkind = "live"\n'
PROVENANCE = Provenance("box_live", "2026-01-31")
RECORDER = f"""
import itertools, os, sys
from pathlib import Path
import requests
from conformance.cassette import Journal, Provenance, Recorder, Scrubber, write_cassette
from conformance.transport import open_http

def record(path, address):
    told = os.open(path.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for turn in itertools.count(1):
        recorder = Recorder(scrubber=Scrubber(), journal=Journal(path))
        with open_http(recorder), requests.Session() as session:
            for key in range({EACH}):
                session.get(f"http://{{address}}/{{turn}}/{{key}}", timeout=10)
                os.write(told, b"answered %d %d\\n" % (turn, key))
        write_cassette(path, recorder.interactions, Provenance("box_live", "2026-01-31"))
        os.write(told, b"placed %d 0\\n" % turn)
        recorder.close()
        os.write(told, b"closed %d 0\\n" % turn)

for line in sys.stdin:
    process = os.fork()
    if not process:
        try:
            record(Path(line.strip()), sys.argv[1])
        finally:
            os._exit(1)
    print(process, flush=True)
    print(os.waitpid(process, 0)[1], flush=True)
"""


@contextmanager
def recorder_of(address: str) -> Iterator[Callable[[Path, int, float], int]]:
    """Yield what records a cassette over and over in a process, and kills that; return its id.

    It is killed so many turns after its beginning, and so much of a turn later, as long as turns take at that time.
    """
    command = [sys.executable, "-c", RECORDER, address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        told, heard = driver.stdin, driver.stdout
        turn_s = 0.01

        def record(path: Path, turns: int, part: float) -> int:
            nonlocal turn_s
            print(path, file=told, flush=True)
            process = int(heard.readline())
            began = time.monotonic()
            while turns and not is_placed(path, turns):
                os.kill(process, 0)  # it still runs
                time.sleep(turn_s / POLLS)
            if turns:
                turn_s = (time.monotonic() - began) / turns
            time.sleep(turn_s * part)
            os.kill(process, signal.SIGKILL)
            assert int(heard.readline()) == signal.SIGKILL
            return process

        yield record
        told.close()


def is_placed(path: Path, turns: int) -> bool:
    log = path.with_suffix(".log")
    return log.exists() and b"placed %d " % turns in log.read_bytes()


def turns_of(items: tuple[Interaction, ...]) -> list[tuple[int, int]]:
    """Return the turn and the key of each request; its answer must be its own."""
    found = []
    for item in items:
        path = re.sub(r"^http://[^/]+", "", item.request.uri)
        assert json.loads(item.response.body)["path"] == path
        _, turn, key = path.split("/")
        found.append((int(turn), int(key)))
    return found


def whole(turn: int) -> list[tuple[int, int]]:
    return [(turn, key) for key in range(EACH)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked for each kill")
def test_killed_at_any_moment_a_cassette_is_whole_and_only_what_was_in_flight_is_lost(
    tmp_path: Path, echo: str
) -> None:
    chance = random.Random(1)  # noqa: S311  (no secret)
    seen: Counter[str] = Counter()
    with recorder_of(echo) as record:
        for number in range(KILLS):
            folder = tmp_path / str(number)
            path = folder / "cassettes" / "box_live" / "test_it.yaml"
            old = tuple(
                Interaction(Request("GET", f"http://box.test/0/{key}"), Response(200, body=b'{"path": "/0/%d"}' % key))
                for key in range(EACH)
            )
            write_cassette(path, old, PROVENANCE)
            process = record(path, chance.randint(0, MOST_TURNS) if number else 1, chance.random())
            seen += check_what_is_left(path, process)
    assert seen["left"] > KILLS / 4
    assert seen["placed"] > KILLS / 4


def check_what_is_left(path: Path, process: int) -> Counter[str]:
    """Assert that nothing is lost beside a cassette whose recording was killed; return what was found."""
    (path.parents[2] / "fixtures.toml").write_text(REGISTRY)
    registry = load_registry(path.parents[2] / "fixtures.toml")
    log = path.with_suffix(".log")
    told = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
    log.unlink(missing_ok=True)
    placed, closed = (max([0, *(int(turn) for word, turn, _ in told if word == sort)]) for sort in ("placed", "closed"))
    answered = [(int(turn), int(key)) for word, turn, key in told if word == "answered" and int(turn) > closed]

    turns = turns_of(load_cassette(path).interactions)
    assert turns in (whole(placed), whole(placed + 1))
    problems = check_files(registry)[1]
    beside = {file for file in path.parent.iterdir() if file != path}
    assert {problem.path for problem in problems} == beside
    found = Counter(problem.sort for problem in problems)
    assert found["left"] <= 1
    assert found["temporary"] <= 1
    assert set(found) <= {"left", "temporary"}

    kept: list[tuple[int, int]] = []
    for left, target in recover_journals(registry.cassettes):
        assert (left.cassette, left.pid if left.interactions else process) == (path, process)
        kept = turns_of(left.interactions)
        assert not kept or load_cassette(target).interactions == left.interactions
    is_closing = turns == whole(closed + 1) and not kept
    assert is_closing or kept[: len(answered)] == answered
    assert len(kept) <= len(answered) + 1
    assert [problem.sort for problem in check_files(registry)[1]] == ["temporary"] * found["temporary"]
    assert turns_of(load_cassette(path).interactions) == turns
    return found + Counter(placed=bool(placed))
