"""A loopback HTTP/1.1 server for any callable that answers requests, on an event loop and a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httptools

from conformance.cassette import Request, Response
from conformance.errors import Problem
from conformance.transport._http_answer import answer_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Handle = Callable[[Request], Response]

LOG = logging.getLogger(__name__)
BACKLOG = 1024
PLAIN = (("Content-Type", "text/plain; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came whole.

    Attributes:
        is_kept: Whether the connection stays open after its answer.
        is_old: Whether it is one of HTTP/1.0.
    """

    request: Request
    is_kept: bool
    is_old: bool


class Server:
    """A server that runs.

    Attributes:
        netloc: Where it listens, as ``host:port``.
        failures: What the handler raised, oldest first; each was logged, and answered with 500.
    """

    def __init__(self, handle: Handle, listener: socket.socket) -> None:
        """Take the handler and a socket that listens; nothing is answered yet."""
        host, port = listener.getsockname()[:2]
        self.netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.failures: list[BaseException] = []
        self._handle = handle
        self._listener = listener
        self._connections: set[_Connection] = set()
        self._is_idle = asyncio.Event()
        self._is_stopping = False

    @property
    def url(self) -> str:
        """The URL of its root, without a slash at the end."""
        return f"http://{self.netloc}"

    def answer(self, asked: Asked) -> tuple[list[bytes], bool]:
        """Return what to send, and whether the connection stays open; 500 where the handler fails."""
        request = asked.request
        try:
            response = self._handle(request)
            return answer_bytes(response, request.method, is_kept=asked.is_kept, is_old=asked.is_old)
        except (Exception, Problem) as error:  # a server answers whatever happens, and says what did
            self.failures.append(error)
            LOG.exception("The handler of %s %s failed.", request.method, request.uri)
            text = f"The handler of this request failed: {type(error).__name__}: {error}\n"
            response = Response(500, headers=PLAIN, body=text.encode())
            return answer_bytes(response, request.method, is_kept=asked.is_kept, is_old=asked.is_old)

    async def run(self, started: Future[Callable[[], object]]) -> None:
        """Answer until the callable that ``started`` gets is called; then drop every connection."""
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        listening = await loop.create_server(lambda: _Connection(self), sock=self._listener, backlog=BACKLOG)
        started.set_result(lambda: loop.call_soon_threadsafe(stopping.set))
        await stopping.wait()
        self._is_stopping = True
        with contextlib.suppress(NotImplementedError):  # where accepting is no reader, it makes connections at once
            loop.remove_reader(self._listener)
        for _ in range(2):  # one that was accepted has its transport after one turn, and is made after two; closing
            await asyncio.sleep(0)  # the listener before that would leave its socket open
        listening.close()
        for connection in self._connections:
            connection.transport.abort()
        if self._connections:
            self._is_idle.clear()
            await self._is_idle.wait()
        await listening.wait_closed()

    def opened(self, connection: _Connection) -> None:
        """Know a connection; drop it where the server is about to end."""
        self._connections.add(connection)
        if self._is_stopping:
            connection.transport.abort()

    def lost(self, connection: _Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        if not self._connections:
            self._is_idle.set()


@contextmanager
def serve(handle: Handle, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Serve a handler until the block ends.

    The handler is called in the thread of the server, one request at a time; its request has an absolute URI: the
    ``Host`` header and the target as they were sent. A body is handed over whole. An answer with
    ``Transfer-Encoding: chunked`` goes out in chunks, by its ``chunks`` where it has them; any other gets the
    ``Content-Length`` of its body. The answer to a HEAD keeps what it says of a body, and has none.

    Args:
        handle: Answers a request. What it raises is kept in ``Server.failures``, logged, and answered with 500.
        host: The address to listen on.
        port: 0 takes a free one.

    Raises:
        OSError: The address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    server = Server(handle, listener)
    started: Future[Callable[[], object]] = Future()
    thread = threading.Thread(target=_run, args=(server, started), name=f"http server {server.netloc}", daemon=True)
    thread.start()
    stop = started.result()
    try:
        yield server
    finally:
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            stop()
        thread.join()


def _run(server: Server, started: Future[Callable[[], object]]) -> None:
    try:
        asyncio.run(server.run(started))
    except BaseException as error:
        if not started.done():
            started.set_exception(error)
            return
        raise


class _Connection(asyncio.Protocol):
    """One connection: parses what comes, and answers each request before it looks at what follows."""

    transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._complete: list[Asked] = []
        self._awaits_continue = False
        self._begin()

    # --- What the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # of a stream, it is a full transport
        self._server.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (the protocol's signature)
        self._server.lost(self)

    def pause_writing(self) -> None:
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        fault = self._fed(data)
        for asked in self._complete:
            if not self.transport.is_closing():
                pieces, is_kept = self._server.answer(asked)
                self._send(pieces, is_kept=is_kept)
        self._complete.clear()
        if self.transport.is_closing():
            return
        if fault is not None:
            response = Response(400, headers=PLAIN, body=f"This is no request: {fault}\n".encode())
            self._send(*answer_bytes(response, "GET", is_kept=False))
        elif self._awaits_continue:
            self._awaits_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    # --- What the parser calls

    def on_message_begin(self) -> None:
        self._begin()

    def on_url(self, part: bytes) -> None:
        self._target.append(part)

    def on_header(self, name: bytes, value: bytes) -> None:
        text = (name.decode("latin-1"), value.decode("latin-1"))
        self._headers.append(text)
        lower = name.lower()
        if lower == b"host":
            self._hosts.append(text[1])
        elif lower == b"expect" and value.lower() == b"100-continue":
            self._awaits_continue = True

    def on_headers_complete(self) -> None:
        if len(self._hosts) != 1 and (self._hosts or self._parser.get_http_version() == "1.1"):
            raise ValueError("A request names one host (RFC 9112 section 3.2).")
        if self._parser.get_method() == b"CONNECT":
            raise ValueError("No tunnel is offered.")

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        self._awaits_continue = False
        if self._parser.should_upgrade():
            return
        host = self._hosts[0] if self._hosts else self._server.netloc
        target = b"".join(self._target).decode("latin-1")
        uri = f"http://{host}{target}" if target.startswith("/") else target.replace("*", f"http://{host}", 1)
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        request = Request(self._parser.get_method().decode(), uri, tuple(self._headers), body)
        self._body.clear()
        is_old = self._parser.get_http_version() == "1.0"
        self._complete.append(Asked(request, self._parser.should_keep_alive(), is_old))

    # --- The rest

    def _begin(self) -> None:
        self._target: list[bytes] = []
        self._headers: list[tuple[str, str]] = []
        self._hosts: list[str] = []
        self._body: list[bytes] = []
        self._awaits_continue = False

    def _fed(self, data: bytes) -> str | None:
        """Parse; return what is wrong with what came, if anything is."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            return self._fed_without_upgrade(data[offer.args[0] :])
        except httptools.HttpParserError as error:
            return str(error.__context__ or error)
        return None

    def _fed_without_upgrade(self, rest: bytes) -> str | None:
        """Parse a request anew without its offer of another protocol, which a server may pass over (RFC 9110 7.8)."""
        headers, target, method = self._headers, b"".join(self._target), self._parser.get_method()
        kept = "".join(f"{n}: {v}\r\n" for n, v in headers if n.lower() not in ("upgrade", "connection"))
        self._parser = httptools.HttpRequestParser(self)
        fault = self._fed(b"%b %b HTTP/1.1\r\n%b\r\n" % (method, target, kept.encode("latin-1")))
        return fault or (self._fed(rest) if rest else None)

    def _send(self, pieces: list[bytes], is_kept: bool) -> None:
        for piece in pieces:
            self.transport.write(piece)
        if not is_kept:
            self.transport.close()
