"""Requests reach the cassette that their context is bound to, as vcr's stubs would have handed them over."""

from __future__ import annotations

import asyncio
import contextvars
import http.client
import io
import ssl
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import certifi
import httplib2
import httpx
import pytest
import requests
import urllib3
import vcr
import vcr.patch
import vcr.stubs
from vcr.errors import CannotOverwriteExistingCassetteException

from conformance.cassette import Cassette, Interaction, Matcher, Player, Request, Response, Scrubber
from conformance.errors import NetworkClosed
from conformance.transport import open_http
from conformance.vcr import VCR

PATCHED = [
    (urllib3.HTTPConnectionPool, "_make_request"),
    (urllib3.HTTPSConnectionPool, "_prepare_proxy"),
    (http.client.HTTPConnection, "getresponse"),
    (http.client.HTTPConnection, "connect"),
    (http.client.HTTPSConnection, "connect"),
    (aiohttp.ClientSession, "_request"),
    (httpx.HTTPTransport, "handle_request"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
    (httplib2, "HTTPConnectionWithTimeout"),
    (vcr.patch, "force_reset"),
]
BEFORE = [vars(owner)[name] for owner, name in PATCHED]


def by_urllib3(url: str, body: Any = b"data") -> bytes:
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request("PUT", url, body=body).data


def by_requests(url: str, body: Any = b"data") -> bytes:
    with requests.Session() as session:
        session.trust_env = False
        return session.put(url, data=body, timeout=5).content


def by_http_client(url: str) -> bytes:
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.putrequest("PUT", f"/{path}")
        connection.putheader("Content-Length", "4")
        connection.endheaders()
        connection.send(b"data")
        return connection.getresponse().read()
    finally:
        connection.close()


def by_urllib(url: str) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, data=b"data", method="PUT"), timeout=5) as answer:
        return bytes(answer.read())


def by_httplib2(url: str) -> bytes:
    client = httplib2.Http(timeout=5)
    try:
        return bytes(client.request(url, "PUT", body=b"data")[1])
    finally:
        client.close()


def by_httpx(url: str) -> bytes:
    with httpx.Client(verify=False, trust_env=False) as client:  # noqa: S501  (loopback, and contexts are slow to make)
        return client.put(url, content=b"data").content


def by_aiohttp(url: str) -> bytes:
    async def send() -> bytes:
        async with aiohttp.ClientSession() as session, session.put(url, data=b"data") as answer:
            return await answer.read()

    return asyncio.run(send())


CLIENTS = [by_urllib3, by_requests, by_http_client, by_urllib, by_httplib2, by_httpx, by_aiohttp]
Client = Callable[[str], bytes]
FORMS: list[Any] = [None, b"", b"data", lambda: io.BytesIO(b"data"), lambda: iter([b"da", b"ta"])]


@pytest.fixture(params=CLIENTS, ids=lambda client: client.__name__[3:])
def send(request: pytest.FixtureRequest) -> Client:
    """A client that puts four bytes and returns the answer."""
    client: Client = request.param
    return client


def steady(response: dict[str, Any]) -> dict[str, Any]:
    """Take out what the server says differently each time."""
    response["headers"] = {name: ["-"] for name in response["headers"]}
    response["body"]["string"] = b"-"
    return response


def test_what_a_client_sends_is_recorded_as_vcr_records_it(tmp_path: Path, echo: str, send: Client) -> None:
    texts = []
    for number, cls in enumerate((VCR, vcr.VCR)):
        with cls(before_record_response=steady).use_cassette(str(tmp_path / f"{number}.yaml")):
            assert b"data" in send(f"http://{echo}/a?b=1")
        texts.append((tmp_path / f"{number}.yaml").read_text())
    assert texts[0] == texts[1]


@pytest.mark.parametrize("form", FORMS, ids=["none", "empty", "bytes", "file", "iterable"])
@pytest.mark.parametrize("client", [by_urllib3, by_requests])
def test_a_body_is_recorded_in_the_form_that_vcr_records_it(tmp_path: Path, echo: str, client: Any, form: Any) -> None:
    texts = []
    for number, cls in enumerate((VCR, vcr.VCR)):
        with cls(before_record_response=steady).use_cassette(str(tmp_path / f"{number}.yaml")) as cassette:
            cassette.append(vcr.Request("GET", "http://a.test/", None, {}), {"headers": {}, "body": {}})
            client(f"http://{echo}/", body=form() if callable(form) else form)
        texts.append((tmp_path / f"{number}.yaml").read_text())
    assert texts[0] == texts[1]


def test_what_was_recorded_is_replayed_and_nothing_else_is_sent(tmp_path: Path, echo: str, send: Client) -> None:
    path = str(tmp_path / "tape.yaml")
    with VCR().use_cassette(path):
        first = send(f"http://{echo}/a")
    with VCR(record_mode="none").use_cassette(path) as cassette:
        assert send(f"http://{echo}/a") == first
        with pytest.raises(CannotOverwriteExistingCassetteException):
            send(f"http://{echo}/a")
    assert cassette.all_played
    assert b'"count": 2' in send(f"http://{echo}/b")


