"""A server on loopback that answers every request with what it was sent."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Echo(BaseHTTPRequestHandler):
    """Counts on the server, so that an answer that was not recorded is known by its number."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.count += 1  # type: ignore[attr-defined]
        if self.path == "/failing-first" and self.server.count == 1:  # type: ignore[attr-defined]
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        told = {"method": self.command, "path": self.path, "body": body.decode("latin-1")}
        data = json.dumps(told | {"count": self.server.count}).encode()  # type: ignore[attr-defined]
        self.send_response(201, "Echoed")
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Twice", "one")
        self.send_header("X-Twice", "two")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = answer  # noqa: N815  (the names that the standard library calls)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Takes many connections at once: one that does not fit the queue is tried again after a second."""

    request_queue_size = 128


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of the server; it stops before the test's replay does, if the test asks for that."""
    server = Server(("127.0.0.1", 0), Echo)
    server.count = 0  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
