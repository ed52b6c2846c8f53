"""The quick way through the seam of aiohttp tells and does what the way by the connector does, or is not taken."""

from __future__ import annotations

import asyncio
import gc
import gzip
import inspect
import sys
import weakref
from collections import deque
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal
from unittest import mock

import aiohttp
import pytest
from aiohttp import BaseConnector, ClientRequest, ClientResponse, ClientSession, TCPConnector
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict
from yarl import URL

from conformance.cassette import Interaction, Request, Response
from conformance.errors import NoMatch, ReplayStop
from conformance.transport import _aiohttp, _aiohttp_known, _aiohttp_quick, open_http
from tests.transport.raw_server import player_of, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

NOWHERE = "http://nowhere.invalid"  # RFC 6761: no name server knows it
OK = Response(200, "OK", (("Content-Length", "4"), ("Content-Type", "text/plain")), b"body")
REQUEST = ClientSession.__dict__["_request"]


class Tape:
    """Answers with the given responses in turn, at last with the last one again, and keeps what was sent."""

    sends: Literal["never"] = "never"

    def __init__(self, *responses: Response) -> None:
        self.stops: list[ReplayStop] = []
        self.sent: list[Request] = []
        self._responses = deque(responses)

    def answer(self, request: Request) -> Response:
        self.sent.append(request)
        return self._responses.popleft() if len(self._responses) > 1 else self._responses[0]


@contextmanager
def counted_connections(*, is_quick: bool = True) -> Iterator[list[None]]:
    """Have a list grow by each connection that the seam hands out, with the quick way open or closed."""
    connections: list[None] = []
    connection = aiohttp.connector.Connection

    def counted(*arguments: Any) -> Any:
        connections.append(None)
        return connection(*arguments)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(_aiohttp, "Connection", counted))  # the one place that tells both apart
        if not is_quick:
            stack.enter_context(mock.patch.object(_aiohttp_quick, "is_known", return_value=False))
        yield connections


async def told(response: ClientResponse, reading: str) -> list[Any]:
    """Return all that a client can tell of a response, before it is read and after."""
    seen = [*surface(response)]
    try:
        seen.append(await READINGS[reading](response))
    except (aiohttp.ClientError, ValueError, LookupError) as error:
        seen.append((type(error), str(error)))
    seen += surface(response)
    response.release()
    return [*seen, *surface(response), await caught(response.read())]


async def caught(work: Awaitable[Any]) -> Any:
    try:
        return await work
    except Exception as error:  # noqa: BLE001  (whatever it is, both ways raise it)
        return type(error), str(error)


def surface(response: ClientResponse) -> list[Any]:
    info = response.request_info
    content = response.content
    inside = {name: value for name, value in vars(response).items() if name not in APART}
    return [
        inside,
        (response.status, response.reason, response.version, response.method, response.ok, repr(response)),
        ([(str(name), value) for name, value in response.headers.items()], response.raw_headers, response.host),
        (response.url, response.real_url, response.content_type, response.charset, response.content_disposition),
        (info.url, info.method, [*info.headers.items()], info.real_url),
        (
            response.closed,
            vars(response).get("_session") is None,
            repr(response.connection),
            response.cookies.output(),
            [*response.links.items()],
        ),
        [(past.status, past.url) for past in response.history],
        (type(content), content.at_eof(), content.is_eof(), content.total_bytes, repr(content.exception())),
        getattr(response, "_output_size", None),
    ]


# What is of the one request or of the way: objects that are made for each, and what the surface is asked for.
APART = {
    "_ClientResponse__writer", "_cache", "_connection", "_history", "_loop", "_protocol", "_raw_headers",
    "_request_info", "_resolve_charset", "_session", "_stream_writer", "_timer", "_traces", "content", "cookies",
}  # fmt: skip


async def by_lines(response: ClientResponse) -> Any:
    return [line async for line in response.content]


async def by_chunks(response: ClientResponse) -> Any:
    if response.content is EMPTY_PAYLOAD:  # it is one for all, and has its chunks end but once
        return None
    return [chunk async for chunk in response.content.iter_chunks()]


