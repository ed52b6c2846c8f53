"""The clients that are timed: each on whatever is open, and each on a transport that does nothing (its floor)."""

from __future__ import annotations

import asyncio
import io
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import requests
import urllib3
from requests.adapters import BaseAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = b"x" * 1024
Urls = list[str]


def _timed(get: Callable[[str], object], urls: Urls) -> list[float]:
    times = []
    for url in urls:
        started = time.perf_counter()
        get(url)
        times.append(time.perf_counter() - started)
    return times


def _answer() -> urllib3.HTTPResponse:
    headers = {"Content-Type": "text/plain", "Content-Length": str(len(BODY))}
    return urllib3.HTTPResponse(body=io.BytesIO(BODY), headers=headers, status=200, preload_content=False)


class _NullAdapter(BaseAdapter):
    def send(self, request: Any, **_: Any) -> Any:
        return requests.adapters.HTTPAdapter().build_response(request, _answer())

    def close(self) -> None:
        """Nothing is open."""


def _requests(urls: Urls, adapter: BaseAdapter | None = None) -> list[float]:
    with requests.Session() as session:
        if adapter:
            session.mount("http://", adapter)
        return _timed(lambda url: session.get(url).content, urls)


def _requests_floor(urls: Urls) -> list[float]:
    return _requests(urls, _NullAdapter())


def _urllib3(urls: Urls) -> list[float]:
    with urllib3.PoolManager() as pool:
        return _timed(lambda url: pool.request("GET", url).data, urls)


def _urllib3_floor(urls: Urls) -> list[float]:
    original = urllib3.HTTPConnectionPool._make_request

    def make_request(*_: Any, **__: Any) -> urllib3.HTTPResponse:
        answer = _answer()
        answer.read(cache_content=True)
        return answer

    urllib3.HTTPConnectionPool._make_request = make_request  # type: ignore[method-assign,assignment]
    try:
        return _urllib3(urls)
    finally:
        urllib3.HTTPConnectionPool._make_request = original  # type: ignore[method-assign]


def _httpx(urls: Urls, transport: httpx.BaseTransport | None = None) -> list[float]:
    with httpx.Client(transport=transport) as client:
        return _timed(lambda url: client.get(url).content, urls)


def _httpx_floor(urls: Urls) -> list[float]:
    return _httpx(urls, httpx.MockTransport(lambda _: httpx.Response(200, content=BODY)))


def _aiohttp(urls: Urls) -> list[float]:
    async def run() -> list[float]:
        times = []
        async with aiohttp.ClientSession() as session:
            for url in urls:
                started = time.perf_counter()
                async with session.get(url) as answer:
                    await answer.read()
                times.append(time.perf_counter() - started)
        return times

    return asyncio.run(run())


def _aiohttp_floor(urls: Urls) -> list[float]:
    """Answer on a protocol that aiohttp's own parser reads, without a socket."""
    from aiohttp.client_proto import ResponseHandler  # noqa: PLC0415
    from aiohttp.connector import BaseConnector, Connection  # noqa: PLC0415

    raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)

    class Transport(asyncio.Transport):
        def __init__(self, protocol: ResponseHandler) -> None:
            super().__init__()
            self.protocol = protocol

        def write(self, _data: object) -> None:
            asyncio.get_running_loop().call_soon(self.protocol.data_received, raw)

        def writelines(self, _data: object) -> None:
            self.write(b"")

        def is_closing(self) -> bool:
            return False

        def close(self) -> None:
            """Nothing is open."""

    async def connect(connector: BaseConnector, request: Any, *_: Any, **__: Any) -> Connection:
        loop = asyncio.get_running_loop()
        protocol = ResponseHandler(loop)
        protocol.connection_made(Transport(protocol))
        return Connection(connector, request.connection_key, protocol, loop)

    original, release = BaseConnector.connect, BaseConnector._release
    BaseConnector.connect = connect  # type: ignore[method-assign,assignment]
    BaseConnector._release = lambda *_, **__: None  # type: ignore[method-assign,assignment]
    try:
        return _aiohttp(urls)
    finally:
        BaseConnector.connect, BaseConnector._release = original, release  # type: ignore[method-assign]


CLIENTS: dict[str, tuple[Any, Any]] = {
    "requests": (_requests, _requests_floor),
    "urllib3": (_urllib3, _urllib3_floor),
    "httpx": (_httpx, _httpx_floor),
    "aiohttp": (_aiohttp, _aiohttp_floor),
}
