"""A project of its own for each test: a server that counts, and a client of it, sync and async."""

from __future__ import annotations

import pytest

# What runs inside of a test imports is forgotten after it: these are imported once here, not by each project anew.
import conformance.pytest_plugin._traces
import conformance.transport._aiohttp
import conformance.transport._http_client
import conformance.transport._httpx
import conformance.transport._urllib3
import conformance.transport.vcr
import conformance.vcr  # noqa: F401

REGISTRY = """
[backend.box]
contract = "box"
driver = "box_backend:store"
service = "box_backend:server"
capabilities = ["read", "write"]

[fixture.box_local]
backend = "box"
kind = "local"
capabilities = ["read"]

[fixture.box_service]
backend = "box"
kind = "service"

[fixture.box_replay]
replays = "box_service"

[fixture.box_async]
backend = "box"
kind = "service"
driver = "box_backend:async_store"
is_async = true

[fixture.box_async_replay]
replays = "box_async"

[fixture.box_live]
backend = "box"
kind = "live"
requires = { env = ["BOX_UNDER_TEST_KEY"] }
"""
DRIVER = """
import http.client, threading
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.count += 1
        data = f"{self.path} {self.server.count}".encode()
        self.send_response(int(self.path.removeprefix("/status/")) if "status" in self.path else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.count = 0
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Store:
    def __init__(self, netloc):
        self.netloc = netloc

    def get(self, path):
        connection = http.client.HTTPConnection(self.netloc, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()


class AsyncStore:
    def __init__(self, session, netloc):
        self.session = session
        self.netloc = netloc

    async def get(self, path):
        async with self.session.get(f"http://{self.netloc}{path}") as answer:
            return await answer.text()


def netloc_of(opening):
    return opening.value("netloc", live=lambda: opening.service, stand_in="box.test:80")


@contextmanager
def store(opening):
    yield Store(netloc_of(opening))


@asynccontextmanager
async def async_store(opening):
    import aiohttp
    async with aiohttp.ClientSession() as session:
        yield AsyncStore(session, netloc_of(opening))
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a registry and a driver; add tests to it."""
    pytester.makefile(".toml", fixtures=REGISTRY)
    pytester.makepyfile(box_backend=DRIVER)
    pytester.makeini("[pytest]\npythonpath = .\naddopts = -p no:cacheprovider -p no:hypothesispytest\n")
    return pytester
