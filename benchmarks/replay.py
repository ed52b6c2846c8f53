"""What one replayed request costs, against vcrpy and against the same client on a transport that does nothing."""

from __future__ import annotations

import asyncio
import io
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import requests
import urllib3
import vcr
from requests.adapters import BaseAdapter

from conformance.cassette import Cassette, Interaction, Matcher, Player, Request, Response, Scrubber
from conformance.transport import open_http

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = b"x" * 1024
HOST = "http://box.test"
SIZES = (100, 1000, 10_000)
SAMPLED = 100  # requests that are timed at each size, spread over the cassette

Urls = list[str]


def measure_replay(count: int, rounds: int) -> list[dict[str, object]]:
    """Time each client at each size up to ``count``, ``rounds`` times; medians a request in milliseconds."""
    rows: list[dict[str, object]] = []
    for name, (send, floor) in CLIENTS.items():
        floor_ms = statistics.median(_median_ms(floor(_sample(SIZES[0]))) for _ in range(rounds))
        for size in (size for size in SIZES if size <= count):
            ours = statistics.median(_median_ms(_ours(send, size)) for _ in range(rounds))
            theirs = _median_ms(_vcrpy(send, size))
            rows.append(
                {
                    "client": name,
                    "interactions": size,
                    "floor_ms": round(floor_ms, 3),
                    "conformance_ms": round(ours, 3),
                    "vcrpy_ms": round(theirs, 3),
                    "to_floor": round(ours / floor_ms, 2),
                    "vcrpy_to_conformance": round(theirs / ours, 1),
                }
            )
    return rows


def _sample(size: int) -> Urls:
    """Return the addresses that are timed: recorded order, spread over the whole cassette."""
    step = max(1, size // SAMPLED)
    return [f"{HOST}/{key}" for key in range(0, size, step)]


def _median_ms(times: list[float]) -> float:
    return statistics.median(times) * 1000


def _ours(send: Any, size: int) -> list[float]:
    headers = (("Content-Type", "text/plain"), ("Content-Length", str(len(BODY))))
    tape = tuple(
        Interaction(Request("GET", f"{HOST}/{key}"), Response(200, "OK", headers, BODY)) for key in range(size)
    )
    matcher = Matcher(["method", "scheme", "host", "port", "path", "query", "body"])
    player = Player(Cassette(Path("none.yaml"), tape, None), matcher=matcher, scrubber=Scrubber(), mend="")
    with open_http(player):
        times: list[float] = send(_sample(size))
    return times


def _vcrpy(send: Any, size: int) -> list[float]:
    headers = {"Content-Type": ["text/plain"], "Content-Length": [str(len(BODY))]}
    interactions = [
        {
            "request": {"method": "GET", "uri": f"{HOST}/{key}", "body": None, "headers": {}},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": headers,
                "body": {"string": BODY.decode()},
            },
        }
        for key in range(size)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tape.json")
        path.write_text(json.dumps({"version": 1, "interactions": interactions}))
        with vcr.VCR(serializer="json", record_mode="none").use_cassette(str(path)):
            times: list[float] = send(_sample(size))
    return times


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
