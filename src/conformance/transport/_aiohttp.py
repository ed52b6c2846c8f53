"""The seam of aiohttp, and of the storage clients that stand on it: where a connector gives connections.

The connection that it hands out leads nowhere: aiohttp writes its request to it, and parses the answer as if a server
had sent it. So everything above (redirects, cookies, middlewares, traces, decoding, streaming) is aiohttp's own.

What it uses of aiohttp beyond the documented surface: ``BaseConnector.connect``, ``Connection``, ``ResponseHandler``,
and what these call of each other. ``tests/transport/test_aiohttp_exchange.py`` fails when any of it moves.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
from typing import TYPE_CHECKING, Any, cast

from aiohttp import BaseConnector, ClientConnectionError
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from conformance.cassette import Request, Response
from conformance.errors import RecordingError
from conformance.transport._binding import bypassed, current, handed_over, replaced
from conformance.transport._wire import framed, is_decoded, join_chunks, render_parts, sizes_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import ClientRequest, StreamReader

    from conformance.transport._binding import Binding

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
SWITCHING_PROTOCOLS = 101


def install() -> Callable[[], None]:
    """Put the seam in; return what takes it out."""
    connect = BaseConnector.connect

    @functools.wraps(connect)
    async def connect_or_not(
        connector: BaseConnector, request: ClientRequest, *arguments: Any, **options: Any
    ) -> Connection:
        binding = handed_over() or current()
        if binding is None:
            return await connect(connector, request, *arguments, **options)

        async def connect_live() -> Connection:
            with bypassed():
                return await connect(connector, request, *arguments, **options)

        live = await connect_live() if binding.exchange.sends == "always" else None
        protocol = _Protocol(binding, request, live, connect_live)
        return Connection(connector, request.connection_key, protocol, asyncio.get_running_loop())

    put_back = replaced((BaseConnector, "connect", connect_or_not))
    close_quick = _install_quick(connect_or_not)

    def take_out() -> None:
        close_quick()
        put_back()

    return take_out


def _install_quick(connect: object) -> Callable[[], None]:
    """Open the quick way, if the aiohttp that runs has all of what that is made of."""
    try:
        install_quick = importlib.import_module("conformance.transport._aiohttp_quick").install
    except (AttributeError, ImportError, TypeError):
        return lambda: None
    return cast("Callable[[], None]", install_quick(connect))


class _Protocol(ResponseHandler):
    """Waits until one request is written, has it answered, and parses the answer; serves no second one.

    Names are mangled, because the class above has many of its own and will have others.
    """

    def __init__(
        self,
        binding: Binding,
        request: ClientRequest,
        live: Connection | None,
        connect: Callable[[], Awaitable[Connection]],
    ) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(loop)
        self.__binding = binding
        self.__request = request
        self.__live = live
        self.__connect = connect
        self.__params: dict[str, Any] = {}
        self.__written: asyncio.Future[None] = loop.create_future()
        self.__is_continued = False
        self.connection_made(_Transport(self, live))
        self.force_close()  # so that no connector keeps it for another request

    def set_response_params(self, **params: Any) -> None:
        """Make no parser yet: what it has to decode depends on the answer."""
        self.__params = params

    def start_timeout(self) -> None:
        """Take note that the request is written to its end: that is when aiohttp begins to wait for an answer."""
        if not self.__written.done():
            self.__written.set_result(None)

    def set_exception(self, *arguments: Any, **options: Any) -> None:
        """Take note that the request will not be written to its end."""
        super().set_exception(*arguments, **options)
        self.start_timeout()

    async def read(self) -> Any:
        """Return the next message: leave to send the body where that is waited for, then the answer."""
        request = self.__request
        if not self.__is_continued and request.headers.get("Expect", "").lower() == "100-continue":
            self.__is_continued = True
            self.__parse(CONTINUE, **self.__params)
            return await super().read()
        await self.__written
        await asyncio.sleep(0)  # others get a turn, as while a network is waited for: the end of the writer is one
        error = self.exception()
        if error is not None:
            raise error
        transport = self.transport
        if not isinstance(transport, _Transport):
            raise ClientConnectionError("The connection was closed before the request was written.")
        data = b"".join(transport.written)
        response = await self.__binding.run_async(_sent(request, data), lambda: self.__forward(request, data))
        del (
            self.__request,
            self.__connect,
        )  # they hold the client's response, which holds this: the body would stay in memory
        self.__deliver(response, transport, method=request.method)
        return await super().read()

    def __deliver(self, response: Response, transport: _Transport, *, method: str) -> None:
        params = self.__params | ({"auto_decompress": False} if is_decoded(response) else {})
        self.__parse(*render_parts(framed(response), method=method), **params)
        transport.end()

    def __parse(self, *parts: bytes, **params: Any) -> None:
        super().set_response_params(**params)
        for part in parts:
            self.data_received(part)

    async def __forward(self, request: ClientRequest, data: bytes) -> Response:
        """Send the bytes on the live connection, and read the answer to its end, as it came."""
        live, self.__live = self.__live or await self.__connect(), None  # one connection for each attempt
        protocol: Any = live.protocol
        if isinstance(self.transport, _Transport):
            self.transport.live = live
        protocol.set_response_params(**self.__params | {"auto_decompress": False})
        if protocol.is_connected():  # else reading tells how it was lost, and aiohttp knows whether to try again
            protocol.transport.write(data)
        protocol.start_timeout()
        message, payload = await protocol.read()
        while message.code < 200 and message.code != SWITCHING_PROTOCOLS:  # noqa: PLR2004  (interim answers)
            message, payload = await protocol.read()
        if message.code == SWITCHING_PROTOCOLS:
            what = f"{request.method} {request.url.path} switched to another protocol."
            raise RecordingError(what, "Only HTTP can be recorded: leave WebSockets out of this test.")
        is_chunked = message.chunked and not payload.at_eof()  # the payload of nothing never ends chunk by chunk
        chunks = await _chunks_of(payload) if is_chunked else [await payload.read()]
        live.release()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.raw_headers)
        reason = message.reason.encode("utf-8", "surrogateescape").decode("latin-1")
        return Response(message.code, reason, headers, b"".join(chunks), sizes_of(chunks))


class _Transport(asyncio.Transport):
    """Keeps what is written, and closes the live connection with itself, if there is one."""

    def __init__(self, protocol: _Protocol, live: Connection | None) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self._protocol = protocol
        self.live = live
        self._is_closing = False
        self._is_paused = False
        self._is_ended = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))  # a copy, because callers may fill their buffer anew

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        self._is_paused = True

    def resume_reading(self) -> None:
        if self._is_paused and self._is_ended:  # later, because a parser in the midst of its work may be what calls
            asyncio.get_running_loop().call_soon(self.end)
        self._is_paused = False

    def end(self) -> None:
        """Tell that nothing follows: bodies without a length end there. A parser that was paused must go on first."""
        self._is_ended = True
        if not self._is_paused and not self._is_closing:
            self._protocol.connection_lost(None)

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = True
        if self.live is not None:
            self.live.close()
        self._protocol.start_timeout()

    abort = close


async def _chunks_of(payload: StreamReader) -> list[bytes]:
    """Read a chunked body to its end, chunk by chunk."""
    chunks, pieces = [], []
    async for data, is_end in payload.iter_chunks():
        pieces.append(data)
        if is_end:
            chunks.append(b"".join(pieces))
            pieces = []
    return [*chunks, b"".join(pieces)]


def _sent(request: ClientRequest, data: bytes) -> Request:
    headers = tuple((str(name), str(value)) for name, value in request.headers.items())
    body = data.partition(b"\r\n\r\n")[2]
    is_chunked = request.chunked is not None  # what aiohttp's writer goes by
    return Request(request.method, str(request.url), headers, join_chunks(body) if is_chunked else body)
