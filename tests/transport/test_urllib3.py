"""A replay answers before a pool looks for a connection; nothing that can be seen differs from when it looks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal
from unittest.mock import patch

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Request, Response
from conformance.transport import _urllib3, open_http

if TYPE_CHECKING:
    from conformance.errors import ReplayStop


class Tape:
    """Answers with the given response as often as told, with an empty one after that, and keeps what was sent."""

    sends: Literal["never"] = "never"

    def __init__(self, first: Response, *, times: int = 1) -> None:
        self.stops: list[ReplayStop] = []
        self.sent: list[Request] = []
        self._first = first
        self._times = times

    def answer(self, request: Request) -> Response:
        self.sent.append(request)
        return self._first if len(self.sent) <= self._times else Response(204)


PATHS = st.sampled_from(
    [
        "/",
        "/key",
        "/a%20b",
        "/a%2fb",
        "/ü",
        "/a b",
        "/x?y=1&z",
        "/x?y=%41",
        "/x?a=b?c",
        "/%",
        "/[1]",
        "/.//..",
        "/a#b",
        "//a",
    ]
)
HEADERS = st.none() | st.dictionaries(
    st.sampled_from(["Accept", "X-A", "Host"]), st.sampled_from(["1", "é"]), max_size=2
)
BODIES = st.sampled_from([None, b"", b"data", "text", [b"a", b"b"], io.BytesIO])
RETRIES = st.sampled_from([None, False, True, 0, 2, urllib3.Retry(2), urllib3.Retry(2, status_forcelist=[500, 204])])
ANSWERS = st.builds(
    Response,
    st.sampled_from([200, 204, 206, 301, 302, 303, 307, 404, 413, 429, 500, 503]),
    st.sampled_from(["", "OK"]),
    st.lists(
        st.sampled_from(
            [
                ("Location", "/next"),
                ("Retry-After", "0"),
                ("Set-Cookie", "a=1"),
                ("Content-Encoding", "gzip"),
                ("X", "1"),
            ]
        ),
        max_size=3,
        unique=True,
    ).map(tuple),
    st.sampled_from([b"", b"body"]),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "redirect": st.booleans(),
        "preload_content": st.booleans(),
        "decode_content": st.booleans(),
        "assert_same_host": st.booleans(),
    },
)


def observed(pool: Any, tape: Tape, *arguments: Any, **options: Any) -> list[object]:
    """Send a request; return all that can be seen of what came of it."""
    seen: list[object] = []
    with open_http(tape):
        try:
            answer = pool.urlopen(*arguments, **options)
            seen += [answer.status, answer.reason, list(answer.headers.iteritems()), answer.geturl(), answer.version]
            seen += [answer.retries, answer.read(1), answer.read(), answer.data, answer.closed]
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, UnicodeError, ValueError, TypeError) as error:
            seen += [type(error), str(error).partition(" at 0x")[0]]
    return [*seen, *tape.sent]


@given(st.booleans(), PATHS, st.sampled_from(["GET", "PUT", "HEAD"]), BODIES, HEADERS, RETRIES, OPTIONS, ANSWERS)
def test_the_quick_way_and_the_way_through_the_pool_look_alike(  # noqa: PLR0913, PLR0917  (each is drawn)
    is_direct: bool,
    path: str,
    method: str,
    body: Any,
    headers: dict[str, str] | None,
    retries: Any,
    options: dict[str, bool],
    answer: Response,
) -> None:
    seen = []
    for is_quick in (True, False):
        manager: Any = urllib3.HTTPConnectionPool("box.test", 80) if is_direct else urllib3.PoolManager()
        url = path if is_direct else f"http://box.test{path}"
        sent = io.BytesIO(b"stream") if body is io.BytesIO else body
        with manager, patch.object(_urllib3, "_is_plain", _urllib3._is_plain if is_quick else lambda *_: False):
            wanted = {**options, "retries": retries, "headers": headers}
            seen.append(observed(manager, Tape(answer), method, url, body=sent, **wanted))
    assert seen[0] == seen[1]


def test_the_usual_request_is_answered_without_a_connection() -> None:
    with urllib3.PoolManager() as manager, open_http(Tape(Response(200, "OK", (), b"data"))):
        assert manager.request("GET", "http://box.test/key?x=1").data == b"data"
        pool = manager.connection_from_url("http://box.test/")
        assert pool.pool is not None
        assert {pool.pool.get_nowait() for _ in range(pool.pool.qsize())} == {None}


def test_a_pool_that_is_closed_is_told_so() -> None:
    pool = urllib3.HTTPConnectionPool("box.test")
    pool.close()
    with open_http(Tape(Response(200))), pytest.raises(urllib3.exceptions.ClosedPoolError):
        pool.urlopen("GET", "/", redirect=False)


@pytest.mark.parametrize("status", [413, 429, 503])
def test_an_answer_that_asks_for_another_attempt_gets_it(status: int) -> None:
    tape = Tape(Response(status, "", (("Retry-After", "0"),)))
    with urllib3.PoolManager() as manager, open_http(tape):
        assert manager.request("GET", "http://box.test/key").status == 204
    assert len(tape.sent) == 2


def test_an_answer_that_the_pool_acts_upon_is_asked_for_once() -> None:
    tape = Tape(Response(503, "", (("Retry-After", "0"),)), times=2)
    with urllib3.PoolManager(retries=urllib3.Retry(1, raise_on_status=False)) as manager, open_http(tape):
        assert manager.request("GET", "http://box.test/key").status == 503
    assert len(tape.sent) == 2


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_followed(status: int) -> None:
    tape = Tape(Response(status, "", (("Location", "/next"),)))
    with urllib3.PoolManager() as manager, open_http(tape):
        assert manager.request("GET", "http://box.test/key").status == 204
    assert [request.uri for request in tape.sent] == ["http://box.test/key", "http://box.test/next"]
