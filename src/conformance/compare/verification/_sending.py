"""Sends requests exactly as they are, over connections that are kept alive: nothing retried, followed or decoded."""

from __future__ import annotations

import http.client
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from conformance.cassette import Response
from conformance.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cassette import Request

TIMEOUT_S = 60.0
UNESCAPED = "".join(map(chr, range(0x21, 0x7F)))


@contextmanager
def open_sender() -> Iterator[Callable[[Request], Response]]:
    """Yield what sends a request and returns the answer, its body as it came; status 0 where the server hangs up.

    ``localhost`` and every name below it mean 127.0.0.1 (RFC 6761 section 6.3), whatever the system makes of them.

    Raises:
        EnvironmentFault: When called: nothing listens at the address.
    """
    connections: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def send(request: Request) -> Response:
        parts = urlsplit(request.uri)
        key = (parts.scheme, parts.netloc)
        is_kept = key in connections
        connection = connections.setdefault(key, _connection(parts.scheme, parts.hostname or "", parts.port))
        try:
            return _exchange(connection, request, parts.netloc)
        except (ConnectionRefusedError, TimeoutError, ssl.SSLError) as error:
            what = f"Nothing answers at {parts.scheme}://{parts.netloc}: {error}."
            raise EnvironmentFault(what, "See to the server, and verify it again.") from error
        except (OSError, http.client.HTTPException) as error:
            connections.pop(key).close()
            if is_kept and isinstance(error, (ConnectionError, http.client.CannotSendRequest)):
                return send(request)
            return Response(0, f"no answer: {type(error).__name__}")

    try:
        yield send
    finally:
        for connection in connections.values():
            connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    address = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    sort = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
    return sort(address, port, timeout=TIMEOUT_S)


def _exchange(connection: http.client.HTTPConnection, request: Request, netloc: str) -> Response:
    parts = urlsplit(request.uri)
    target = quote(parts.path or "/", safe=UNESCAPED) + (
        f"?{quote(parts.query, safe=UNESCAPED)}" if parts.query else ""
    )
    connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", netloc)
    for name, value in request.headers:
        connection.putheader(name, value.encode("utf-8", "surrogateescape"))
    connection.endheaders(request.body or None)
    answer = connection.getresponse()
    return Response(answer.status, answer.reason, tuple(answer.getheaders()), answer.read())
