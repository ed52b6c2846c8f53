"""aiohttp against a real server, recorded from it, and replayed without it: nothing may differ but who answers."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import ClientRequest, ClientSession
from aiohttp.http_exceptions import LineTooLong
from hypothesis import example, given, settings
from hypothesis import strategies as st
from yarl import URL

from conformance.cassette import Recorder, Scrubber
from conformance.transport import open_http
from tests.transport.raw_server import answer, in_all_ways, pieces, run, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

NOWHERE = "http://nowhere.invalid"  # RFC 6761: no name server knows it
TIMEOUT = aiohttp.ClientTimeout(total=20)


def raw_headers(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    """Return the headers in the order in which a recorder keeps them."""
    return sorted(response.raw_headers, key=lambda pair: pair[0].lower())


async def told(response: aiohttp.ClientResponse) -> Any:
    """Return all that a client can tell of a response."""
    try:
        body: Any = await response.read()
    except aiohttp.ClientPayloadError as error:
        body = type(error)
    return response.status, response.reason, raw_headers(response), body, response.content.at_eof()


VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["C"]), max_size=20)
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda body: body,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "unheard-of": lambda body: body,
}
BODIES = st.binary(max_size=1000) | st.builds(lambda unit, times: unit * times, st.binary(max_size=50), st.just(9000))


@settings(max_examples=60, deadline=None)
@given(
    method=st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "ODD"]),
    status=st.sampled_from([200, 201, 204, 206, 304, 400, 404, 412, 416, 500, 503]),
    reason=VALUES,
    values=st.lists(VALUES, max_size=4),
    body=BODIES,
    encoding=st.sampled_from(sorted(ENCODERS)),
    framing=st.sampled_from(["length", "chunked", "close"]),
    auto_decompress=st.booleans(),
)
def test_any_answer_is_the_same_live_recorded_and_replayed(  # noqa: PLR0913  (the sides of a response)
    *,
    method: str,
    status: int,
    reason: str,
    values: list[str],
    body: bytes,
    encoding: str,
    framing: str,
    auto_decompress: bool,
) -> None:
    headers = [f"X-Many: {value}" for value in values] + ([f"Content-Encoding: {encoding}"] if encoding else [])
    has_body = method != "HEAD" and status not in (204, 304)
    sent = ENCODERS[encoding](body)
    data = answer(sent, *headers, status=f"{status} {reason}", framing=framing, has_body=has_body)

    async def act(url: str) -> Any:
        async with (
            ClientSession(auto_decompress=auto_decompress, timeout=TIMEOUT) as session,
            session.request(method, url, data=b"x" if method in ("PUT", "POST") else None) as response,
        ):
            found = await told(response)
        return *found, response.connection, response.closed

    live, (interaction,) = run(in_all_ways(act, data))
    assert live[0] == interaction.response.status == status
    assert live[3] == ((body if auto_decompress else sent) if has_body else b"")
    assert interaction.response.body == (sent if has_body else b"")


async def refilled(body: bytes) -> AsyncIterator[bytearray]:
    buffer = bytearray(1)
    for byte in body[:50]:
        buffer[0] = byte
        yield buffer


def multipart(*parts: bytes) -> aiohttp.MultipartWriter:
    writer = aiohttp.MultipartWriter("form-data", boundary="boundary")
    for part in parts:
        writer.append(part)
    return writer


# A form of request body → what makes the options of it, and the bytes that it becomes; None is not worth foretelling.
FORMS: dict[str, Callable[[bytes], tuple[dict[str, Any], bytes | None]]] = {
    "bytes": lambda body: ({"data": body}, body),
    "bytearray": lambda body: ({"data": bytearray(body)}, body),
    "str": lambda body: ({"data": body.decode("latin-1")}, body.decode("latin-1").encode()),
    "file": lambda body: ({"data": io.BytesIO(body)}, body),
    "generator": lambda body: ({"data": pieces(body[:7], b"", body[7:])}, body),
    "buffer": lambda body: (
        {"data": refilled(body), "headers": {"Content-Length": str(len(body[:50]))}},
        body[:50],
    ),
    "json": lambda body: ({"json": {"key": body.hex()}}, json.dumps({"key": body.hex()}).encode()),
    "fields": lambda body: ({"data": {"key": body.hex()}}, b"key=" + body.hex().encode()),
    "multipart": lambda body: ({"data": multipart(body, b"other")}, None),
    "chunked": lambda body: ({"data": body, "chunked": True}, body),
    "deflated": lambda body: ({"data": body, "compress": True}, None),
    "waiting": lambda body: ({"data": body, "expect100": True}, body),
    "waiting for nothing": lambda _: ({"expect100": True}, b""),
    "none": lambda _: ({}, b""),
}


@settings(max_examples=60, deadline=None)
@example(form="buffer", method="PUT", body=b"refilled")
@given(form=st.sampled_from(sorted(FORMS)), method=st.sampled_from(["PUT", "POST", "DELETE"]), body=BODIES)
def test_any_form_of_body_is_recorded_as_it_goes_over_the_wire(form: str, method: str, body: bytes) -> None:
    async def act(url: str) -> Any:
        async with (
            ClientSession(timeout=TIMEOUT) as session,
            session.request(method, f"{url}/key", **FORMS[form](body)[0]) as response,
        ):
            return await told(response)

    _, (interaction,) = run(in_all_ways(act, answer(b"done")))
    foretold = FORMS[form](body)[1]
    assert foretold is None or interaction.request.body == foretold


def test_forms_and_open_files_are_sent_and_recorded_alike(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"contents" * 1000)

    async def act() -> None:
        async with serving(answer()) as server, ClientSession(timeout=TIMEOUT) as session:
            recorder = Recorder(scrubber=Scrubber())
            with open_http(recorder), file.open("rb") as opened, file.open("rb") as second:
                form = aiohttp.FormData({"name": "value"})
                form.add_field("file", opened, filename="name.bin")
                async with session.post(server.url, data=form), session.put(server.url, data=second):
                    pass
            bodies = [interaction.request.body for interaction in recorder.interactions]
            assert bodies == [body for _, body in server.received]
            assert file.read_bytes() in bodies[0]
            assert bodies[1] == file.read_bytes()

    run(act())


@pytest.mark.parametrize("encoding", sorted(ENCODERS))
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_large_bodies_stream_as_they_do_live(encoding: str, framing: str) -> None:
    body = b"".join(b"%d,line of a large body\n" % number for number in range(3_000))
    headers = [f"Content-Encoding: {encoding}"] if encoding else []

    async def act(url: str) -> Any:
        async with ClientSession(timeout=TIMEOUT, read_bufsize=2**12) as session:
            async with session.get(url) as response:
                first = await response.content.readexactly(10), await response.content.readline()
                rest = [line async for line in response.content]
            async with session.get(url) as response:
                read = [await response.content.read(7), await response.content.readany()]
                read += [chunk async for chunk in response.content.iter_chunked(5000)]
            async with session.get(url) as response:
                chunks = [chunk async for chunk in response.content.iter_any()]
            async with session.get(url) as response:
                chunks_too = [chunk async for chunk, _ in response.content.iter_chunks()]
        return first, rest, b"".join(read), b"".join(chunks), b"".join(chunks_too), response.content.at_eof()

    live, _ = run(in_all_ways(act, answer(ENCODERS[encoding](body), *headers, framing=framing)))
    assert live[2] == live[3] == live[4] == body


def test_lines_are_limited_and_responses_left_unread_as_they_are_live() -> None:
    async def act(url: str) -> Any:
        async with ClientSession(timeout=TIMEOUT, read_bufsize=100) as session:
            response = await session.get(url)
            with pytest.raises((ValueError, LineTooLong)):
                await response.content.readline()
            response.close()
            with pytest.raises(aiohttp.ClientConnectionError, match="closed"):
                await response.content.read()
            async with session.get(url) as unread:
                pass
            released = await session.get(url)
            released.release()
        return response.connection, unread.connection, released.connection, released.closed

    run(in_all_ways(act, answer(b"x" * 1_000_000)))


def test_what_stands_above_connections_is_aiohttps_own() -> None:
    """Redirects, cookies, credentials, defaults, checks of the status, and encoded addresses."""
    answers = [
        answer(b"moved", "Location: /there?a=b%26c", "Set-Cookie: taste=sweet", "Set-Cookie: b=2", status="307 Moved"),
        answer(b'{"key": 1}', "Content-Type: application/json; charset=utf-8"),
        answer(b"none", status="404 Not Here"),
    ]

    async def act(url: str) -> Any:
        jar = aiohttp.CookieJar(unsafe=True)
        credentials = {"Authorization": "Basic dXNlcjpwYXNz"}
        async with ClientSession(timeout=TIMEOUT, cookie_jar=jar, headers=credentials) as session:
            async with session.put(f"{url}/here", data=b"body") as response:
                told = await response.json(), [str(past.status) for past in response.history], str(response.url)
            with pytest.raises(aiohttp.ClientResponseError, match="404.*Not Here"):
                await session.get(URL(f"{url}/a%2Fb%20c?d=%7E", encoded=True), raise_for_status=True)
            return told, sorted(cookie.key for cookie in jar)

    live, tape = run(in_all_ways(act, *answers))
    assert live == (({"key": 1}, ["307"], tape[1].request.uri), ["b", "taste"])
    paths = [interaction.request.uri.split("/", 3)[3] for interaction in tape]
    assert paths == ["here", "there?a=b%26c", "a%2Fb%20c?d=%7E"]
    assert ("Cookie", "b=2; taste=sweet") in tape[1].request.headers


def test_traces_are_told_what_is_sent_and_received_and_of_connections_only_where_there_is_one() -> None:
    async def act(url: str) -> list[str]:
        seen: list[str] = []
        trace = aiohttp.TraceConfig()
        for name in ("request_start", "request_chunk_sent", "response_chunk_received", "request_end"):
            getattr(trace, f"on_{name}").append(noted(name, seen))
        for name in ("connection_create_start", "connection_reuseconn", "dns_resolvehost_start"):
            getattr(trace, f"on_{name}").append(noted("connection", connections))
        async with (
            ClientSession(timeout=TIMEOUT, trace_configs=[trace]) as session,
            session.put(url, data=pieces(b"a", b"b")) as response,
        ):
            await response.read()
        return seen

    def noted(name: str, seen: list[str]) -> Any:
        async def note(*_: object) -> None:
            seen.append(name)

        return note

    connections: list[str] = []
    live, _ = run(in_all_ways(act, answer(b"x")))
    assert live == [
        "request_start",
        "request_chunk_sent",
        "request_chunk_sent",
        "request_end",
        "response_chunk_received",
    ]
    assert len(connections) == 2


@pytest.mark.skipif(not hasattr(aiohttp, "ClientHandlerType"), reason="aiohttp before 3.12 has no middlewares")
def test_middlewares_see_and_repeat_requests() -> None:
    async def again(request: ClientRequest, handler: Any) -> Any:
        request.headers["X-Try"] = "1"
        response = await handler(request)
        await response.read()
        request.headers["X-Try"] = "2"
        return await handler(request)

    async def act(url: str) -> Any:
        async with ClientSession(timeout=TIMEOUT, middlewares=[again]) as session, session.get(url) as response:
            return await told(response)

    live, tape = run(in_all_ways(act, answer(b"one"), answer(b"two")))
    assert live[3] == b"two"
    assert [dict(interaction.request.headers)["X-Try"] for interaction in tape] == ["1", "2"]


def test_what_goes_through_a_proxy_is_recorded_under_its_own_address_and_replayed_without_the_proxy() -> None:
    async def act(url: str) -> Any:
        async with ClientSession(timeout=TIMEOUT) as session, session.get(f"{NOWHERE}/key?a=b", proxy=url) as response:
            return await told(response)

    _, (interaction,) = run(in_all_ways(act, answer(b"by proxy")))
    assert interaction.request.uri == f"{NOWHERE}/key?a=b"


def test_a_body_that_fails_while_it_is_written_fails_as_it_does_live() -> None:
    async def broken(error: BaseException) -> AsyncIterator[bytes]:
        yield b"a"
        raise error

    async def act(url: str) -> Any:
        async with ClientSession(timeout=TIMEOUT) as session:
            with pytest.raises(aiohttp.ClientError) as caught:
                await session.post(url, data=broken(ValueError("broken")))
            return caught.type

    _, tape = run(in_all_ways(act, answer()))
    assert tape == ()


def test_interim_answers_are_read_over_when_recording() -> None:
    async def act(url: str) -> Any:
        async with ClientSession(timeout=TIMEOUT) as session, session.put(url, data=b"x") as response:
            return await told(response)

    live, (interaction,) = run(in_all_ways(act, b"HTTP/1.1 102 Processing\r\n\r\n" + answer(b"x")))
    assert live[0] == interaction.response.status == 200
