"""The seam of http.client, and with it of urllib.request: a socket that is none."""

from __future__ import annotations

import functools
import io
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any

from conformance.cassette import Request, Response
from conformance.transport._binding import current, replaced
from conformance.transport._wire import parse_request, render_response

if TYPE_CHECKING:
    from collections.abc import Callable


def install() -> Callable[[], None]:
    """Put the seam in; return what takes it out."""
    return replaced(*((owner, "connect", _seam(owner.connect)) for owner in (HTTPConnection, HTTPSConnection)))


def _seam(connect: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(connect)
    def connect_or_not(connection: HTTPConnection) -> None:
        if current() is None:
            connect(connection)
        else:
            connection.sock = _Socket(connection, connect)

    return connect_or_not


class _Answer(io.RawIOBase):
    """Asks for the answer when it is first read: what is raised then finds an HTTPResponse that can be closed."""

    def __init__(self, ask: Callable[[], bytes]) -> None:
        self._ask = ask
        self._data: memoryview | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._data is None:
            self._data = memoryview(self._ask())
        size = min(len(buffer), len(self._data))
        buffer[:size] = self._data[:size]
        self._data = self._data[size:]
        return size


class _Socket:
    """Takes the bytes of a request, and gives those of its answer when they are asked for."""

    def __init__(self, connection: HTTPConnection, connect: Callable[[Any], None]) -> None:
        self._connection = connection
        self._connect = connect
        self._sent = bytearray()

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def makefile(self, *_: Any) -> io.BufferedReader:
        data, self._sent = bytes(self._sent), bytearray()
        method, target, headers, body = parse_request(data)
        request = Request(method, self._uri(target), headers, body)

        def forward() -> Response:
            return self._live(data, method)

        def answer() -> bytes:
            binding = current()
            return render_response(binding.run(request, forward) if binding else forward(), method=method)

        return io.BufferedReader(_Answer(answer))

    def settimeout(self, timeout: float | None) -> None:
        """Nothing is waited for."""

    def setsockopt(self, *_: Any) -> None:
        """There is nothing to set."""

    def close(self) -> None:
        """Nothing is open."""

    def _uri(self, target: str) -> str:
        if not target.startswith("/"):
            return target
        connection: Any = self._connection
        scheme = "https" if isinstance(connection, HTTPSConnection) else "http"
        host = connection._tunnel_host or connection.host  # noqa: SLF001
        port = connection._tunnel_port if connection._tunnel_host else connection.port  # noqa: SLF001
        shown = f"[{host}]" if ":" in host else host
        return f"{scheme}://{shown}{'' if port == connection.default_port else f':{port}'}{target}"

    def _live(self, data: bytes, method: str) -> Response:
        """Send the bytes on a connection of their own, and read the answer to its end."""
        connection = self._connection
        self._connect(connection)
        socket, connection.sock = connection.sock, self
        with socket:
            socket.sendall(data)
            answer = HTTPResponse(socket, method=method)
            answer.begin()
            body = answer.read()
        return Response(answer.status, answer.reason, tuple(answer.headers.items()), body)
