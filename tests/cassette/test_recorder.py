"""What is kept of what was answered, and when a request is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Budget, Recorder, Request, Response, RetryPolicy, Scrubber, Throttle

if TYPE_CHECKING:
    from collections.abc import Iterable

ASKED = Request("GET", "http://box.test/key")
SKIPPED = 503


def drive(recorder: Recorder, answers: Iterable[Response], request: Request = ASKED) -> tuple[Response, list[float]]:
    """Send a request, answered in turn by ``answers``; return what the client is handed, and what was waited."""
    waiting, waits = iter(answers), []
    steps = recorder.steps(request)
    answer: Response | None = None
    try:
        while True:
            wait = steps.send(answer)
            answer = next(waiting) if wait is None else None
            waits += [] if wait is None else [wait]
    except StopIteration as done:
        return done.value, waits


def recorder_of(*waits: float, budget: float = 1000.0) -> Recorder:
    policy = RetryPolicy(frozenset({SKIPPED}), waits_s=waits, budget=Budget(budget))
    return Recorder(scrubber=Scrubber(), policy=policy)


@given(st.integers(0, 6), st.lists(st.floats(0, 10), max_size=4))
def test_a_request_is_sent_again_until_its_answer_can_be_kept_or_the_attempts_are_used_up(
    failures: int, waits: list[float]
) -> None:
    recorder = recorder_of(*waits)
    tape = [*[Response(SKIPPED)] * failures, Response(200)]
    answer, waited = drive(recorder, tape)
    assert waited == waits[:failures]
    assert answer.status == (200 if failures <= len(waits) else SKIPPED)
    assert len(recorder.interactions) == (failures <= len(waits))
    assert len(recorder.skipped) == (failures > len(waits))


def test_what_the_client_asks_again_and_has_answered_is_no_loss() -> None:
    recorder = recorder_of()
    drive(recorder, [Response(SKIPPED)])
    assert [item.response.status for item in recorder.skipped] == [SKIPPED]
    drive(recorder, [Response(200)])
    assert recorder.skipped == []


def test_a_later_attempt_waits_as_long_as_the_service_asks_for() -> None:
    answers = [Response(SKIPPED, "", (("Retry-After", "7"),)), Response(SKIPPED, "", (("retry-after", "1"),))]
    assert drive(recorder_of(2.0, 3.0), [*answers, Response(200)])[1] == [7.0, 3.0]


def test_a_run_waits_no_longer_than_its_budget() -> None:
    recorder = recorder_of(4.0, 4.0, 4.0, budget=9.0)
    assert drive(recorder, [Response(SKIPPED)] * 4)[1] == [4.0, 4.0]
    assert drive(recorder, [Response(SKIPPED)] * 4)[1] == []


@pytest.mark.parametrize("status", [200, 404, 500])
def test_everything_is_kept_where_nothing_is_declared(status: int) -> None:
    recorder = Recorder(scrubber=Scrubber())
    assert drive(recorder, [Response(status)])[1] == []
    assert [item.response.status for item in recorder.interactions] == [status]


def test_a_throttle_holds_requests_apart_over_all_recordings() -> None:
    policy = RetryPolicy(throttle=Throttle(50.0))
    waits = [drive(Recorder(scrubber=Scrubber(), policy=policy), [Response(200)])[1][0] for _ in range(3)]
    assert waits[0] == 0
    assert 49 < waits[1] <= 50
    assert 99 < waits[2] <= 100
