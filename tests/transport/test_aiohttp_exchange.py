"""Whom the requests of aiohttp go to, what happens when that fails, and what of aiohttp the seam rests on."""

from __future__ import annotations

import asyncio
import gc
import gzip
import inspect
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

import aiohttp
import pytest
from aiohttp import BaseConnector, ClientRequest, ClientSession
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_parser import RawResponseMessage
from yarl import URL

from conformance.cassette import Interaction, Recorder, Request, Response, Scrubber
from conformance.errors import NoMatch, RecordingError, ReplayStop
from conformance.transport import open_http
from conformance.transport._binding import bypassed, current
from tests.transport.raw_server import answer, pieces, player_of, run, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOWHERE = "http://nowhere.invalid"  # RFC 6761: no name server knows it
TIMEOUT = aiohttp.ClientTimeout(total=20)
CONNECT = BaseConnector.__dict__["connect"]


class Tape:
    """Answers with the next of the given responses, and keeps what was sent."""

    sends: Literal["never"] = "never"

    def __init__(self, *responses: Response) -> None:
        self.stops: list[ReplayStop] = []
        self.sent: list[Request] = []
        self._responses = deque(responses)

    def answer(self, request: Request) -> Response:
        self.sent.append(request)
        return self._responses.popleft() if len(self._responses) > 1 else self._responses[0]


def test_replay_needs_no_name_server_no_certificates_and_no_place_in_a_connector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def act() -> None:
        tape = Tape(Response(200, "OK", (("Content-Length", "1"),), b"x"))
        connector = aiohttp.TCPConnector(limit=1)
        monkeypatch.setattr(connector, "_create_connection", None)
        with open_http(tape):
            async with ClientSession(connector=connector, timeout=TIMEOUT) as session:
                first = await session.get(f"{NOWHERE}/")
                second = await session.get("https://nowhere.invalid/", proxy="http://proxy.invalid:1")
                assert await first.read() == await second.read() == b"x"
        assert [request.uri for request in tape.sent] == [f"{NOWHERE}/", "https://nowhere.invalid/"]

    run(act())


def test_recording_uses_and_gives_back_the_connections_of_the_connector() -> None:
    async def act() -> None:
        async with serving(answer(b"x")) as server, ClientSession(timeout=TIMEOUT) as session:
            recorder = Recorder(scrubber=Scrubber())
            for _ in range(2):
                async with session.get(server.url):
                    pass
                with open_http(recorder):
                    await asyncio.gather(session.get(server.url), session.get(server.url))
            assert len(server.writers) == 2
            assert len(recorder.interactions) == 4

    run(act())


def test_a_hundred_at_once_get_each_its_own_answer() -> None:
    def interaction(number: int) -> Interaction:
        headers = (("Transfer-Encoding", "chunked"),)
        request = Request("PUT", f"{NOWHERE}/{number}", (), b"%d" % number)
        return Interaction(request, Response(200, "OK", headers, b"answer %d" % number))

    async def act() -> None:
        with open_http(player_of(*(interaction(number) for number in range(100)))):
            async with ClientSession(timeout=TIMEOUT) as session:

                async def put(number: int) -> bytes:
                    async with session.put(f"{NOWHERE}/{number}", data=pieces(b"%d" % number)) as response:
                        return await response.read()

                assert await asyncio.gather(*map(put, range(100))) == [b"answer %d" % n for n in range(100)]

    run(act())


def test_two_exchanges_in_two_tasks_of_one_loop_do_not_mix() -> None:
    async def bound(name: bytes, session: ClientSession) -> None:
        tape = Tape(Response(200, "OK", (), name))
        with open_http(tape):
            for _ in range(20):
                async with session.put(f"{NOWHERE}/{name.decode()}", data=pieces(b"a", b"b")) as response:
                    assert await response.read() == name
        assert {request.uri for request in tape.sent} == {f"{NOWHERE}/{name.decode()}"}

    async def act() -> None:
        async with ClientSession(timeout=TIMEOUT) as session:
            await asyncio.gather(bound(b"one", session), bound(b"two", session))

    run(act())


