"""Bodies that came in chunks are replayed in the same ones."""

from __future__ import annotations

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
import urllib3

from conformance.cassette import Cassette, Matcher, Player, Recorder, Scrubber, load_cassette, write_cassette
from conformance.transport import open_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHUNKS = [b"data: one\n\n", b"data: two\n\n", b"x" * 5000]


class Streaming(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in CHUNKS:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def streaming() -> Iterator[str]:
    """A server that answers in chunks."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Streaming)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def by_httpx(url: str) -> list[bytes]:
    with httpx.stream("GET", url) as answer:
        return list(answer.iter_raw())


def by_httpx_async(url: str) -> list[bytes]:
    async def get() -> list[bytes]:
        async with httpx.AsyncClient() as client, client.stream("GET", url) as answer:
            return [chunk async for chunk in answer.aiter_raw()]

    return asyncio.run(get())


def by_aiohttp(url: str) -> list[bytes]:
    async def get() -> list[bytes]:
        chunks, parts = [], []
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            async for data, is_end in answer.content.iter_chunks():
                parts.append(data)
                if is_end:
                    chunks.append(b"".join(parts))
                    parts = []
        return chunks

    return asyncio.run(get())


def by_urllib3(url: str) -> list[bytes]:
    with urllib3.PoolManager() as pool:
        return [pool.request("GET", url).data]


@pytest.mark.parametrize("get", [by_httpx, by_httpx_async, by_aiohttp, by_urllib3])
def test_a_body_is_replayed_in_the_chunks_that_it_came_in(
    get: Callable[[str], list[bytes]], streaming: str, tmp_path: Path
) -> None:
    recorder = Recorder(scrubber=Scrubber())
    with open_http(recorder):
        recorded = get(streaming)
    (item,) = recorder.interactions
    assert sum(item.response.chunks) == len(b"".join(CHUNKS))
    path = tmp_path / "tape.yaml"
    write_cassette(path, recorder.interactions, None)
    tape = load_cassette(path).interactions
    assert tape == recorder.interactions
    player = Player(Cassette(path, tape, None), matcher=Matcher(["path"]), scrubber=Scrubber(), mend="")
    with open_http(player):
        replayed = get(streaming)
    assert replayed == recorded
    assert b"".join(replayed) == b"".join(CHUNKS)
    if get is not by_urllib3:  # which hands out the whole
        assert tuple(map(len, replayed)) == item.response.chunks


@pytest.mark.parametrize("get", [by_aiohttp, by_urllib3])
def test_the_chunks_of_the_server_are_what_is_kept(get: Callable[[str], list[bytes]], streaming: str) -> None:
    recorder = Recorder(scrubber=Scrubber())
    with open_http(recorder):
        get(streaming)
    assert recorder.interactions[0].response.chunks == tuple(map(len, CHUNKS))
