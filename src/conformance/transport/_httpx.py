"""The seam of httpx: its two network transports, sync and async."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

import httpx

from conformance.cassette import Request, Response
from conformance.transport._binding import current, replaced
from conformance.transport._wire import pieces_of, sizes_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator


def install() -> Callable[[], None]:
    """Put the seam in; return what takes it out."""
    handle, handle_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    @functools.wraps(handle)
    def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        binding = current()
        if binding is None:
            return handle(transport, request)
        sent = _sent(request, request.read())

        def forward() -> Response:
            answer = handle(transport, request)
            try:
                return _received(answer, list(cast("Iterable[bytes]", answer.stream)))
            finally:
                answer.close()

        return _delivered(binding.run(sent, forward))

    @functools.wraps(handle_async)
    async def handle_async_request(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        binding = current()
        if binding is None:
            return await handle_async(transport, request)
        sent = _sent(request, await request.aread())

        async def forward() -> Response:
            answer = await handle_async(transport, request)
            try:
                return _received(answer, [chunk async for chunk in cast("AsyncIterable[bytes]", answer.stream)])
            finally:
                await answer.aclose()

        return _delivered(await binding.run_async(sent, forward))

    return replaced(
        (httpx.HTTPTransport, "handle_request", handle_request),
        (httpx.AsyncHTTPTransport, "handle_async_request", handle_async_request),
    )


class _Chunks(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in the chunks that it came in."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


def _sent(request: httpx.Request, body: bytes) -> Request:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return Request(request.method, str(request.url), headers, body)


def _received(answer: httpx.Response, chunks: list[bytes]) -> Response:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
    sizes = sizes_of(chunks) if "chunked" in answer.headers.get("transfer-encoding", "").lower() else ()
    return Response(answer.status_code, answer.reason_phrase, headers, b"".join(chunks), sizes)


def _delivered(response: Response) -> httpx.Response:
    return httpx.Response(
        response.status,
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers],
        stream=_Chunks(pieces_of(response)) if response.chunks else httpx.ByteStream(response.body),
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": response.reason.encode("latin-1", "replace")},
    )