def test_everything_is_as_before_when_all_are_closed(tmp_path: Path) -> None:
    with VCR().use_cassette(str(tmp_path / "one.yaml")), VCR().use_cassette(str(tmp_path / "two.yaml")):
        assert vars(urllib3.HTTPConnectionPool)["_make_request"] is not BEFORE[0]
    assert [vars(owner)[name] for owner, name in PATCHED] == BEFORE


def test_everything_is_as_before_when_saving_fails(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    opening = VCR().use_cassette(str(tmp_path / "folder.yaml"))
    with pytest.raises(OSError, match=r"folder\.yaml"), opening as cassette:
        cassette.append(vcr.Request("GET", "http://a.test/", None, {}), {"headers": {}, "body": {}})
    assert [vars(owner)[name] for owner, name in PATCHED] == BEFORE


@pytest.mark.parametrize("send", [by_urllib3, by_requests, by_http_client, by_urllib, by_httpx, by_aiohttp])
def test_threads_that_replay_send_nothing(tmp_path: Path, echo: str, send: Client) -> None:
    path = str(tmp_path / "tape.yaml")
    urls = [f"http://{echo}/{number}" for number in range(16)]
    with VCR().use_cassette(path), ThreadPoolExecutor(8) as pool:
        recorded = list(pool.map(send, urls))
    with VCR(record_mode="none").use_cassette(path) as cassette, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, urls)) == recorded
    assert cassette.all_played
    assert len(cassette) == 16


def test_two_threads_with_a_cassette_each_keep_them_apart(tmp_path: Path, echo: str, send: Client) -> None:
    barrier = threading.Barrier(2)

    def record(name: str) -> list[str]:
        with VCR().use_cassette(str(tmp_path / f"{name}.yaml")) as cassette:
            barrier.wait(5)
            for number in range(5):
                send(f"http://{echo}/{name}{number}")
            barrier.wait(5)
            return [request.path for request in cassette.requests]

    if send is by_httplib2:
        pytest.skip("its classes are swapped for all threads")
    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(record, "ab")] == [[f"/{name}{number}" for number in range(5)] for name in "ab"]


def test_the_inner_of_two_gets_the_requests_also_those_of_threads_that_nobody_bound(
    tmp_path: Path, echo: str, send: Client
) -> None:
    wanted, done = threading.Event(), threading.Event()

    def wait_and_send() -> None:
        wanted.wait(5)
        send(f"http://{echo}/thread")
        done.set()

    thread = threading.Thread(target=wait_and_send)
    thread.start()
    with VCR().use_cassette(str(tmp_path / "outer.yaml")) as outer:
        with VCR().use_cassette(str(tmp_path / "inner.yaml")) as inner:
            send(f"http://{echo}/inner")
            wanted.set()
            assert done.wait(5)
        send(f"http://{echo}/outer")
    thread.join()
    assert [request.path for request in inner.requests] == ["/inner", "/thread"]
    assert [request.path for request in outer.requests] == ["/outer"]


def test_a_client_that_is_kept_goes_to_the_cassette_of_each_request(tmp_path: Path, echo: str) -> None:
    connection = http.client.HTTPConnection(echo, timeout=5)

    def by_connection(path: str) -> None:
        connection.request("PUT", path, body=b"data")
        connection.getresponse().read()

    with requests.Session() as session, httpx.Client(trust_env=False) as client:
        session.trust_env = False
        sends: list[Callable[[str], object]] = [
            lambda path: session.put(f"http://{echo}{path}", data=b"data", timeout=5).content,
            lambda path: client.put(f"http://{echo}{path}", content=b"data").content,
            by_connection,
        ]
        for number, send in enumerate(sends):
            seen = []
            for name in "ab":
                with VCR().use_cassette(str(tmp_path / f"{number}{name}.yaml")) as cassette:
                    send(f"/{name}")
                seen.append([request.path for request in cassette.requests])
            send("/live")
            assert seen == [["/a"], ["/b"]]
            assert len(cassette) == 1
    connection.close()


def test_a_connection_is_made_only_when_something_is_sent_on_it(tmp_path: Path, echo: str) -> None:
    connection = http.client.HTTPConnection(echo, timeout=5)
    with VCR().use_cassette(str(tmp_path / "a.yaml")):
        connection.request("PUT", "/", body=b"data")
        assert b"data" in connection.getresponse().read()
    connection.close()
    connection.port = 1  # nobody listens
    with VCR(record_mode="new_episodes").use_cassette(str(tmp_path / "b.yaml")) as cassette:
        response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": b"recorded"}}
        cassette.append(vcr.Request("PUT", "http://127.0.0.1:1/", None, {}), response)
        cassette.rewound = True
        connection.connect()
        connection.request("PUT", "/", body=b"data")
        assert connection.getresponse().read() == b"recorded"