async def in_pieces(response: ClientResponse) -> Any:
    first = await response.content.read(3)
    return first, [piece async for piece in response.content.iter_chunked(1000)], await response.content.readany()


async def at_will(response: ClientResponse) -> Any:
    return [piece async for piece in response.content.iter_any()]


async def not_at_all(response: ClientResponse) -> Any:
    return response.closed


async def closing(response: ClientResponse) -> Any:
    response.close()
    return await caught(response.content.read())


READINGS: dict[str, Callable[[ClientResponse], Awaitable[Any]]] = {
    "read": ClientResponse.read,
    "text": ClientResponse.text,
    "json": ClientResponse.json,
    "lines": by_lines,
    "chunks": by_chunks,
    "pieces": in_pieces,
    "any": at_will,
    "not": not_at_all,
    "close": closing,
}


async def observed(  # noqa: PLR0913  (the sides of an exchange)
    *, session: dict[str, Any], method: str, url: Any, options: dict[str, Any], answer: Response, reading: str
) -> Any:
    """Return what a client sees of one request, what was sent, and what is left in the jar."""
    tape = Tape(answer, OK)
    settings = dict(session)
    connector = TCPConnector(force_close=settings.pop("force_close", False))
    cookies = aiohttp.CookieJar(unsafe=True)
    cookies.update_cookies(settings.pop("cookies", {}), URL(NOWHERE))
    seen: Any
    with open_http(tape):
        async with ClientSession(connector=connector, cookie_jar=cookies, **settings) as client:
            try:
                async with asyncio.timeout(3), client.request(method, url, **options) as response:
                    seen = await told(response, reading)
            except Exception as error:  # noqa: BLE001  (whatever it is, both ways raise it)
                seen = type(error), str(error)
    return seen, tape.sent, sorted(f"{cookie.key}={cookie.value}" for cookie in cookies)


async def in_both_ways(**exchange: Any) -> tuple[Any, int]:
    """Make an exchange by either way, find no difference, and return what was seen and the connections of the quick."""
    with counted_connections() as connections:
        quick = await observed(**exchange)
    with counted_connections(is_quick=False):
        assert await observed(**exchange) == quick
    return quick, len(connections)


TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=12)
WORD = st.text("abcXYZ019-", min_size=1, max_size=6)
NAMES = st.sampled_from(
    ["Accept", "accept-encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length", "CONTENT-TYPE",
     "Cookie", "Expect", "Host", "Range", "Transfer-Encoding", "User-Agent", "X-a", "x-A", "x-b"]
)  # fmt: skip
HEADER_VALUES = WORD | TEXT | st.sampled_from(["0", "3", "100-continue", "a=b; c=d", "chunked", "close", "identity"])
HEADERS = st.lists(st.tuples(NAMES, HEADER_VALUES), max_size=4)
FORMED_HEADERS = st.one_of(st.none(), HEADERS.map(dict), HEADERS.map(CIMultiDict), HEADERS)
SESSIONS = st.fixed_dictionaries(
    {},
    optional={
        "auto_decompress": st.booleans(),
        "base_url": st.just(URL("http://base.invalid/a/")),
        "cookies": st.dictionaries(st.sampled_from("ab"), WORD, max_size=2),
        "force_close": st.booleans(),
        "headers": FORMED_HEADERS,
        "raise_for_status": st.booleans(),
        "read_bufsize": st.sampled_from([1, 5, 1000]),
        "skip_auto_headers": st.lists(NAMES, max_size=3),
        "version": st.sampled_from([aiohttp.HttpVersion10, aiohttp.HttpVersion11]),
    },
)
ADDRESSES = st.one_of(
    st.sampled_from(["/", "/a b/ü?c=d%2Fe#f", "/%7E?", "relative?x", "//x", "ftp://x.invalid/", "http:///", ""]),
    st.sampled_from(
        [NOWHERE, f"{NOWHERE}:80/x", "http://user:word@x.invalid", "http://@x.invalid", "https://é.invalid/#"]
    ),
    TEXT.map(lambda text: f"{NOWHERE}/{text}"),
    st.just(URL(f"{NOWHERE}/%2f%7E?a=%20", encoded=True)),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "allow_redirects": st.booleans(),
        "auto_decompress": st.booleans(),
        "chunked": st.sampled_from([None, False, True]),
        "cookies": st.dictionaries(st.sampled_from("ab"), WORD, max_size=2),
        "data": st.none() | st.binary(max_size=20) | TEXT | st.just(b"x" * 70_000) | st.just({"key": "value"}),
        "expect100": st.sampled_from([False, False, True]),
        "headers": FORMED_HEADERS,
        "params": st.none()
        | st.dictionaries(WORD, TEXT, max_size=2)
        | st.lists(st.tuples(WORD, TEXT), max_size=2)
        | TEXT,
        "raise_for_status": st.booleans(),
        "read_until_eof": st.sampled_from([True, True, False]),
        "skip_auto_headers": st.none() | st.lists(NAMES, max_size=3) | st.sets(NAMES, max_size=3),
        "timeout": st.just(aiohttp.ClientTimeout(total=20)),
    },
)
METHODS = st.sampled_from(["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "CONNECT", "get", "odd", "a b"])
ANSWER_HEADERS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["X-a", "x-A", "etag", "Server", "x-ms-id", "bad name", "é"]), TEXT | HEADER_VALUES),
        st.sampled_from(
            [
                ("Connection", "close"), ("connection", "keep-alive"), ("Connection", "Upgrade"),
                ("Content-Disposition", 'attachment; filename="a.txt"'), ("Content-Encoding", "gzip"),
                ("content-length", "4"), ("Content-Length", "x"), ("CONTENT-LENGTH", "007"), ("Content-Length", "+4"),
                ("Content-Type", "application/json; charset=utf-16"), ("content-type", "text/plain; charset=none"),
                ("Link", '<http://x.invalid/a>; rel="next"'), ("Location", "/there"), ("Location", "http://["),
                ("Set-Cookie", "a=b; Path=/"), ("set-cookie", "c=d"), ("Transfer-Encoding", "chunked"),
                ("Upgrade", "websocket"), ("X-long", "y" * 5000), ("X-too-long", "y" * 9000), ("X-folded", "a\r\n b"),
            ]
        ),
    ),
    max_size=5,
)  # fmt: skip
STATUSES = st.sampled_from(
    [200, 200, 201, 204, 205, 206, 301, 302, 303, 304, 307, 308, 404, 500, 599, 600, 100, 101, 999]
)
BODIES = st.sampled_from([b"", b"x", b'{"key": [1]}', b"a\nb\n\nc", gzip.compress(b"plain", mtime=0), b"long\n" * 500])


