"""What an exploration finds, and what it does not take for a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract import Refused
from conformance.errors import EnvironmentFault
from conformance.generate import explore, keep
from conformance.trace import Step
from tests.generate.boxes import FAULTY, Box, Mortal, Service, explorer, journal_in, told

if TYPE_CHECKING:
    from pathlib import Path


def test_a_healthy_subject_shows_behaviours_and_no_divergence(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        assert explore(explorer(Box, journal, programs=150)) == "programs"
        harvest = journal.harvest
    assert harvest.hits == {}
    assert {"get/key -> not_found 404", "put/key, value none -> ok", "delete/key -> ok"} <= harvest.counts.keys()
    assert harvest.programs == 150
    assert harvest.requests == harvest.steps
    assert not any(signature.startswith("keys") for signature in harvest.counts)


@pytest.mark.parametrize("faulty", FAULTY[:1], ids=lambda each: each.__name__)
def test_a_planted_fault_is_found_and_kept_in_at_most_four_steps(faulty: type[Box], tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        walk = explorer(faulty, journal, programs=240)
        explore(walk)
        keeping = keep(walk, journal.harvest)
    found = [each for each in keeping.kept if each.hit]
    assert found
    assert min(len(each.program.steps) for each in found) <= 4
    assert keeping.flaky == ()
    assert set(journal.harvest.counts) <= keeping.covered


def test_the_same_seed_draws_the_same_programs(tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        with journal_in(tmp_path / name) as journal:
            explore(explorer(Box, journal, programs=60), first_seed=7)
            found.append([told(each.program) for each in journal.harvest.candidates])
    assert found[0] == found[1]
    with journal_in(tmp_path / "third") as journal:
        explore(explorer(Box, journal, programs=60), first_seed=8)
        assert [told(each.program) for each in journal.harvest.candidates] != found[0]


def test_a_service_that_dies_is_no_finding(tmp_path: Path) -> None:
    Mortal.service = Service(lasts=120)
    with journal_in(tmp_path) as journal:
        with pytest.raises(EnvironmentFault):
            explore(explorer(Mortal, journal, programs=10_000))
        assert journal.harvest.hits == {}
        assert journal.harvest.programs > 0


def test_a_service_whose_answers_go_bad_is_no_finding(tmp_path: Path) -> None:
    calls = [0]

    class Failing(Box):
        def get(self, key: str) -> dict[str, object]:
            calls[0] += 1
            if calls[0] > 100:
                raise Refused("conflict", status=503)
            return super().get(key)

    with journal_in(tmp_path) as journal:
        with pytest.raises(EnvironmentFault, match="canary"):
            explore(explorer(Failing, journal, programs=10_000))
        assert journal.harvest.hits == {}


def test_a_request_that_loses_the_connection_each_time_is_a_finding(tmp_path: Path) -> None:
    class Fragile(Box):
        def delete(self, key: str) -> None:
            if key == "c/d":
                raise ConnectionResetError(key)
            super().delete(key)

    with journal_in(tmp_path) as journal:
        walk = explorer(Fragile, journal, programs=240)
        explore(walk)
        kept = keep(walk, journal.harvest).kept
    lost = [each for each in kept if each.hit and each.hit.actual.code == "Unreachable"]
    assert [("delete", {"key": "c/d"})] in [told(each.program) for each in lost]


def test_what_does_not_come_again_is_flaky_and_not_kept(tmp_path: Path) -> None:
    reads = [0]

    class Moody(Box):
        def get(self, key: str) -> dict[str, object]:
            reads[0] += 1
            if reads[0] == 57:
                raise Refused("conflict")
            return super().get(key)

    with journal_in(tmp_path) as journal:
        walk = explorer(Moody, journal, programs=120)
        explore(walk)
        keeping = keep(walk, journal.harvest)
    assert any("conflict" in each for each in keeping.flaky)
    assert not [each for each in keeping.kept if each.hit]


def test_an_exploration_stops_at_its_budget_of_requests(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        assert explore(explorer(Box, journal, requests=200)) == "requests"
        assert 200 <= journal.harvest.requests < 230


def test_an_exploration_that_was_interrupted_goes_on_where_it_was(tmp_path: Path) -> None:
    class Interrupted(Box):
        count_down = 300

        def get(self, key: str) -> dict[str, object]:
            Interrupted.count_down -= 1
            if not Interrupted.count_down:
                raise KeyboardInterrupt
            return super().get(key)

    with journal_in(tmp_path) as journal, pytest.raises(KeyboardInterrupt):
        explore(explorer(Interrupted, journal, programs=10_000))
    before = journal.harvest
    with journal_in(tmp_path) as again:
        assert (again.resumed, again.harvest) == (before.programs, before)
        explore(explorer(Box, again, programs=before.programs + 30))
        assert again.harvest.programs == before.programs + 30
        assert again.harvest.counts.keys() >= before.counts.keys()


def test_the_canary_is_a_program_of_the_contract() -> None:
    from tests.generate.boxes import BOX  # noqa: PLC0415

    assert BOX.canary == (Step("put", {"key": "a", "value": b"x"}), Step("get", {"key": "a"}))
