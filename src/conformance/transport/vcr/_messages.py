"""Requests and responses between vcr's form and ours."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import vcr

from conformance.cassette import Request, Response
from conformance.transport._bodies import bytes_of


class StoredRequest(vcr.Request):  # type: ignore[misc]
    """A request that is copied fast: filters are given a copy of each."""

    def __deepcopy__(self, memo: dict[int, Any]) -> StoredRequest:
        """Copy what a filter may change in place: headers, and a body that is neither bytes nor text."""
        twin = type(self).__new__(type(self))
        twin.__dict__.update(self.__dict__)
        headers = type(self._headers)()
        headers._store = dict(self._headers._store)  # noqa: SLF001
        body = self._body
        copied = body if body is None or isinstance(body, (bytes, str)) else deepcopy(body)
        twin.__dict__.update(_headers=headers, _body=copied)
        memo[id(self)] = twin
        return twin


def from_vcr(request: Any) -> Request:
    """Return our form of a request of vcr's."""
    headers = tuple((str(name), _text(value)) for name, value in request.headers.items())
    return Request(request.method, request.uri, headers, bytes_of(request.body))


def from_vcr_response(response: dict[str, Any]) -> Response:
    """Return our form of a response of vcr's."""
    status = response["status"]
    headers = tuple((name, _text(value)) for name, values in response["headers"].items() for value in values)
    return Response(status["code"], status["message"] or "", headers, bytes_of(response["body"].get("string")))


def to_vcr(response: Response) -> dict[str, Any]:
    """Return vcr's form of a response."""
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name, []).append(value)
    return {
        "status": {"code": response.status, "message": response.reason},
        "headers": headers,
        "body": {"string": response.body},
    }


def to_vcr_request(request: Request) -> StoredRequest:
    """Return vcr's form of a request: of a header that was sent more than once it has one value, the first."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        headers.setdefault(name, value)
    return StoredRequest(request.method, request.uri, request.body or None, headers)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
