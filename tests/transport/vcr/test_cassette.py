"""Our cassette plays, keeps and saves what vcr's does; vcr's own class is the model."""

from __future__ import annotations

import copy
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import vcr.cassette
from hypothesis import given
from hypothesis import strategies as st
from vcr import matchers
from vcr.errors import UnhandledHTTPRequestError
from vcr.request import Request

from conformance.transport.vcr._messages import StoredRequest
from conformance.vcr import VCR, Cassette

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ["method", "scheme", "host", "port", "path", "query", "uri", "headers", "body", "raw_body"]
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
XMLRPC = {"Content-Type": "text/xml", "User-Agent": "xmlrpc"}
CALL = (
    b"<methodCall><methodName>a</methodName>"
    b"<params><param><value><struct>%b%b</struct></value></param></params></methodCall>"
)
ONE, TWO = (
    b"<member><name>%b</name><value><int>%b</int></value></member>" % pair for pair in ((b"a", b"1"), (b"b", b"2"))
)
BODIES = [
    CALL % (ONE, TWO),
    CALL % (TWO, ONE),
    None,
    b"",
    b"a=1&b=2",
    b"b=2&a=1",
    b'{"a":1,"b":[1.0]}',
    b'{"b":[1],"a":true}',
    b'{"a":',
    b"NaN",
    b"\xff",
]


def ends_alike(sent: Any, stored: Any) -> bool:
    """A matcher of somebody's own."""
    return bool(sent.uri[-1] == stored.uri[-1])


REQUESTS = st.builds(
    Request,
    st.sampled_from(["GET", "POST"]),
    st.sampled_from(["http://a.test", "http://a.test/", "http://a.test:80/x?b=1&a=2", "https://a.test/x?a=2&b=1"]),
    st.sampled_from(BODIES),
    st.sampled_from([{}, JSON, FORM, XMLRPC, {"content-type": "application/json"}, {"Transfer-Encoding": "chunked"}]),
)
MATCHERS = st.lists(st.sampled_from([*(getattr(matchers, name) for name in NAMES), ends_alike]), max_size=5)


def answer(number: int) -> dict[str, Any]:
    return {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b"%d" % number}}


def filled(cls: type[Any], tape: list[Request], **options: Any) -> Any:
    cassette = cls("none.yaml", **options)
    for number, request in enumerate(tape):
        cassette.data.append((request, answer(number)))
    cassette.rewound = True
    return cassette


def played(cassette: Any, sent: list[Request], *, rewind_at: int) -> list[object]:
    answers: list[object] = []
    for number, request in enumerate(sent):
        if number == rewind_at:
            cassette.rewind()
        answers.append((request in cassette, cassette.can_play_response_for(request)))
        try:
            answers.append(cassette.play_response(request)["body"]["string"])
        except UnhandledHTTPRequestError as error:
            answers.append(str(error))
    return [*answers, cassette.play_count, cassette.all_played, dict(cassette.play_counts)]


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[Request], list[Request]]:
    """Draw what is stored, and what is sent: some of it the same."""
    tape = draw(st.lists(REQUESTS, max_size=8))
    known = draw(st.lists(st.sampled_from(tape), max_size=6)) if tape else []
    return tape, draw(st.permutations([*known, *draw(st.lists(REQUESTS, max_size=6))]))


@given(conversations(), MATCHERS, st.booleans(), st.integers(0, 8))
def test_every_request_is_answered_as_vcr_answers_it(
    conversation: tuple[list[Request], list[Request]], match_on: list[Any], repeats: bool, rewind_at: int
) -> None:
    tape, sent = conversation
    options = {"match_on": match_on, "allow_playback_repeats": repeats}
    ours, theirs = filled(Cassette, tape, **options), filled(vcr.cassette.Cassette, tape, **options)
    assert played(ours, sent, rewind_at=rewind_at) == played(theirs, sent, rewind_at=rewind_at)


@given(
    st.lists(REQUESTS, max_size=6),
    st.lists(REQUESTS, max_size=6),
    MATCHERS,
    st.booleans(),
    st.sampled_from(["all", "new_episodes", "once"]),
)
def test_what_is_saved_is_what_vcr_would_save(
    loaded: list[Request], recorded: list[Request], match_on: list[Any], drops: bool, mode: str
) -> None:
    saved = []
    for cls in (Cassette, vcr.cassette.Cassette):
        kept: list[Any] = []
        persister = _Memory(loaded, kept)
        options = {"match_on": match_on, "drop_unused_requests": drops, "record_mode": vcr.mode(mode)}
        options |= {"allow_playback_repeats": mode == "once"}
        cassette = cls.load(path="none.yaml", persister=persister, **options)
        for number, request in enumerate(recorded):
            if cassette.can_play_response_for(request):
                cassette.play_response(request)
            else:
                cassette.append(request, answer(100 + number))
        cassette._save()
        saved.append([[request._to_dict() for request in one["requests"]] + one["responses"] for one in kept])
    assert saved[0] == saved[1]