@pytest.mark.parametrize("data", [None, b"data", "generator"])
def test_a_stop_reaches_the_caller_leaves_nothing_behind_and_is_listed_when_swallowed(data: Any) -> None:
    async def act() -> None:
        player = player_of()
        with open_http(player):
            async with ClientSession(timeout=TIMEOUT) as session:
                body = pieces(b"a") if data == "generator" else data
                with pytest.raises(NoMatch, match="/key"):
                    await session.put(f"{NOWHERE}/key", data=body)
                swallowed = await asyncio.gather(session.get(NOWHERE), return_exceptions=True)
        assert [*player.stops[1:]] == [*swallowed]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(act())


def test_a_connection_that_closes_before_the_request_is_written_ends_the_wait() -> None:
    async def act() -> None:
        with open_http(Tape(Response(200))):
            session = ClientSession()
            request = ClientRequest("PUT", URL(NOWHERE), loop=asyncio.get_running_loop(), session=session)
            connection = await BaseConnector().connect(request, traces=[], timeout=TIMEOUT)
            assert connection.protocol is not None
            reading = asyncio.ensure_future(connection.protocol.read())
            await asyncio.sleep(0)
            connection.close()
            with pytest.raises(aiohttp.ClientConnectionError):
                await reading
            await session.close()

    run(act())


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", aiohttp.ServerDisconnectedError),
        (b"no HTTP\r\n\r\n", aiohttp.ClientResponseError),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nshort", aiohttp.ClientPayloadError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", aiohttp.ServerTimeoutError),
        (b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", RecordingError),
    ],
)
def test_what_fails_live_fails_in_recording_and_is_not_kept(data: bytes, error: type[Exception]) -> None:
    async def act() -> None:
        recorder = Recorder(scrubber=Scrubber())
        timeout = aiohttp.ClientTimeout(sock_read=0.1)
        async with serving(data) as server, ClientSession(timeout=timeout) as session:
            with open_http(recorder), pytest.raises(error):
                await session.post(server.url, data=b"x")
            assert len(server.received) == 1
            assert session.connector is not None
            assert not session.connector._acquired
        assert recorder.interactions == ()

    run(act())


