"""The one module that imports vcr: its stubs, with our player or recorder where its cassette would be.

What it uses of vcr beyond the documented surface: ``CassettePatcherBuilder``, and that the stubs call the methods below
and no others. ``tests/transport/test_vcr.py`` fails when either moves.
"""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from vcr.patch import CassettePatcherBuilder

from conformance.cassette import Recorder, Request, Response
from conformance.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.transport._http import Exchange


@contextmanager
def patched_clients(exchange: Exchange | Recorder) -> Iterator[None]:
    """Put vcr's stubs in place of every client library that is there, bound to one exchange."""
    cassette = _Recording(exchange) if isinstance(exchange, Recorder) else _Replaying(exchange)
    with ExitStack() as stack:
        for patcher in CassettePatcherBuilder(cassette).build():
            stack.enter_context(patcher)
        yield


class _Replaying:
    """What the stubs see in replay: everything can be played, and playing stops what has no answer."""

    _path = "conformance"
    custom_patches = ()
    skip_patchers = ()
    write_protected = True

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def can_play_response_for(self, _request: Any) -> bool:
        return True

    def play_response(self, request: Any) -> dict[str, Any]:
        return _to_vcr(self._exchange.answer(_from_vcr(request)))

    def find_requests_with_most_matches(self, request: Any) -> list[tuple[Any, list[str], list[str]]]:
        """Offer the request itself where a stub asks what a redirect was recorded as."""
        return [(request, [], [])]


class _Recording:
    """What the stubs see when recording: nothing can be played, and what comes back is kept."""

    _path = "conformance"
    custom_patches = ()
    skip_patchers = ()
    write_protected = False

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def can_play_response_for(self, request: Any) -> bool:
        """Say no, and note the place of the request: stubs ask before they send."""
        if not hasattr(request, "conformance_place"):
            request.conformance_place = self._recorder.begin()
        return False

    def filter_request(self, request: Any) -> Any:
        return request

    def append(self, request: Any, response: dict[str, Any]) -> None:
        place = getattr(request, "conformance_place", None) or self._recorder.begin()
        self._recorder.keep(place, _from_vcr(request), _from_vcr_response(response))


def _from_vcr(request: Any) -> Request:
    headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
    return Request(request.method, request.uri, headers, _bytes(request.body))


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


def _bytes(body: Any) -> bytes:
    """Return the bytes of a body in any of the forms that clients hand over."""
    if body is None:
        return b""
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (dict, list)) and not any(isinstance(item, (bytes, bytearray)) for item in body):
        return json.dumps(body).encode()
    if hasattr(body, "read"):
        return _bytes(body.read())
    if hasattr(body, "__iter__"):
        return b"".join(_bytes(chunk) for chunk in body)
    what = f"A request body of type {type(body).__name__} cannot be read without spending it."
    raise RecordingError(what, "Hand the client bytes, a file or an iterable of bytes.", slug="unreadable-body")