class _Memory:
    """A persister that keeps what it is given."""

    def __init__(self, loaded: list[Request], kept: list[Any]) -> None:
        self.loaded = loaded
        self.kept = kept

    def load_cassette(self, *_: Any, **__: Any) -> tuple[list[Request], list[Any]]:
        return copy.deepcopy(self.loaded), [answer(number) for number in range(len(self.loaded))]

    def save_cassette(self, _: str, cassette: dict[str, Any], **__: Any) -> None:
        self.kept.append(copy.deepcopy(cassette))


@pytest.mark.parametrize("match_on", [(matchers.uri, matchers.method), (matchers.uri, matchers.body)])
def test_finding_an_answer_looks_at_one_request_whatever_the_size(
    match_on: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    tape = [Request("GET", f"http://a.test/{number % 50}", b"%d" % number, {}) for number in range(500)]
    cassette = filled(Cassette, tape, match_on=match_on)
    compared = []
    compare: Callable[..., bool] = vcr.cassette.requests_match

    def counted(*pair: Any) -> bool:
        compared.append(pair)
        return compare(*pair)

    monkeypatch.setattr(vcr.cassette, "requests_match", counted)
    bodies = [cassette.play_response(request)["body"]["string"] for request in tape]
    assert bodies == [b"%d" % number for number in range(500)]
    assert len(compared) <= 500


def test_threads_that_share_a_cassette_each_get_an_answer_of_their_own() -> None:
    def gives_others_a_turn(_sent: Any, _stored: Any) -> None:
        time.sleep(0)

    tape = [Request("GET", "http://a.test/", None, {}) for _ in range(400)]
    cassette = filled(Cassette, tape, match_on=(matchers.uri, gives_others_a_turn))
    barrier = threading.Barrier(8)

    def play(_: int) -> list[bytes]:
        barrier.wait(5)
        request = Request("GET", "http://a.test/", None, {})
        return [cassette.play_response(request)["body"]["string"] for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        bodies = [body for answers in pool.map(play, range(8)) for body in answers]
    assert sorted(bodies) == sorted(b"%d" % number for number in range(400))


def test_filters_run_once_on_what_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    with VCR().use_cassette(str(path)) as cassette:
        for number in range(5):
            cassette.append(Request("GET", f"http://a.test/{number}", None, {}), answer(number))
    seen: list[str] = []

    def note(request: Any) -> Any:
        seen.append(request.uri)
        return request

    with VCR(before_record_request=note).use_cassette(str(path)) as cassette:
        assert len(seen) == 5
        cassette.play_response(Request("GET", "http://a.test/3", None, {}))
    assert seen[5:] == ["http://a.test/3"]


def test_data_that_somebody_else_put_in_is_found() -> None:
    cassette = filled(Cassette, [Request("GET", "http://a.test/", None, {})])
    assert Request("GET", "http://a.test/", None, {}) in cassette
    cassette.data.append((Request("PUT", "http://a.test/", None, {}), answer(7)))
    assert cassette.play_response(Request("PUT", "http://a.test/", None, {}))["body"]["string"] == b"7"
    cassette.data = [(Request("POST", "http://a.test/", None, {}), answer(number)) for number in range(2)]
    assert Request("PUT", "http://a.test/", None, {}) not in cassette
    assert cassette.play_response(Request("POST", "http://a.test/", None, {}))["body"]["string"] == b"0"


def test_a_copy_for_a_filter_shares_nothing_that_the_filter_may_change() -> None:
    headers = {"A": "1"}
    for body in (b"x", iter([b"x"]), io.BytesIO(b"x"), {"a": ["x"]}):
        request = Request("GET", "http://a.test/", body, headers)
        request.__class__ = StoredRequest
        before = str(request._to_dict()["headers"]), str(request._body)
        twin = copy.deepcopy(request)
        twin.headers["A"] = "2"
        twin.uri = "http://b.test/"
        if isinstance(twin._body, dict):
            twin._body["a"].append("y")
        assert (str(request._to_dict()["headers"]), str(request._body), request.uri) == (*before, "http://a.test/")
        assert (twin.headers["a"], twin.host, twin.method) == ("2", "b.test", "GET")
