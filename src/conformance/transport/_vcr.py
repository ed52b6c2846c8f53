"""The one module that imports vcr: its stubs, for the clients that have no seam, with the bound exchange behind them.

What it uses of vcr beyond the documented surface: ``CassettePatcherBuilder``, its groups, and that the stubs call the
methods below and no others. ``tests/transport/test_vcr.py`` fails when one of them moves.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from vcr.patch import PATCHER_NAMES, CassettePatcherBuilder

from conformance.cassette import Recorder, Request, Response, Scrubber
from conformance.transport._binding import Binding, current
from conformance.transport._bodies import bytes_of

if TYPE_CHECKING:
    from collections.abc import Callable


def install(group: str) -> Callable[[], None]:
    """Put vcr's stubs of one group in; return what takes them out."""
    stack = ExitStack()
    for patcher in CassettePatcherBuilder(StubbedCassette(group)).build():
        stack.enter_context(patcher)
    return stack.close


class StubbedCassette:
    """What the stubs take for a cassette: in replay everything can be played, in recording nothing.

    The stubs ask first and send then, so asking notes the place of the request in the recording.
    """

    _path = "conformance"
    custom_patches = ()

    def __init__(self, group: str) -> None:
        """Take the group of stubs that is put in."""
        self.skip_patchers = tuple(name for name in PATCHER_NAMES if name != group)

    @property
    def write_protected(self) -> bool:
        """Whether what cannot be played must not be sent."""
        return not isinstance(_binding().exchange, Recorder)

    def can_play_response_for(self, request: Any) -> bool:
        """Return whether the exchange answers; when it records, note the place of the request."""
        exchange = _binding().exchange
        if isinstance(exchange, Recorder) and not hasattr(request, "conformance_place"):
            request.conformance_place = exchange.begin()
        return not isinstance(exchange, Recorder)

    def play_response(self, request: Any) -> dict[str, Any]:
        """Return the recorded answer."""
        exchange = _binding().exchange
        if isinstance(exchange, Recorder):
            message = "a stub plays only where can_play_response_for allowed it"
            raise TypeError(message)
        return _to_vcr(exchange.answer(_from_vcr(request)))

    def find_requests_with_most_matches(self, request: Any) -> list[tuple[Any, list[str], list[str]]]:
        """Offer the request itself where a stub asks what a redirect was recorded as."""
        return [(request, [], [])]

    def filter_request(self, request: Any) -> Any:
        """Return the request: the recorder scrubs."""
        return request

    def append(self, request: Any, response: dict[str, Any]) -> None:
        """Keep one interaction."""
        exchange = _binding().exchange
        if isinstance(exchange, Recorder):
            place = getattr(request, "conformance_place", None) or exchange.begin()
            exchange.keep(place, _from_vcr(request), _from_vcr_response(response))


def _binding() -> Binding:
    """Return what the context is bound to; a connection that outlived every exchange sends, and nobody keeps it."""
    return current() or Binding(Recorder(scrubber=Scrubber()))


def _from_vcr(request: Any) -> Request:
    headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
    return Request(request.method, request.uri, headers, bytes_of(request.body))


def _from_vcr_response(response: dict[str, Any]) -> Response:
    status = response["status"]
    headers = tuple((name, _text(value)) for name, values in response["headers"].items() for value in values)
    return Response(status["code"], status["message"] or "", headers, bytes(response["body"].get("string") or b""))


def _to_vcr(response: Response) -> dict[str, Any]:
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name, []).append(value)
    return {
        "status": {"code": response.status, "message": response.reason},
        "headers": headers,
        "body": {"string": response.body},
    }


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