def test_a_server_that_leaves_before_all_is_sent_fails_the_recording_as_it_does_a_live_request() -> None:
    async def act() -> None:
        left = asyncio.Event()

        async def leave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()
            await writer.wait_closed()
            left.set()

        async def late() -> AsyncIterator[bytes]:
            yield b"a"
            await left.wait()
            await asyncio.sleep(0.05)

        recorder = Recorder(scrubber=Scrubber())
        listener = await asyncio.start_server(leave, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        async with listener, ClientSession(timeout=TIMEOUT) as session:
            with open_http(recorder), pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
                await session.post(url, data=late())
        assert recorder.interactions == ()

    run(act())


def test_a_bypassed_request_goes_out_as_if_nothing_were_open() -> None:
    async def act() -> None:
        player = player_of()
        async with serving(answer(b"live")) as server, ClientSession(timeout=TIMEOUT) as session:
            with open_http(player), bypassed():
                async with session.get(server.url) as response:
                    assert await response.read() == b"live"
        assert player.stops == []

    run(act())


def test_what_a_live_connection_needs_is_not_recorded() -> None:
    async def act() -> None:
        async def note(*_: object) -> None:
            bindings.append(current())

        bindings: list[object] = []
        trace = aiohttp.TraceConfig()
        trace.on_connection_create_start.append(note)
        async with serving(answer()) as server, ClientSession(trace_configs=[trace]) as session:
            with open_http(Recorder(scrubber=Scrubber())):
                async with session.get(server.url):
                    assert current() is not None
        assert bindings == [None]

    run(act())


def test_replay_gives_other_tasks_a_turn_and_waits_for_slow_uploads() -> None:
    async def once() -> None:
        """Be done after one turn."""

    async def slow() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(0.1)

    async def act() -> None:
        timeout = aiohttp.ClientTimeout(sock_read=0.01)
        with open_http(Tape(Response(200))):
            async with ClientSession(timeout=timeout) as session:
                other = asyncio.ensure_future(once())
                async with session.get(NOWHERE):
                    assert other.done()
                async with session.put(NOWHERE, data=slow(), expect100=True) as response:
                    assert response.status == 200

    run(act())


@pytest.mark.skipif(not hasattr(aiohttp, "UploadTracker"), reason="aiohttp before 3.14.4 does not tell of uploads")
def test_uploads_are_told_of_in_replay() -> None:
    async def act() -> None:
        tracker = aiohttp.UploadTracker()
        seen = []

        async def watched() -> AsyncIterator[bytes]:
            for part in (b"abc", b"de"):
                seen.append(tracker.bytes_written)
                yield part

        with open_http(Tape(Response(200))):
            async with ClientSession() as session, session.put(NOWHERE, data=watched(), upload_tracker=tracker):
                assert (seen, tracker.bytes_written, tracker.upload_complete.done()) == ([0, 3], 5, True)

    run(act())


def test_a_response_is_freed_with_the_last_name_that_it_has() -> None:
    """Else each holds its body until the garbage is collected."""

    async def act() -> None:
        with open_http(Tape(Response(200, "OK", (("Content-Length", "4"),), b"body"))):
            async with ClientSession() as session:
                for method in ("GET", "PUT"):
                    async with session.request(method, NOWHERE) as response:
                        assert await response.read() == b"body"
                    reference = weakref.ref(response)
                    del response
                    assert reference() is None

    gc.disable()
    try:
        run(act())
    finally:
        gc.enable()


def test_a_cancelled_request_gives_back_its_connection_and_is_not_kept() -> None:
    async def act() -> None:
        recorder = Recorder(scrubber=Scrubber())
        async with serving(b"HTTP/1.1 200 OK\r\n") as server, ClientSession() as session:
            with open_http(recorder):
                sending = asyncio.ensure_future(session.get(server.url))
                await server.answered.wait()
                sending.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sending
            assert session.connector is not None
            assert not session.connector._acquired
        assert recorder.interactions == ()

    run(act())


PLAIN, PACKED = b"plain text", gzip.compress(b"plain text", mtime=0)
UTF8 = "é".encode().decode("latin-1")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((("Content-Encoding", "gzip"), ("Content-Length", "99")), PLAIN),
        ((("Content-Encoding", "br"), ("Content-Length", "99")), PLAIN),
        ((("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")), PLAIN),
        ((("Content-Encoding", "gzip"),), PLAIN),
        ((("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")), PACKED),
        ((("Transfer-Encoding", "chunked"), ("Content-Length", "10")), PLAIN),
        ((("X-Name", "日本 é"),), PLAIN),
    ],
)
def test_what_vcrs_stub_stored_can_be_replayed(headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    async def act() -> None:
        with open_http(Tape(Response(200, "OK", headers, body))):
            async with ClientSession() as session, session.get(NOWHERE) as response:
                assert await response.read() == PLAIN
                assert response.headers.get("X-Name", "日本 é") == "日本 é"

    run(act())


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_nothing_is_patched_once_both_have_closed_whatever_the_order(order: tuple[int, int]) -> None:
    doors = [open_http(player_of()), open_http(player_of())]
    for door in doors:
        door.__enter__()
    assert BaseConnector.__dict__["connect"] is not CONNECT
    for place in order:
        doors[place].__exit__(None, None, None)
    assert BaseConnector.__dict__["connect"] is CONNECT


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (BaseConnector, ["connect"]),
        (Connection, ["close", "protocol", "release"]),
        (ClientRequest, ["connection_key", "send"]),
        (ResponseHandler, ["connection_lost", "connection_made", "data_received", "exception", "force_close"]),
        (ResponseHandler, ["is_connected", "read", "set_exception", "set_response_params", "start_timeout"]),
        (RawResponseMessage, ["code", "raw_headers", "reason"]),
    ],
)
def test_what_the_seam_uses_beyond_the_documented_surface_is_there(owner: type, names: list[str]) -> None:
    assert [name for name in names if not hasattr(owner, name)] == []


def test_what_the_seam_calls_takes_what_it_gives() -> None:
    assert list(inspect.signature(BaseConnector.connect).parameters)[:2] == ["self", "req"]
    assert list(inspect.signature(Connection).parameters) == ["connector", "key", "protocol", "loop"]
    assert "auto_decompress" in inspect.signature(ResponseHandler.set_response_params).parameters


def test_a_request_tells_what_the_seam_asks_it() -> None:
    async def act() -> None:
        async with ClientSession() as session:
            request = ClientRequest("PUT", URL(NOWHERE), data=b"x", loop=asyncio.get_running_loop(), session=session)
            assert (request.method, request.url, request.chunked) == ("PUT", URL(NOWHERE), None)
            assert request.headers["Content-Length"] == "1"

    run(act())
