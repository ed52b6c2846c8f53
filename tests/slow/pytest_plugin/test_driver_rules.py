"""Rules that a driver adds: at work in recording, in its proof and in replay, and told by no cassette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette import load_cassette
from conformance.fixtures import scrubber_of
from conformance.registry import load_registry
from tests.pytest_plugin.test_recording import RECORD, REPLAY

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEST = """
import uuid

def test_it(subject):
    nonce = uuid.uuid4()
    for path in ("/a", "/b", "/a"):
        subject.get(f"{path}?nonce={nonce}&code=opensesame-{nonce}")
"""
ADDED = """\
    from conformance.cassette import HeaderPlace, QueryPlace, Replace
    opening.scrub(Replace("box.nonce", QueryPlace("nonce"), sort="normalizer", is_numbered=True))
    opening.scrub(Replace("box.code", QueryPlace("code"), "CODE"))
"""


def cassette_of(project: pytest.Pytester) -> Path:
    (path,) = (project.path / "cassettes").rglob("*.yaml")
    return path


def add_rules(project: pytest.Pytester) -> None:
    path = project.path / "box_backend.py"
    path.write_text(path.read_text().replace("def store(opening):\n", f"def store(opening):\n{ADDED}", 1))


def test_what_a_driver_scrubs_is_recorded_scrubbed_and_replays(project: pytest.Pytester) -> None:
    project.makepyfile(TEST)
    add_rules(project)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    cassette = load_cassette(cassette_of(project))
    queries = {item.request.uri.partition("?")[2] for item in cassette.interactions}
    assert len(queries) == 1
    assert "opensesame" not in cassette_of(project).read_text()
    project.runpytest(*REPLAY).assert_outcomes(passed=1)


def test_a_cassette_tells_of_the_rules_that_are_declared(project: pytest.Pytester) -> None:
    project.makepyfile(TEST)
    add_rules(project)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    registry = load_registry(project.path / "fixtures.toml")
    declared = scrubber_of(registry.fixtures["box_service"], registry=registry, is_live=False)
    provenance = load_cassette(cassette_of(project)).provenance
    assert provenance is not None
    assert provenance.rules == declared.digest
    assert provenance.fired == {"box.code": 6, "box.netloc": 3, "box.nonce": 3}


def test_without_its_rules_such_a_recording_is_not_replayed(project: pytest.Pytester) -> None:
    project.makepyfile(TEST)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    project.runpytest(*REPLAY).assert_outcomes(failed=1)
