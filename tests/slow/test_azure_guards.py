"""What a client did wrong on a hierarchical namespace turns its guards red, offline and on the emulator."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from conformance.fixtures import Opener
from conformance.registry import load_registry
from conformance.report import check_mutant, failure_of, load_guards, runs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.report import GuardRun

ROOT = Path(__file__).parents[2]
REGISTRY = load_registry(ROOT / "fixtures.toml")
RUNS = [run for guard in load_guards(REGISTRY) for run in runs_of(guard, REGISTRY) if run.spec.backend == "adls_files"]
REPLAYED = [run for run in RUNS if run.spec.kind == "replay"]
SERVED = [run for run in RUNS if run.spec.kind == "service"]
BUGS = {"BUG-195", "BUG-196", "BUG-197", "BUG-198", "BUG-199", "BUG-200", "BUG-201", "BUG-202", "BUG-203"}
#: What a replay that looks at methods and paths alone does not see.
UNSEEN = {"payload_is_reversed", "another_file_is_renamed", "metadata_is_dropped", "nothing_is_deleted"}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Let nothing be connected to, and return what was tried."""
    tried: list[object] = []

    def refuse(*address: object) -> NoReturn:
        tried.append(address)
        raise OSError(address)

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield tried
    assert tried == []


@pytest.fixture
def opener() -> Iterator[Opener]:
    found = Opener(REGISTRY)
    yield found
    found.close()


def named(run: GuardRun) -> str:
    return f"{run.test}-{run.spec.name}"


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("run", REPLAYED, ids=named)
def test_a_guard_passes_on_what_is_recorded(run: GuardRun, opener: Opener) -> None:
    assert failure_of(run, opener, "record it") == ""


@pytest.mark.usefixtures("no_network")
def test_every_bug_that_is_put_back_into_either_client_is_caught_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(conformance, ["guards", "--check", "--json"])
    found = {(each["bug"], each["what"]): each for each in json.loads(result.output)}
    assert result.exit_code == 0, [each for each in found.values() if each["is_failure"]]
    red = {
        key: {name for name, shade in each["fixtures"].items() if shade["colour"] == "red"}
        for key, each in found.items()
    }
    ours = {key: names for key, names in red.items() if "azure_mutants" in key[1]}
    assert {bug for bug, _ in ours} >= BUGS
    assert {what.rpartition(":")[2] for _, what in ours} >= UNSEEN
    for key, names in ours.items():
        kinds = {name.partition("remote_store")[2] for name in names if "remote_store" in name}
        assert kinds == {"_replay", "_async_replay"}, key


@pytest.mark.parametrize("run", SERVED, ids=named)
def test_every_bug_that_is_put_back_shows_on_the_emulator(run: GuardRun, opener: Opener) -> None:
    assert run.guard.bug is not None
    for number, mutant in enumerate(run.guard.bug.mutants, start=1):
        shade = check_mutant(run, number, registry=REGISTRY, opener=opener)
        is_meant = bool(mutant.driver) and "remote_store" in run.spec.name
        assert shade.colour == ("red" if is_meant else "does not apply"), (mutant, shade)
