"""The loopback server, over real sockets: what a client sends is what the handler gets, and the other way round."""

from __future__ import annotations

import http.client
import logging
import socket
import threading
from contextlib import closing, suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cassette import Request, Response
from conformance.errors import NoMatch
from conformance.transport import Server, closed_network, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = b"Host: box.example:81\r\n"
TOKENS = st.text(alphabet="abcXYZ09!#$%&'*+.^_`|~-", min_size=1, max_size=12).map("x-{}".format)
VALUES = st.text(alphabet=[chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0x100))], max_size=30).map(str.strip)
SEGMENTS = st.text(alphabet="aB9-._~!$&'()*+,;=:@%/?", max_size=30)


class Box:
    """Keeps what it is asked, and answers what it is told."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Response] = lambda request: Response(200, body=request.body)

    def handle(self, request: Request) -> Response:
        self.requests.append(request)
        return self.answer(request)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Box, Server]]:
    box = Box()
    with serve(box.handle) as server:
        yield box, server


@pytest.fixture
def box(running: tuple[Box, Server]) -> Box:
    box, server = running
    Box.__init__(box)
    server.failures.clear()
    return box


@pytest.fixture
def server(running: tuple[Box, Server], box: Box) -> Server:  # noqa: ARG001  (it is emptied first)
    return running[1]


def connected(server: Server) -> socket.socket:
    host, _, port = server.netloc.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def raw(server: Server, *parts: bytes) -> bytes:
    """Send parts, say that there is no more, and return all that comes back."""
    with closing(connected(server)) as sock:
        for part in parts:
            sock.sendall(part)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


# --- Properties


@settings(max_examples=60)
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]),
    target=SEGMENTS.map("/{}".format),
    headers=st.lists(st.tuples(TOKENS, VALUES), max_size=5),
    body=st.binary(max_size=200),
    chunks=st.none() | st.lists(st.integers(min_value=0, max_value=400), max_size=4),
    places=st.lists(st.integers(min_value=0, max_value=2000), max_size=4),
)
def test_a_request_arrives_as_it_was_sent_in_whatever_pieces(  # noqa: PLR0913, PLR0917  (hypothesis fills them)
    running: tuple[Box, Server],
    method: str,
    target: str,
    headers: list[tuple[str, str]],
    body: bytes,
    chunks: list[int] | None,
    places: list[int],
) -> None:
    box, server = running
    Box.__init__(box)
    head = f"{method} {target} HTTP/1.1\r\nHost: a.b:7\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers)
    framing = f"Content-Length: {len(body)}" if chunks is None else "Transfer-Encoding: chunked"
    sent = body
    if chunks is not None:
        sent = b"".join(b"%X\r\n%b\r\n" % (len(part), part) for part in cut(body, chunks) if part) + b"0\r\n\r\n"
    raw(server, *cut(f"{head}{framing}\r\n\r\n".encode("latin-1") + sent, places))
    name, _, value = framing.partition(": ")
    told = (("Host", "a.b:7"), *headers, (name, value))
    assert box.requests == [Request(method, f"http://a.b:7{target}", told, body)]


@settings(max_examples=60)
@given(
    status=st.sampled_from([200, 201, 202, 206, 404, 412, 500, 503]),
    headers=st.lists(st.tuples(TOKENS, VALUES), max_size=5),
    bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    is_chunked=st.booleans(),
    places=st.lists(st.integers(min_value=0, max_value=300), max_size=4),
)
def test_an_answer_arrives_as_it_was_given_and_the_connection_stays_open(  # noqa: PLR0913, PLR0917  (likewise)
    running: tuple[Box, Server],
    status: int,
    headers: list[tuple[str, str]],
    bodies: list[bytes],
    is_chunked: bool,
    places: list[int],
) -> None:
    box, server = running
    framing = (("transfer-Encoding", "chunked"),) if is_chunked else ()

    def answer(request: Request) -> Response:
        sizes = tuple(len(part) for part in cut(request.body, places))
        return Response(status, "So", (*headers, *framing), request.body, chunks=sizes)

    box.answer = answer
    with closing(http.client.HTTPConnection(server.netloc, timeout=20)) as client:
        for body in bodies:
            client.request("PUT", "/", body=body)
            got = client.getresponse()
            assert (got.status, got.reason, got.read()) == (status, "So", body)
            kept = framing or (("Content-Length", str(len(body))),)
            assert got.getheaders() == [*headers, *kept]


@settings(max_examples=40)
@given(bodies=st.lists(st.binary(max_size=50), max_size=12), places=st.lists(st.integers(0, 3000), max_size=5))
def test_requests_that_do_not_wait_are_answered_in_their_order(
    running: tuple[Box, Server], bodies: list[bytes], places: list[int]
) -> None:
    box, server = running
    Box.__init__(box)
    requests = b"".join(b"PUT / HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (HEAD, len(b), b) for b in bodies)
    answers = b"".join(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(b), b) for b in bodies)
    assert raw(server, *cut(requests, places)) == answers


# --- Bodies, and their want


def test_a_head_request_is_told_of_a_body_and_gets_none(box: Box, server: Server) -> None:
    box.answer = lambda _: Response(200, headers=(("Content-Length", "7"), ("ETag", '"1"')))
    answer = raw(server, b"HEAD / HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert answer == b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nETag: "1"\r\n\r\n'


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_that_can_have_no_body_has_none(box: Box, server: Server, status: int) -> None:
    box.answer = lambda _: Response(status, "None", (("Transfer-Encoding", "chunked"),))
    answer = raw(server, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert answer == b"HTTP/1.1 %d None\r\nTransfer-Encoding: chunked\r\n\r\n" % status


def test_a_length_is_that_of_the_body_that_is_sent(box: Box, server: Server) -> None:
    box.answer = lambda _: Response(200, headers=(("content-LENGTH", "99"),), body=b"four")
    assert raw(server, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n").endswith(b"content-LENGTH: 4\r\n\r\nfour")
    box.answer = lambda _: Response(
        200, headers=(("Content-Length", "4"), ("Transfer-Encoding", "chunked")), body=b"four"
    )
    assert b"Content-Length" not in raw(server, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")


def test_a_body_that_waits_to_be_asked_for_is_asked_for(box: Box, server: Server) -> None:
    with closing(connected(server)) as sock:
        sock.sendall(b"PUT / HTTP/1.1\r\n" + HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert sock.recv(1 << 16) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"abc")
        assert sock.recv(1 << 16).endswith(b"\r\n\r\nabc")
    assert box.requests[0].body == b"abc"


def test_a_body_that_came_at_once_is_not_asked_for(server: Server) -> None:
    sent = b"PUT / HTTP/1.1\r\n" + HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"
    assert raw(server, sent).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_large_body_goes_there_and_back(server: Server) -> None:
    body = bytes(range(256)) * (1 << 16)  # 16 MiB
    with closing(http.client.HTTPConnection(server.netloc, timeout=60)) as client:
        client.request("PUT", "/", body=body)
        assert client.getresponse().read() == body


def test_a_client_that_does_not_read_is_not_read_from(box: Box, server: Server) -> None:
    box.answer = lambda _: Response(200, body=b"x" * (1 << 22))
    one = b"GET / HTTP/1.1\r\n" + HEAD + b"X-Fill: " + b"y" * 4096 + b"\r\n\r\n"
    with closing(connected(server)) as sock:
        sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            for _ in range(100_000):
                sock.sendall(one)
    assert len(box.requests) < 1000


# --- The end of a connection, and older requests


def test_the_connection_ends_where_either_side_says_so(box: Box, server: Server) -> None:
    twice = (b"GET / HTTP/1.1\r\n" + HEAD + b"Connection: close\r\n\r\n") * 2
    assert raw(server, twice) == b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    box.answer = lambda _: Response(200, headers=(("Connection", "close"),))
    twice = (b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n") * 2
    assert raw(server, twice) == b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    assert len(box.requests) == 2


def test_a_request_of_http_1_0_is_answered_without_chunks(box: Box, server: Server) -> None:
    box.answer = lambda _: Response(200, headers=(("Transfer-Encoding", "chunked"),), body=b"all")
    answer = raw(server, b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert answer == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall"
    assert box.requests[0].uri == f"{server.url}/a"
    box.answer = lambda _: Response(200, body=b"all")
    answer = raw(server, b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert answer == b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nall"


def test_an_offer_of_another_protocol_is_passed_over(box: Box, server: Server) -> None:
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n"
    first = b"PUT /a HTTP/1.1\r\n" + HEAD + offer + b"Content-Length: 3\r\n\r\nabc"
    answers = raw(server, first + b"GET /b HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert [(request.uri[-2:], request.body) for request in box.requests] == [("/a", b"abc"), ("/b", b"")]


@pytest.mark.parametrize(
    ("line", "uri"),
    [
        (b"GET http://other.example/p?q HTTP/1.1", "http://other.example/p?q"),
        (b"OPTIONS * HTTP/1.1", "http://box.example:81"),
        (b"GET /a%2Fb/%e4?x=%26#no HTTP/1.1", "http://box.example:81/a%2Fb/%e4?x=%26#no"),
    ],
)
def test_every_form_of_target_gives_an_absolute_uri(box: Box, server: Server, line: bytes, uri: str) -> None:
    raw(server, line + b"\r\n" + HEAD + b"\r\n")
    assert box.requests[0].uri == uri


# --- What goes wrong


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(box: Box, server: Server, sent: bytes) -> None:
    answer = raw(server, sent)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Connection: close" in answer
    assert box.requests == []
    assert raw(server, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n").startswith(b"HTTP/1.1 200")


def test_what_came_whole_is_answered_before_what_follows_is_refused(server: Server) -> None:
    answers = raw(server, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\nnonsense\r\n\r\n")
    assert answers.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"HTTP/1.1 400 Bad Request" in answers


@pytest.mark.parametrize("error", [KeyError("gone"), NoMatch("nothing answers", "record")])
def test_a_handler_that_fails_is_kept_logged_and_answered(
    box: Box, server: Server, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    def fail(_: Request) -> Response:
        raise error

    box.answer = fail
    with caplog.at_level(logging.ERROR):
        answer = raw(server, b"GET /x HTTP/1.1\r\n" + HEAD + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert type(error).__name__.encode() in answer
    assert server.failures == [error]
    assert "GET http://box.example:81/x" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        Response(100),
        Response(200, headers=(("a", "b\nc: d"),)),
        Response(200, headers=(("a", "b\rc"),)),
        Response(200, headers=(("a", "\u20ac"),)),
    ],
)
def test_an_answer_that_cannot_be_sent_is_a_failure(box: Box, server: Server, answer: Response) -> None:
    box.answer = lambda _: answer
    assert raw(server, b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n").startswith(b"HTTP/1.1 500")
    assert isinstance(server.failures[0], ValueError)


def test_an_address_that_is_taken_is_told_to_the_caller() -> None:
    with serve(lambda _: Response(200)) as server:
        port = int(server.netloc.rpartition(":")[2])
        with pytest.raises(OSError, match="in use|permi|10048"), serve(lambda _: Response(200), port=port):
            pass


# --- The end of the server


def test_nothing_is_left_when_the_block_ends() -> None:
    before = threading.active_count()
    with closed_network(), serve(lambda _: Response(200, body=b"x" * (1 << 24))) as server:
        idle, busy = connected(server), connected(server)
        busy.sendall(b"GET / HTTP/1.1\r\n" + HEAD + b"\r\n")
        assert busy.recv(1)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    with closing(idle), closing(busy):
        assert idle.recv(1) == b""
    with pytest.raises(ConnectionError):
        connected(server)


def test_a_server_ends_while_clients_keep_coming() -> None:
    ended = threading.Event()

    def knock(port: int) -> None:
        while not ended.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                pass

    before = threading.active_count()
    for _ in range(20):
        ended.clear()
        with serve(lambda _: Response(200)) as server:
            guest = threading.Thread(target=knock, args=(int(server.netloc.rpartition(":")[2]),))
            guest.start()
        ended.set()
        guest.join()
    assert threading.active_count() == before


def test_many_clients_at_once_all_get_their_own_answers(server: Server) -> None:
    wrong: list[bytes] = []

    def ask(name: bytes) -> None:
        with closing(http.client.HTTPConnection(server.netloc, timeout=60)) as client:
            for number in range(50):
                body = b"%b %d" % (name, number)
                client.request("PUT", "/", body=body)
                if (got := client.getresponse().read()) != body:
                    wrong.append(got)

    threads = [threading.Thread(target=ask, args=(b"%d" % number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_it_listens_on_the_other_loopback_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("This machine has no IPv6.")
    try:
        with serve(lambda request: Response(200, body=request.uri.encode()), host="::1") as server:
            assert server.netloc.startswith("[::1]:")
            with closing(http.client.HTTPConnection("::1", int(server.netloc.rpartition(":")[2]))) as client:
                client.request("GET", "/a")
                assert client.getresponse().read().decode() == f"{server.url}/a"
    except OSError as error:
        pytest.skip(f"No IPv6 loopback here: {error}")
