"""Requests go out as they are, over connections that stay open; what comes back is not touched."""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import Request, Response
from conformance.compare.verification import open_sender
from conformance.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = (("x-B", "1"), ("X-a", ""), ("x-b", "2"), ("Accept-Encoding", "gzip"))


class Kept:
    """What a server was sent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, list[tuple[str, str]], bytes]] = []
        self.connections: set[object] = set()
        self.answer = Response(
            302, "Moved", (("Location", "/elsewhere"), ("Content-Encoding", "gzip")), gzip.compress(b"a")
        )
        self.hangs_up = False


@contextmanager
def serving(kept: Kept) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kept.requests.append((self.command, self.path, list(self.headers.items()), body))
            kept.connections.add(self.client_address)
            if kept.hangs_up:
                self.close_connection = True
                return
            answer = kept.answer
            head = [
                f"HTTP/1.1 {answer.status} {answer.reason}",
                *(f"{name}: {value}" for name, value in answer.headers),
            ]
            head.append(f"Content-Length: {len(answer.body)}")
            self.wfile.write("\r\n".join([*head, "", ""]).encode() + answer.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "account.blob.localhost"])
def test_a_request_arrives_as_it_was_sent_and_its_answer_as_it_came(host: str) -> None:
    kept = Kept()
    with serving(kept) as port, open_sender() as send:
        uri = f"http://{host}:{port}/a%2Fb//c%20d?x=%2B&y=a+b&"
        answers = [send(Request("PUT", uri, (*HEADERS, ("Content-Length", "4")), b"body")) for _ in range(2)]
    sent = (
        "PUT",
        uri.partition(str(port))[2],
        [("Host", f"{host}:{port}"), *HEADERS, ("Content-Length", "4")],
        b"body",
    )
    assert kept.requests == [sent, sent]
    assert len(kept.connections) == 1
    assert [(answer.status, answer.body) for answer in answers] == [(302, kept.answer.body)] * 2


def test_a_server_that_hangs_up_gave_no_answer_and_is_asked_once() -> None:
    kept = Kept()
    kept.hangs_up = True
    with serving(kept) as port, open_sender() as send:
        answer = send(Request("GET", f"http://127.0.0.1:{port}/"))
        assert (answer.status, len(kept.requests)) == (0, 1)
        kept.hangs_up = False
        assert send(Request("GET", f"http://127.0.0.1:{port}/")).status == 302


def test_nothing_that_listens_is_a_fault_of_the_environment() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with open_sender() as send, pytest.raises(EnvironmentFault, match=f"127.0.0.1:{port}"):
        send(Request("GET", f"http://127.0.0.1:{port}/"))
