"""What one request costs at a loopback server: ours, that of the standard library, and aiohttp's where it is there."""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import statistics
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from conformance.cassette import Response
from conformance.transport import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

HEADERS = {"Content-Type": "text/plain", "ETag": '"0x1"', "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
ANSWER = b"y" * 100


def measure_serve(count: int, rounds: int) -> list[dict[str, object]]:
    """Send ``count`` small requests over one connection to each server, in turn, ``rounds`` times."""
    servers: dict[str, Callable[[], AbstractContextManager[str]]] = {"conformance": _ours, "http.server": _library}
    if importlib.util.find_spec("aiohttp"):
        servers["aiohttp.web"] = _aiohttp
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, opened in servers.items():
            with opened() as netloc:
                times.setdefault(name, []).append(_timed(netloc, count))
    ours = statistics.median(times["conformance"])
    return [
        {
            "server": name,
            "requests_per_s": round(count / statistics.median(values)),
            "time_ratio": round(statistics.median(values) / ours, 2),
        }
        for name, values in times.items()
    ]


def _timed(netloc: str, count: int) -> float:
    with closing(http.client.HTTPConnection(netloc)) as client:
        started = time.perf_counter()
        for number in range(count):
            client.request("PUT", f"/box/{number}", body=b"x" * 100)
            if client.getresponse().read() != ANSWER:
                raise RuntimeError("another answer came")
        return time.perf_counter() - started


@contextmanager
def _ours() -> Iterator[str]:
    headers = tuple(HEADERS.items())
    with serve(lambda _: Response(200, "OK", headers, ANSWER)) as server:
        yield server.netloc


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _library() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def _aiohttp() -> Iterator[str]:
    from aiohttp import web  # noqa: PLC0415  (not everyone has it)

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=ANSWER, headers=HEADERS)

    async def run() -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ends = asyncio.Event()
        told.update(netloc=f"127.0.0.1:{runner.addresses[0][1]}", loop=asyncio.get_running_loop(), ends=ends)
        started.set()
        await ends.wait()
        await runner.cleanup()

    told: dict[str, Any] = {}
    started = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    started.wait()
    yield told["netloc"]
    told["loop"].call_soon_threadsafe(told["ends"].set)
    thread.join()
