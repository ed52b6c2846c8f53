"""Whatever a driver does is one outcome; only a service that cannot be reached is none."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import NotOffered, Refused, Unreachable, call_of
from conformance.trace import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable


class Subject:
    """Does what it was given."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act

    def do(self) -> Any:
        return self._act()

    async def wait(self) -> Any:
        await asyncio.sleep(0)
        return self._act()


def raising(error: BaseException, cause: BaseException | None = None) -> Callable[[], Any]:
    def act() -> Any:
        raise error from cause

    return act


def outcome_of(act: Callable[[], Any]) -> Outcome:
    return call_of(Subject(act))("do", {})


@given(value=st.dictionaries(st.text(max_size=3), st.integers() | st.binary()))
def test_what_a_driver_returns_is_the_value(value: dict[str, Any]) -> None:
    assert outcome_of(lambda: value) == Outcome(value)


def test_nothing_returned_is_success_without_fields() -> None:
    found = outcome_of(lambda: None)
    assert (found, found.is_ok) == (Outcome({}), True)


def test_a_refusal_is_its_error_with_what_the_service_said() -> None:
    found = outcome_of(raising(Refused("missing", status=404, code="NoSuchKey", detail="no a")))
    assert (found.error, found.status, found.code, found.detail) == ("missing", 404, "NoSuchKey", "no a")


def test_a_refusal_without_detail_says_its_error() -> None:
    assert outcome_of(raising(Refused("missing"))).detail == "missing"


def test_what_a_client_cannot_express_is_not_offered() -> None:
    assert outcome_of(raising(NotOffered("no ranges"))).error == "not_offered"
    found = call_of(Subject(dict))("fly", {})
    assert (found.error, found.detail) == ("not_offered", "Subject has no operation fly")


@given(kind=st.sampled_from([KeyError, AttributeError, ValueError, RuntimeError, AssertionError, OSError]))
def test_an_error_that_a_driver_does_not_know_leaks_with_its_type(kind: type[Exception]) -> None:
    found = outcome_of(raising(kind("what")))
    assert (found.error, found.code) == ("leaked", f"builtins.{kind.__name__}")
    assert "what" in found.detail


@pytest.mark.parametrize("kind", [Unreachable, ConnectionError, ConnectionResetError, TimeoutError])
def test_a_service_that_cannot_be_reached_is_no_outcome_however_deep_it_says_so(kind: type[Exception]) -> None:
    for act in (raising(kind("down")), raising(ValueError("x"), kind("down")), _within(kind("down"))):
        with pytest.raises(Unreachable, match=": (down|x|invalid literal)"):
            outcome_of(act)


def _within(error: Exception) -> Callable[[], Any]:
    def act() -> Any:
        try:
            raising(error)()
        except Exception:  # noqa: BLE001  (any of them)
            int("x")

    return act


def test_what_was_handled_before_a_call_is_no_reason_of_what_it_raises() -> None:
    try:
        raising(ConnectionError())()
    except ConnectionError:
        assert outcome_of(raising(KeyError("what"))).code == "builtins.KeyError"


def test_a_refusal_that_came_of_a_lost_connection_is_a_refusal() -> None:
    assert outcome_of(raising(Refused("missing"), ConnectionError("down"))).error == "missing"


def test_an_error_that_is_its_own_cause_leaks() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert outcome_of(raising(first, second)).error == "leaked"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_run_is_no_outcome(error: type[BaseException]) -> None:
    with pytest.raises(error):
        outcome_of(raising(error()))


def test_an_async_driver_is_run_by_what_is_given() -> None:
    call = call_of(Subject(lambda: {"size": 1}), run=asyncio.run)
    assert call("wait", {}) == Outcome({"size": 1})
    refusing = call_of(Subject(raising(Refused("missing"))), run=asyncio.run)
    assert refusing("wait", {}).error == "missing"


def test_an_async_driver_without_a_loop_is_a_mistake_that_shows() -> None:
    found = call_of(Subject(dict))("wait", {})
    assert (found.error, found.code) == ("leaked", "builtins.TypeError")
