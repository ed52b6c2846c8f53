"""vcr's stubs, for the clients that have no seam, with the bound exchange behind them.

What it uses of vcr beyond the documented surface: ``CassettePatcherBuilder``, its groups, and that the stubs call the
methods below and no others. ``tests/transport/test_vcr.py`` fails when one of them moves.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from vcr.patch import PATCHER_NAMES, CassettePatcherBuilder

from conformance.cassette import Recorder, Scrubber
from conformance.transport._binding import Binding, of_context
from conformance.transport.vcr._messages import from_vcr, from_vcr_response, to_vcr

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.cassette import Response, Steps


def install(group: str) -> Callable[[], None]:
    """Put vcr's stubs of one group in; return what takes them out."""
    stack = ExitStack()
    for patcher in CassettePatcherBuilder(StubbedCassette(group)).build():
        stack.enter_context(patcher)
    return stack.close


class StubbedCassette:
    """What the stubs take for a cassette; what can be played is what the exchange answers.

    The stubs ask first and send then: what the exchange says of a request stays with it until its answer comes.
    """

    _path = "conformance"
    custom_patches = ()

    def __init__(self, group: str) -> None:
        """Take the group of stubs that is put in."""
        self.skip_patchers = tuple(name for name in PATCHER_NAMES if name != group)

    @property
    def write_protected(self) -> bool:
        """Whether what cannot be played must not be sent."""
        return _binding().exchange.sends == "never"

    def can_play_response_for(self, request: Any) -> bool:
        """Return whether the exchange answers without sending; what it says is kept with the request."""
        exchange = _binding().exchange
        if exchange.sends == "never":
            return True
        if not hasattr(request, "conformance_answer"):
            request.conformance_steps = exchange.steps(from_vcr(request))
            request.conformance_answer = _answer_of(request.conformance_steps, None)
        return request.conformance_answer is not None

    def play_response(self, request: Any) -> dict[str, Any]:
        """Return the recorded answer."""
        exchange = _binding().exchange
        if exchange.sends == "never":
            return to_vcr(exchange.answer(from_vcr(request)))
        return to_vcr(request.conformance_answer)

    def find_requests_with_most_matches(self, request: Any) -> list[tuple[Any, list[str], list[str]]]:
        """Offer the request itself where a stub asks what a redirect was recorded as."""
        return [(request, [], [])]

    def filter_request(self, request: Any) -> Any:
        """Return the request: the recorder scrubs."""
        return request

    def append(self, request: Any, response: dict[str, Any]) -> None:
        """Hand in what came of a request that was sent; a stub sends once, so a further attempt is not made."""
        steps = getattr(request, "conformance_steps", None)
        if steps is not None:
            _answer_of(steps, from_vcr_response(response))
            steps.close()


def _answer_of(steps: Steps, response: Response | None) -> Response | None:
    """Return the answer that the exchange gives; None where it wants the request sent first."""
    try:
        while True:
            wait = steps.send(response)
            if wait is None:
                return None
            response = None
            time.sleep(wait)
    except StopIteration as done:
        return cast("Response", done.value)


def _binding() -> Binding:
    """Return what the context is bound to; a connection that outlived every exchange sends, and nobody keeps it."""
    return of_context() or Binding(Recorder(scrubber=Scrubber()))
