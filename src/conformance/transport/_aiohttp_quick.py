"""The quick way through the seam of aiohttp: a replayed answer becomes a response with no connection between them.

It is taken only where a cassette is replayed and nothing that stands between can matter: no redirect is followed, no
cookie comes or goes, nothing traces, authenticates, decodes or streams. All else goes by the connector, in
``_aiohttp``; an answer that turns out to need that way is handed over to it.

aiohttp's own ``ClientRequest`` makes the request. The response is given what its parser would give it; that differs
from what was recorded only in what goes by the connector. ``tests/transport/test_aiohttp_quick.py`` compares both ways.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import operator
import re
import ssl
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from aiohttp import ClientRequest, ClientResponse, ClientSession, ClientTimeout
from aiohttp.base_protocol import BaseProtocol
from aiohttp.cookiejar import CookieJar, DummyCookieJar
from aiohttp.helpers import TimerNoop
from aiohttp.http import HttpResponseParser, HttpVersion11
from aiohttp.http_writer import _serialize_headers
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy, istr

from conformance.cassette import Request
from conformance.transport._aiohttp_known import is_known
from conformance.transport._binding import current, handing_over, replaced
from conformance.transport._wire import BODILESS

if TYPE_CHECKING:
    from collections.abc import Callable

    from yarl import URL

    from conformance.cassette import Headers, Response

# Option of a request → the types of its value that this way takes; None it takes of every option that is not in IDLE.
PAIRS: frozenset[type] = frozenset({dict, CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy})
TAKEN: dict[str, frozenset[type]] = {
    "allow_redirects": frozenset({bool}),
    "auto_decompress": frozenset({bool}),
    "data": frozenset({bytes}),
    "headers": PAIRS,
    "max_redirects": frozenset({int}),
    "params": PAIRS | {str, list, tuple},
    "proxy_headers": frozenset({dict}),
    "raise_for_status": frozenset({bool}),
    "skip_auto_headers": frozenset({list, tuple, set, frozenset}),
    "ssl": frozenset({bool, ssl.SSLContext}),
    "timeout": frozenset({ClientTimeout}),
}
# Option of a request → the values that are as good as none.
IDLE: dict[str, tuple[object, ...]] = {
    "chunked": (None, False),
    "expect100": (None, False),
    "read_until_eof": (True,),
}
# What must be unset in a session: each does something to a request that this way does not.
UNSET = ("_default_auth", "_default_proxy", "_default_proxy_auth", "_middlewares", "_trace_configs", "_trust_env")
LIMITS = {"_max_field_size": 8190, "_max_headers": 128, "_max_line_size": 8190}  # as they are unless said otherwise
HTTP = ("http", "https")
STEERING = ("Connection", "Expect", "Transfer-Encoding")  # headers of a request that goes by the connector
ACTING = {"content-encoding", "set-cookie", "transfer-encoding", "upgrade"}  # of an answer
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 section 5.6.2
LENGTH = re.compile(r"[0-9]{1,18}")
FINAL, FAILED, LAST = 200, 400, 599
REDIRECTS = {301, 302, 303, 307, 308}
LARGE = 2**16  # a body of a request from which on it goes by the connector: aiohttp warns of large ones, once each
MANY, LONG = 100, 4096  # headers of an answer, and the characters of all, below the limits that sessions have
TURN_S = 0.001
NO_TIMER = TimerNoop()
NO_PROTOCOL = BaseProtocol(cast("Any", None))  # is asked for nothing: what is read is there to its end


def install(connect: object) -> Callable[[], None]:
    """Open this way, if the aiohttp that runs is one that it knows; return what closes it.

    Args:
        connect: What stands in the connector; a connector with another one is asked for its connection.
    """
    if not is_known():
        return lambda: None
    original, send = ClientSession._request, ClientRequest.send

    def is_plain(session: Any) -> bool:
        return (
            _is_plain(session)
            and getattr(session.connector.connect, "__func__", None) is connect
            and ClientRequest.send is send
            and not session.connector.force_close
        )

    turns = _Turns()

    @functools.wraps(original)
    async def answered(session: ClientSession, method: str, address: str | URL, **options: Any) -> ClientResponse:
        binding = current()
        if binding is None or binding.exchange.sends != "never" or not is_plain(session):
            return await original(session, method, address, **options)
        made = _made(session, method, address, options)
        if made is None:
            return await original(session, method, address, **options)
        request, size = made
        if turns.is_due(request.loop):
            await asyncio.sleep(0)
        headers = tuple([(str(name), str(value)) for name, value in request.headers.items()])
        found = binding.exchange.answer(Request(request.method, str(request.url), headers, options.get("data") or b""))
        response = _response(found, session, request, size) if _is_last(found, session, options) else None
        if response is not None:
            return response
        with handing_over(found):
            return await original(session, method, address, **options)

    @functools.wraps(original)
    def request(session: ClientSession, method: str, address: str | URL, **options: Any) -> Any:
        chosen = answered if _has_plain_options(options) else original
        return chosen(session, method, address, **options)

    return replaced((ClientSession, "_request", _as_coroutine_function(request)))


def _as_coroutine_function(function: Any) -> Any:
    """Mark what returns a coroutine as what makes one: mocks ask."""
    if sys.version_info >= (3, 12):  # pragma: no cover  (measured with 3.11)
        return inspect.markcoroutinefunction(function)
    function._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]
    return function


def _has_plain_options(options: dict[str, Any]) -> bool:
    for name, value in options.items():
        if name in IDLE:
            if not any(value is idle for idle in IDLE[name]):
                return False
        elif value is not None and type(value) not in TAKEN.get(name, ()):
            return False
    return True


_unset = operator.attrgetter(*(name for name in UNSET if name in ClientSession.ATTRS))
_usual_limits = tuple(value for name, value in LIMITS.items() if name in ClientSession.ATTRS)
_has_size = hasattr(ClientResponse, "_stream_writer")
_limits = operator.attrgetter(*(name for name in LIMITS if name in ClientSession.ATTRS))


def _is_plain(session: Any) -> bool:
    return (
        type(session) is ClientSession
        and not session.closed
        and not any(_unset(session))
        and _limits(session) == _usual_limits
        and session._request_class is ClientRequest
        and session._response_class is ClientResponse
        and type(session._cookie_jar) in (CookieJar, DummyCookieJar)
        and session._version == HttpVersion11
        and session._loop is asyncio.get_running_loop()
        and not session._loop.get_debug()
    )


def _made(
    session: Any, method: str, address: str | URL, options: dict[str, Any]
) -> tuple[ClientRequest, dict[str, Any]] | None:
    """Return the request as it goes over the wire, and its size; None where it has to go by the connector."""
    data = options.get("data")
    if data is not None and len(data) >= LARGE:
        return None
    try:
        url = session._build_url(address)
        if url.scheme not in HTTP or not url.raw_host or "@" in url.raw_authority or _has_cookies(session, url):
            return None
        skipped = session._skip_auto_headers
        if options.get("skip_auto_headers"):
            skipped = skipped.union(map(istr, options["skip_auto_headers"]))
        request = ClientRequest(
            method.upper(),
            url,
            params=options.get("params") or {},
            headers=session._prepare_headers(options.get("headers")),
            skip_auto_headers=skipped or None,
            data=data,
            chunked=options.get("chunked"),
            loop=session._loop,
            session=session,
        )
        headers = request.headers
        if not _is_sent_whole(request, data):
            return None
        if request.method in ClientRequest.POST_METHODS and not (
            "Content-Type" in headers or "Content-Type" in request.skip_auto_headers
        ):
            headers["Content-Type"] = "application/octet-stream"
        head = _serialize_headers(f"{request.method} {request.url.raw_path_qs} HTTP/1.1", headers)
    except Exception:  # noqa: BLE001  (what cannot be made fails where it always did)
        return None
    written = _Written(len(head) + _size(data or b"", is_chunked=request.chunked is not None))
    return request, {"stream_writer": written} if _has_size else {}


def _size(body: bytes, *, is_chunked: bool) -> int:
    """Return how long a body is on the wire."""
    chunk = b"%x\r\n\r\n" % len(body) if is_chunked and body else b""
    return len(chunk) + len(body) + (len(b"0\r\n\r\n") if is_chunked else 0)


def _has_cookies(session: Any, url: URL) -> bool:
    jar = session._cookie_jar
    return type(jar) is CookieJar and bool(jar._cookies) and bool(jar.filter_cookies(url))


def _is_sent_whole(request: ClientRequest, data: bytes | None) -> bool:
    """Return whether nothing stands in the way of the body: a shorter length cuts it."""
    headers = request.headers
    if request.method == "CONNECT" or any([name in headers for name in STEERING]):  # noqa: C419  (no generator)
        return False
    length = headers.get("Content-Length")
    return length == str(len(data)) if data is not None else length in (None, "0")


def _is_last(found: Response, session: Any, options: dict[str, Any]) -> bool:
    """Return whether the status calls for nothing more: no redirect to follow, nothing to raise."""
    if found.status < FAILED:
        return found.status >= FINAL and not (found.status in REDIRECTS and options.get("allow_redirects", True))
    raises = options.get("raise_for_status")
    return found.status <= LAST and not (session._raise_for_status if raises is None else raises)


def _response(
    found: Response, session: ClientSession, request: ClientRequest, size: dict[str, Any]
) -> ClientResponse | None:
    """Return the response that aiohttp makes of an answer; None where it has to go by the connector."""
    try:
        response = ClientResponse(
            request.method,
            request.original_url,
            writer=None,
            continue100=None,
            timer=NO_TIMER,
            request_info=request.request_info,
            traces=[],
            loop=request.loop,
            session=session,
            **size,
        )
        return response if _fill(response, found, session) else None
    except Exception:  # noqa: BLE001  (an aiohttp that makes it of something else)
        return None


def _fill(response: Any, found: Response, session: Any) -> bool:
    """Give a response what the parser makes of an answer; return whether nothing in it was out of the ordinary."""
    body = found.body
    has_body = response.method != "HEAD" and found.status not in BODILESS
    head = _head(found.reason, found.headers, len(body) if has_body else None)
    if head is None or len(body) > session._read_bufsize:
        return False
    response.version, response.status, response.reason = HttpVersion11, found.status, found.reason
    response._headers, response._raw_headers = head
    response.content = EMPTY_PAYLOAD
    if has_body:
        content = response.content = StreamReader(
            NO_PROTOCOL, session._read_bufsize, timer=NO_TIMER, loop=session._loop
        )
        content.feed_data(body)
        content.feed_eof()
    response._closed = True  # as at the end of what is read
    response._cleanup_writer()
    return True


@functools.lru_cache(256)
def _head(
    reason: str, pairs: Headers, length: int | None
) -> tuple[CIMultiDictProxy[str], tuple[tuple[bytes, bytes], ...]] | None:
    """Return the headers that aiohttp's parser makes of an answer, as text and raw; None of what is not ordinary.

    Remembered, because many answers of a recording have the same; nobody can change them.
    """
    if len(pairs) > MANY or not _is_ordinary("|".join([reason, *[value for _, value in pairs]])):
        return None
    headers, raw, names = [], [], set()
    for name, value in pairs:
        key, raw_name, lower = _parsed(name)
        told = value
        if lower == "content-length":
            if not LENGTH.fullmatch(value):
                return None
            told = value if length is None else str(length)
        headers.append((key, told))
        raw.append((raw_name, told.encode()))
        names.add(lower)
    is_plain = len(names) == len(headers) and None not in names
    return (CIMultiDictProxy(CIMultiDict(headers)), tuple(raw)) if is_plain else None


@functools.lru_cache(1000)
def _parsed(name: str) -> tuple[str, bytes, str | None]:
    """Return what aiohttp's parser makes of the name of a header, and it in lower case.

    None stands for that of one that does something to an answer, or is no name.
    """
    if name.lower() in ACTING or not TOKEN.fullmatch(name):
        return "", b"", None
    parser = HttpResponseParser(NO_PROTOCOL, cast("Any", None), LONG, response_with_body=False)
    ((message, _),) = parser.feed_data(b"HTTP/1.1 200 OK\r\n%b: 1\r\n\r\n" % name.encode())[0]
    return next(iter(message.headers)), message.raw_headers[0][0], name.lower()


def _is_ordinary(text: str) -> bool:
    """Return whether values, with a bar between them, are parsed to what they are: none has space at its ends."""
    is_plain = text.isascii() and text.isprintable() and len(text) < LONG
    return is_plain and text == text.strip(" ") and "| " not in text and " |" not in text


class _Turns:
    """Says when the others of a loop get a turn, as they do while a network is waited for.

    That is whenever one is ready to run or this task was cancelled; and every millisecond, for then others may be
    ready whose time has come or whose data has.
    """

    def __init__(self) -> None:
        self._loop: Any = None
        self._next = 0.0

    def is_due(self, loop: Any) -> bool:
        now = loop.time()
        task = asyncio.current_task(loop)
        is_others = getattr(loop, "_ready", True) or task is None or task.cancelling()
        if loop is self._loop and now < self._next and not is_others:
            return False
        self._loop, self._next = loop, now + TURN_S
        return True


class _Written(NamedTuple):
    """What a response asks of the writer of its request."""

    output_size: int