@settings(max_examples=100, deadline=None)
@given(
    session=SESSIONS,
    method=METHODS,
    url=ADDRESSES,
    options=OPTIONS,
    status=STATUSES,
    reason=st.sampled_from(["OK", "", "Not Here"]) | TEXT,
    headers=ANSWER_HEADERS,
    body=BODIES,
    reading=st.sampled_from(sorted(READINGS)),
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_any_exchange_is_the_same_by_either_way(  # noqa: PLR0913  (the sides of an exchange)
    *,
    session: dict[str, Any],
    method: str,
    url: Any,
    options: dict[str, Any],
    status: int,
    reason: str,
    headers: list[tuple[str, str]],
    body: bytes,
    reading: str,
) -> None:
    answer = Response(status, reason, tuple(headers), body)
    run(in_both_ways(session=session, method=method, url=url, options=options, answer=answer, reading=reading))


def exchanged(**sides: Any) -> tuple[Any, int]:
    """Make one exchange of an ordinary sort but for the sides that are given."""
    ordinary = {"session": {}, "method": "GET", "url": NOWHERE, "options": {}, "answer": OK, "reading": "read"}
    found: tuple[Any, int] = run(in_both_ways(**ordinary | sides))
    return found


def answered(*headers: tuple[str, str], status: int = 200, body: bytes = b"body") -> dict[str, Any]:
    return {"answer": Response(status, "Told", headers, body)}


@pytest.mark.parametrize(
    "sides",
    [
        {},
        {"method": "head"},
        {"method": "PUT", "options": {"data": b"body", "headers": CIMultiDict({"X-a": "1"}), "chunked": False}},
        {"method": "POST", "options": {"data": b""}},
        {"method": "DELETE", "session": {"skip_auto_headers": ["CONTENT-TYPE"], "auto_decompress": False}},
        {"method": "PATCH", "options": {"skip_auto_headers": ["user-agent"], "raise_for_status": False}},
        {"url": "/relative", "session": {"base_url": URL("http://base.invalid/"), "raise_for_status": True}},
        {"url": URL(f"{NOWHERE}/#fragment"), "options": {"params": {"a": "b c"}, "proxy": None, "proxy_headers": {}}},
        {"options": {"ssl": False, "timeout": aiohttp.ClientTimeout(total=1), "max_redirects": 3, "headers": None}},
        answered(("content-length", "9"), ("Date", "today"), ("Connection", "keep-alive")),
        answered(status=404),
        answered(status=204),
        answered(("Location", "/there"), status=302) | {"options": {"allow_redirects": False}},
    ],
)
def test_what_is_ordinary_goes_the_quick_way(sides: dict[str, Any]) -> None:
    (seen, sent, _), connections = exchanged(**sides)
    assert isinstance(seen, list)
    assert (len(sent), connections) == (1, 0)


@pytest.mark.parametrize(
    ("sides", "asked"),
    [
        (answered(("Location", "/there"), status=302), 2),
        (answered(("Set-Cookie", "a=b")), 1),
        (answered(("Content-Encoding", "gzip"), body=gzip.compress(b"body", mtime=0)), 1),
        (answered(("Transfer-Encoding", "chunked")), 1),
        (answered(("X-name", "é")), 1),
        (answered(("Date", "a"), ("date", "b")), 1),
        (answered(("Content-Length", "x")), 1),
        (answered(("Sec-WebSocket-Key1", "x")), 1),
        (answered(("X-name", "a\tb")), 1),
        (answered(("X-name", " a")), 1),
        (answered(("Upgrade", "websocket")), 1),
        (answered(("X-long", "y" * 100)) | {"session": {"max_field_size": 9000}}, 1),
        (answered(body=b"x" * 300_000), 1),
        (answered(status=404) | {"options": {"raise_for_status": True}}, 1),
        ({"options": {"data": "text"}}, 1),
        ({"options": {"json": [1]}}, 1),
        ({"method": "PUT", "options": {"data": b"body", "chunked": True}}, 1),
        ({"method": "PUT", "options": {"data": b"body", "chunked": 0}}, 1),
        ({"options": {"cookies": {"a": "b"}}}, 1),
        ({"options": {"headers": {"Connection": "close"}}}, 1),
        ({"options": {"headers": {"Expect": "100-continue"}}}, 1),
        ({"method": "PUT", "options": {"data": b"body", "headers": {"Transfer-Encoding": "chunked"}}}, 1),
        ({"method": "PUT", "options": {"data": b"body", "headers": {"Content-Length": "2"}}}, 1),
        ({"method": "PUT", "options": {"data": b"x" * 70_000}}, 1),
        ({"url": "http://user:word@nowhere.invalid"}, 1),
        ({"session": {"cookies": {"a": "b"}}}, 1),
        ({"session": {"trust_env": True}}, 1),
        ({"session": {"version": aiohttp.HttpVersion10}}, 1),
        ({"session": {"force_close": True}}, 1),
        ({"session": {"trace_configs": [aiohttp.TraceConfig()]}}, 1),
        ({"session": {"response_class": type("Own", (ClientResponse,), {})}}, 1),
    ],
)
@pytest.mark.filterwarnings("ignore:Chunk size:DeprecationWarning")
def test_what_is_out_of_the_ordinary_goes_by_the_connector_and_the_exchange_is_asked_once_for_each_hop(
    sides: dict[str, Any], asked: int
) -> None:
    (_, sent, _), connections = exchanged(**sides)
    assert (len(sent), connections) == (asked, asked)


def test_a_connector_of_ones_own_is_asked_for_its_connection() -> None:
    class Own(TCPConnector):
        async def connect(self, *arguments: Any, **options: Any) -> Any:
            asked.append(arguments)
            return await super().connect(*arguments, **options)

    async def act() -> None:
        with open_http(Tape(OK)):
            async with ClientSession(connector=Own()) as session, session.get(NOWHERE) as response:
                assert await response.read() == b"body"

    asked: list[Any] = []
    run(act())
    assert len(asked) == 1


def test_a_loop_that_is_debugged_goes_by_the_connector() -> None:
    with counted_connections() as connections:
        asyncio.run(observed(session={}, method="GET", url=NOWHERE, options={}, answer=OK, reading="read"), debug=True)
    assert len(connections) == 1


def test_a_closed_session_says_so() -> None:
    async def act() -> None:
        with open_http(Tape(OK)):
            async with ClientSession() as session:
                waiting = session.get(NOWHERE)
            for request in (waiting, session.get(NOWHERE)):
                with pytest.raises(RuntimeError, match="Session is closed"):
                    await request

    run(act())


def test_a_miss_passes_and_leaves_a_session_that_works() -> None:
    async def act() -> None:
        player = player_of(Interaction(Request("GET", f"{NOWHERE}/here"), OK))
        with open_http(player):
            async with ClientSession() as session:
                with pytest.raises(NoMatch):
                    async with session.get(f"{NOWHERE}/elsewhere"):
                        pass
                async with session.get(f"{NOWHERE}/here") as response:
                    assert await response.read() == b"body"
        assert len(player.stops) == 1

    run(act())


def test_a_hundred_at_once_get_each_its_own_answer() -> None:
    async def act() -> None:
        tape = [Interaction(Request("GET", f"{NOWHERE}/{n}"), Response(200, "OK", (), b"%d" % n)) for n in range(100)]
        with open_http(player_of(*tape)):
            async with ClientSession() as session:

                async def get(number: int) -> bytes:
                    async with session.get(f"{NOWHERE}/{number}") as response:
                        return await response.read()

                assert await asyncio.gather(*map(get, range(100))) == [b"%d" % number for number in range(100)]

    run(act())


def test_who_asks_again_and_again_lets_others_have_their_time() -> None:
    async def once() -> None:
        """Be done after one turn."""

    async def act() -> None:
        with open_http(Tape(OK)):
            async with asyncio.timeout(20), ClientSession() as session:
                for _ in range(20):
                    other = asyncio.ensure_future(once())
                    async with session.get(NOWHERE):
                        assert other.done()
                timer = asyncio.Event()
                asyncio.get_running_loop().call_later(0.01, timer.set)
                while not timer.is_set():
                    async with session.get(NOWHERE) as response:
                        await response.read()

    run(act())


def test_each_loop_has_turns_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async def due() -> list[bool]:
        loop = asyncio.get_running_loop()
        return [turns.is_due(loop), turns.is_due(loop)]

    monkeypatch.setattr(_aiohttp_quick, "TURN_S", 1000)
    turns = _aiohttp_quick._Turns()
    assert [asyncio.run(due()), asyncio.run(due())] == [[True, False], [True, False]]


def test_a_session_is_of_use_in_its_own_loop_alone() -> None:
    async def opened() -> ClientSession:
        return ClientSession()

    with asyncio.Runner() as own, asyncio.Runner() as other, open_http(Tape(OK)):
        session = own.run(opened())
        with pytest.raises(RuntimeError):
            other.run(session.request("GET", NOWHERE))
        own.run(session.close())


def test_a_task_that_was_cancelled_asks_for_nothing_more() -> None:
    async def act() -> None:
        async def cancelled() -> None:
            async with ClientSession() as session:
                async with session.get(NOWHERE):
                    task.cancel()
                await session.get(NOWHERE)

        tape = Tape(OK)
        with open_http(tape):
            task = asyncio.ensure_future(cancelled())
            with pytest.raises(asyncio.CancelledError):
                await task
        assert len(tape.sent) == 1

    run(act())


def test_an_answer_that_nobody_reads_is_freed_with_its_response() -> None:
    def readers() -> int:
        return sum(type(thing) is StreamReader for thing in gc.get_objects())

    async def act() -> None:
        before = readers()
        with open_http(Tape(OK)):
            async with ClientSession() as session:
                response = await session.get(NOWHERE)
                reference = weakref.ref(response)
                del response
                assert reference() is None
                assert readers() == before

    gc.collect()
    gc.disable()
    try:
        run(act())
    finally:
        gc.enable()


def test_a_request_that_waits_until_all_is_closed_goes_where_it_goes_then() -> None:
    async def act() -> None:
        async with ClientSession() as session:
            with open_http(Tape(OK)):
                waiting = session.get("http://127.0.0.1:1/")
            with pytest.raises(aiohttp.ClientConnectorError):
                await waiting

    run(act())


def test_the_way_is_taken_out_and_looks_as_what_it_stands_for() -> None:
    for order in ((0, 1), (1, 0)):
        doors = [open_http(Tape(OK)), open_http(Tape(OK))]
        for door in doors:
            door.__enter__()
        assert ClientSession.__dict__["_request"] is not REQUEST
        assert asyncio.iscoroutinefunction(ClientSession._request)
        assert inspect.signature(ClientSession._request) == inspect.signature(REQUEST)
        for place in order:
            doors[place].__exit__(None, None, None)
        assert ClientSession.__dict__["_request"] is REQUEST


def test_the_aiohttp_that_runs_is_known() -> None:
    assert _aiohttp_known.is_known()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ASKED", _aiohttp_known.ASKED | {"_something"}),
        ("OPTIONS", _aiohttp_known.OPTIONS - {"proxy"}),
        ("SETTINGS", _aiohttp_known.SETTINGS - {"_trust_env"}),
        ("OF_REQUEST", _aiohttp_known.OF_REQUEST - {"auth"}),
        ("OF_RESPONSE", _aiohttp_known.OF_RESPONSE - {"timer"}),
    ],
)
def test_in_an_aiohttp_that_has_more_or_less_the_way_is_closed(
    monkeypatch: pytest.MonkeyPatch, name: str, known: frozenset[str]
) -> None:
    monkeypatch.setattr(_aiohttp_known, name, known)
    with open_http(Tape(OK)):
        assert ClientSession.__dict__["_request"] is REQUEST


