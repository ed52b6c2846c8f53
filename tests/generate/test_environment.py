"""A service that does not work for a while, or for good: never a finding, and never a verdict on one."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conformance.contract import Refused, Unreachable, call_of
from conformance.errors import EnvironmentFault
from conformance.generate import Budget, Explorer, Journal, Keeping, Subject, explore, keep, offered_by
from tests.generate.boxes import BOX, NONE, Cost, Leaking, Reversed, journal_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROGRAMS = 40
FOREVER = 10**9
NESTED = settings(suppress_health_check=[HealthCheck.nested_given], max_examples=25, deadline=None)


class Sick(Leaking, Reversed):
    """A subject with two faults, which has to be found and kept beside an outage."""


def refuses() -> None:
    raise Refused("conflict", status=503)


def leaks() -> None:
    message = "the server sent nonsense"
    raise RuntimeError(message)


def is_gone() -> None:
    message = "nobody is there"
    raise Unreachable(message)


WAYS = (refuses, leaks, is_gone)


@dataclass
class Service:
    """What every subject calls: out of order from one call on, for so many calls.

    Attributes:
        begins: The first call that fails, from 1.
        lasts: How many do.
        way: How they fail.
        is_opened: Whether opening a subject is a call too.
        calls: How many there were.
    """

    begins: int = FOREVER
    lasts: int = FOREVER
    way: Callable[[], None] = is_gone
    is_opened: bool = False
    calls: int = 0

    def called(self) -> None:
        self.calls += 1
        if self.begins <= self.calls < self.begins + self.lasts:
            self.way()

    @contextmanager
    def open(self) -> Iterator[Subject]:
        cost = Cost()
        call = call_of(_Called(self, Sick()))

        def counted(op: str, args: Any) -> Any:
            cost.requests += 1
            return call(op, args)

        if self.is_opened:
            with_unreachable(self.called)
        yield Subject(counted, cost)
        if self.is_opened:
            with_unreachable(self.called)

    def explorer(self, journal: Journal, programs: int = PROGRAMS) -> Explorer:
        return Explorer(BOX, self.open, capabilities=NONE, journal=journal, budget=Budget(programs=programs))


class _Called:
    def __init__(self, service: Service, box: Sick) -> None:
        self._service = service
        self._box = box

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._box, name)

        def calling(**args: Any) -> Any:
            self._service.called()
            return operation(**args)

        return calling


def with_unreachable(called: Callable[[], None]) -> None:
    """Fail to open as a fixture does: whatever it is, the service does not answer."""
    try:
        called()
    except (Refused, RuntimeError) as error:
        raise Unreachable(str(error)) from error


def groups(keeping: Keeping) -> list[str]:
    return [each.hit.group for each in keeping.kept if each.hit]


@dataclass(frozen=True, repr=False)
class Healthy:
    """What an exploration comes to without an outage, and after how many calls it was explored and kept."""

    journal: bytes
    counts: dict[str, int]
    groups: list[str]
    covered: frozenset[str]
    explored: int
    kept: int


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Healthy:
    service = Service(is_opened=True)
    with journal_in(tmp_path_factory.mktemp("healthy")) as journal:
        explore(service.explorer(journal))
        explored = service.calls
        keeping = keep(service.explorer(journal), journal.harvest)
        assert keeping.flaky == ()
        assert len(groups(keeping)) >= 2
        data = journal.path.read_bytes()
        return Healthy(
            data, dict(journal.harvest.counts), groups(keeping), keeping.covered, explored, service.calls - explored
        )


@NESTED
@given(at=st.floats(0, 1), way=st.sampled_from(WAYS), is_opened=st.booleans())
@example(at=0.0, way=is_gone, is_opened=True)
@example(at=1.0, way=refuses, is_opened=False)
def test_a_service_that_dies_at_any_call_ends_the_run_and_is_no_finding_and_the_next_run_goes_on(
    at: float,
    way: Callable[[], None],
    is_opened: bool,
    healthy: Healthy,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("dead")
    begins = 1 + int(at * (healthy.explored + healthy.kept - 1) * (1.0 if is_opened else 0.5))
    service = Service(begins, way=way, is_opened=is_opened)
    with pytest.raises(EnvironmentFault), journal_in(folder) as journal:
        explore(service.explorer(journal))
        keep(service.explorer(journal), journal.harvest)
    with journal_in(folder) as journal:
        assert journal.harvest.counts.keys() <= healthy.counts.keys()
        assert journal.harvest.hits.keys() <= set(healthy.groups)
        found = set(journal.harvest.counts)
        back = Service().explorer(journal)
        explore(back)
        keeping = keep(back, journal.harvest)
    assert keeping.flaky == ()
    assert found <= keeping.covered
    assert journal.harvest.programs == PROGRAMS


@NESTED
@given(
    at=st.floats(0, 1),
    service=st.builds(Service, lasts=st.integers(1, 60), way=st.sampled_from(WAYS), is_opened=st.booleans()),
)
def test_an_outage_while_shrinking_ends_the_run_or_changes_no_verdict(
    at: float, service: Service, healthy: Healthy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("out")
    (folder / "box.jsonl").write_bytes(healthy.journal)
    service.begins = 1 + int(at * healthy.kept)
    with journal_in(folder) as journal:
        try:
            keeping = keep(service.explorer(journal), journal.harvest)
        except EnvironmentFault:
            keeping = keep(Service().explorer(journal), journal.harvest)
        assert (groups(keeping), keeping.flaky) == (healthy.groups, ())
        assert set(journal.harvest.counts) <= keeping.covered


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("begins", [1, 3, 5])
def test_what_a_service_offers_is_not_said_where_it_does_not_work(begins: int, way: Callable[[], None]) -> None:
    with pytest.raises(EnvironmentFault):
        offered_by(BOX, Service(begins, way=way).open)


def test_an_error_that_is_none_of_the_service_ends_the_round_and_is_met_once(tmp_path: Path) -> None:
    met = []

    def breaks() -> None:
        met.append(1)
        raise KeyError("a driver")

    @contextmanager
    def opening() -> Iterator[Subject]:
        with service.open() as subject:
            if service.calls > 20:
                breaks()
            yield subject

    service = Service()
    with journal_in(tmp_path) as journal, pytest.raises(KeyError):
        explore(Explorer(BOX, opening, capabilities=NONE, journal=journal, budget=Budget(programs=99)))
    assert met == [1]