@pytest.mark.parametrize(
    ("send", "groups"),
    [
        (by_urllib3, ["urllib3", "requests", "httplib"]),
        (by_http_client, ["httplib"]),
        (by_httpx, ["httpx"]),
        (by_aiohttp, ["aiohttp"]),
        (by_httplib2, ["httplib2"]),
    ],
)
def test_a_client_that_is_skipped_is_left_alone(tmp_path: Path, echo: str, send: Client, groups: list[str]) -> None:
    with VCR(skip_patchers=groups).use_cassette(str(tmp_path / "tape.yaml")) as cassette:
        assert b"data" in send(f"http://{echo}/")
    assert len(cassette) == 0


def test_a_host_that_is_ignored_is_reached_and_not_recorded(tmp_path: Path, echo: str, send: Client) -> None:
    options = {"ignore_localhost": True, "record_mode": "none"}
    with VCR(**options).use_cassette(str(tmp_path / "tape.yaml")) as cassette:
        assert b'"count": 1' in send(f"http://{echo}/")
    assert len(cassette) == 0


def test_a_replay_of_ours_within_a_cassette_of_vcr_gets_what_is_sent_within_it(tmp_path: Path, echo: str) -> None:
    before = dict(vars(ssl.SSLContext))
    tape = (Interaction(Request("PUT", f"http://{echo}/"), Response(200, "OK", (), b"recorded")),)
    matcher = Matcher(["method", "host", "port", "path"])
    player = Player(Cassette(Path("none.yaml"), tape, None), matcher=matcher, scrubber=Scrubber(), mend="record it")
    with VCR().use_cassette(str(tmp_path / "tape.yaml")) as cassette:
        with open_http(player):
            assert by_requests(f"http://{echo}/") == b"recorded"
        assert b"data" in by_requests(f"http://{echo}/outer")
    assert [request.path for request in cassette.requests] == ["/outer"]
    assert dict(vars(ssl.SSLContext)) == before
    assert [vars(owner)[name] for owner, name in PATCHED] == BEFORE


def test_a_replay_of_ours_in_another_thread_leaves_a_cassette_of_vcr_its_requests(
    tmp_path: Path, echo: str, send: Client
) -> None:
    opened, done = threading.Event(), threading.Event()

    def replay() -> None:
        player = Player(Cassette(Path("none.yaml"), (), None), matcher=Matcher(["path"]), scrubber=Scrubber(), mend="")
        with open_http(player):
            opened.set()
            done.wait(5)

    thread = threading.Thread(target=replay)
    with VCR().use_cassette(str(tmp_path / "tape.yaml")) as cassette:
        thread.start()
        assert opened.wait(5)
        first = send(f"http://{echo}/a")
        cassette.rewound = True
        assert send(f"http://{echo}/a") == first
        done.set()
        thread.join()
    assert [request.path for request in cassette.requests] == ["/a"]


def test_a_thread_that_could_belong_to_several_is_stopped(tmp_path: Path, echo: str, send: Client) -> None:
    wanted, outcome = threading.Event(), []

    def wait_and_send() -> None:
        wanted.wait(5)
        try:
            send(f"http://{echo}/")
        except NetworkClosed as stop:
            outcome.append(stop.fault.slug)

    def open_another() -> None:
        with VCR().use_cassette(str(tmp_path / "b.yaml")):
            wanted.set()
            thread.join()

    thread = threading.Thread(target=wait_and_send)
    other = threading.Thread(target=open_another)
    thread.start()
    with VCR().use_cassette(str(tmp_path / "a.yaml")) as cassette:
        contextvars.Context().run(other.start)
        thread.join()
        other.join()
    assert outcome == ["network-closed"]
    assert len(cassette) == 0


def test_authorities_are_loaded_when_a_context_is_used_and_not_when_it_is_made(tmp_path: Path) -> None:
    before = dict(vars(ssl.SSLContext))
    with VCR(record_mode="none").use_cassette(str(tmp_path / "tape.yaml")):
        context = ssl.create_default_context(cafile=certifi.where())
        assert "conformance_put_off" in vars(context)
        assert context.cert_store_stats()["x509_ca"] > 0
    assert dict(vars(ssl.SSLContext)) == before


def test_a_stub_of_vcr_that_somebody_patches_in_by_hand_works(tmp_path: Path, echo: str) -> None:
    class Own(http.client.HTTPConnection):
        """A class that vcr does not swap."""

    class Client:
        connection = Own

    patches = ((Client, "connection", vcr.stubs.VCRHTTPConnection),)
    instance = VCR(custom_patches=patches)
    answers = []
    for _ in range(2):
        with instance.use_cassette(str(tmp_path / "tape.yaml")) as cassette:
            connection = Client.connection(echo)
            connection.request("PUT", "/", body=b"data")
            answers.append(connection.getresponse().read())
            connection.close()
    assert answers[0] == answers[1]
    assert (len(cassette), cassette.play_count) == (1, 1)