def test_in_an_aiohttp_that_lacks_something_the_way_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, _aiohttp_quick.__name__, None)
    with open_http(Tape(OK)):
        assert ClientSession.__dict__["_request"] is REQUEST
        assert BaseConnector.connect.__module__ == BaseConnector.__module__


def test_where_the_making_of_responses_has_moved_the_answer_goes_by_the_connector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(_aiohttp_quick, "StreamReader")
    (seen, sent, _), connections = exchanged()
    assert isinstance(seen, list)
    assert (len(sent), connections) == (1, 1)


def test_what_is_put_in_while_a_cassette_is_open_is_not_gone_round(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act() -> None:
        with open_http(Tape(OK)):
            monkeypatch.setattr(ClientRequest, "send", watched)
            async with ClientSession() as session, session.get(NOWHERE):
                pass

    async def watched(*arguments: Any) -> Any:
        calls.append(arguments)
        return await original(*arguments)

    calls: list[Any] = []
    original = ClientRequest.send
    run(act())
    assert len(calls) == 1


@pytest.mark.parametrize("owner", [ClientSession, ClientRequest, ClientResponse])
def test_what_somebody_else_put_in_is_not_gone_round(monkeypatch: pytest.MonkeyPatch, owner: Any) -> None:
    name = {ClientSession: "_request", ClientRequest: "send", ClientResponse: "start"}[owner]
    original = getattr(owner, name)

    async def watched(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        return await original(*arguments, **options)

    watched.__module__ = original.__module__
    calls: list[str] = []
    monkeypatch.setattr(owner, name, watched)
    exchanged()
    assert calls == [name, name]
