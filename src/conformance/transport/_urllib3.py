"""The seam of urllib3, and with it of requests and botocore: where a connection pool makes one request.

A replay needs no connection from the pool: a plain request is answered before the pool looks for one. Whatever the pool
would do about an answer (redirects, further attempts) it still does.
"""

from __future__ import annotations

import functools
import io
import re
from http.client import HTTPMessage
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from urllib3 import HTTPConnectionPool, HTTPHeaderDict, HTTPResponse, HTTPSConnectionPool
from urllib3.util import Retry

from conformance.cassette import Request, Response
from conformance.transport._binding import current, handed_over, handing_over, replaced
from conformance.transport._bodies import bytes_of
from conformance.transport._wire import sizes_of

if TYPE_CHECKING:
    from collections.abc import Callable

PORTS = {"http": 80, "https": 443}
# What urllib3 would not encode anew; percent signs it may.
PLAIN_TARGET = re.compile(r"/[A-Za-z0-9/_.~!$&'()*+,;=:@-]*(?:\?[A-Za-z0-9/_.~!$&'()*+,;=:@?-]*)?")
ACTED_UPON = Retry.RETRY_AFTER_STATUS_CODES  # where the answer says when, the pool asks again


def install() -> Callable[[], None]:
    """Put the seam in; return what takes it out."""
    waiting: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()  # connections whose proxy was not reached for yet
    make: Callable[..., Any] = HTTPConnectionPool._make_request  # noqa: SLF001
    prepare: Callable[..., None] = HTTPSConnectionPool._prepare_proxy  # noqa: SLF001

    @functools.wraps(make)
    def make_request(  # noqa: PLR0913, PLR0917  (the signature is urllib3's)
        pool: HTTPConnectionPool,
        conn: Any,
        method: str,
        url: str,
        body: Any = None,
        headers: Any = None,
        *arguments: Any,
        **options: Any,
    ) -> Any:
        binding = handed_over() or current()
        if binding is None:
            return make(pool, conn, method, url, body, headers, *arguments, **options)
        data = bytes_of(body)
        request = Request(method, _uri(pool, url), _pairs(headers), data)
        live = options | {"preload_content": False, "decode_content": False, "response_conn": None}

        def forward() -> Response:
            sent = data if body is not None else None
            if waiting.pop(conn, None):
                prepare(pool, conn)
            return _received(make(pool, conn, method, url, sent, headers, *arguments, **live))

        response = binding.run(request, forward)
        if options.get("response_conn") is not None:
            pool._put_conn(options["response_conn"])  # noqa: SLF001  (the whole body is here: nothing holds it)
        return _delivered(response, method=method, url=url, options=options)

    @functools.wraps(prepare)
    def prepare_proxy(pool: HTTPSConnectionPool, conn: Any) -> None:
        """Reach for a proxy only when a request is sent."""
        if current() is None:
            prepare(pool, conn)
        else:
            waiting[conn] = True

    return replaced(
        (HTTPConnectionPool, "urlopen", _quick(HTTPConnectionPool.urlopen)),
        (HTTPConnectionPool, "_make_request", make_request),
        (HTTPSConnectionPool, "_prepare_proxy", prepare_proxy),
    )


def _quick(urlopen: Callable[..., Any]) -> Callable[..., Any]:
    """Return an ``urlopen`` that answers without a connection what needs none."""

    @functools.wraps(urlopen)
    def urlopen_quickly(  # the signature is urllib3's
        pool: HTTPConnectionPool,
        method: str,
        url: str,
        body: Any = None,
        headers: Any = None,
        *arguments: Any,
        **options: Any,
    ) -> Any:
        binding = current()
        if binding is None or binding.exchange.sends != "never" or arguments or not _is_plain(pool, url, body, options):
            return urlopen(pool, method, url, body, headers, *arguments, **options)
        pairs = _pairs(pool.headers if headers is None else headers)
        response = binding.exchange.answer(Request(method, _uri(pool, url), pairs, body or b""))
        if response.status not in ACTED_UPON:
            return _delivered(response, method=method, url=url, options=options)
        with handing_over(response):
            return urlopen(pool, method, url, body, headers, **options)

    return urlopen_quickly


def _is_plain(pool: HTTPConnectionPool, url: str, body: Any, options: dict[str, Any]) -> bool:
    """Return whether a pool would send this as it is, through no proxy, and leave redirects to its caller."""
    retries = options.get("retries")
    return (
        options.get("redirect") is False
        and pool.pool is not None
        and pool.proxy is None
        and not pool.proxy_headers
        and (body is None or type(body) is bytes)
        and (
            retries is None or type(retries) in {int, bool} or (type(retries) is Retry and not retries.status_forcelist)
        )
        and PLAIN_TARGET.fullmatch(url) is not None
    )


def _uri(pool: HTTPConnectionPool, url: str) -> str:
    if not url.startswith("/"):  # what goes through a proxy is absolute
        return url
    scheme, port = str(pool.scheme), pool.port
    host = f"[{pool.host}]" if ":" in pool.host else pool.host
    return f"{scheme}://{host}{'' if port in (None, PORTS[scheme]) else f':{port}'}{url}"


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    items = headers.iteritems() if hasattr(headers, "iteritems") else (headers or {}).items()
    return tuple((_text(name), _text(value)) for name, value in items)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _received(answer: Any) -> Response:
    """Read a live answer to its end, as it came: compressed bodies stay compressed."""
    chunks = list(answer.read_chunked(decode_content=False)) if answer.chunked else [answer.read(decode_content=False)]
    headers = tuple((str(name), str(value)) for name, value in answer.headers.iteritems())
    return Response(answer.status, answer.reason or "", headers, b"".join(chunks), sizes_of(chunks))


def _delivered(response: Response, *, method: str, url: str, options: dict[str, Any]) -> HTTPResponse:
    headers = HTTPHeaderDict()
    for name, value in response.headers:
        headers.add(name, value)
    return HTTPResponse(
        body=io.BytesIO(response.body),
        headers=headers,
        status=response.status,
        version=11,
        version_string="HTTP/1.1",
        reason=response.reason,
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        original_response=_Original(response) if "set-cookie" in headers else None,  # type: ignore[arg-type]
        enforce_content_length=options.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
    )


class _Original:
    """What requests reads cookies from."""

    def __init__(self, response: Response) -> None:
        self.msg = HTTPMessage()
        for name, value in response.headers:
            self.msg.add_header(name, value)

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""
