"""A server on loopback that answers with given bytes, and what compares a client live, recorded and replayed."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.cassette import Cassette, Interaction, Matcher, Player, Recorder, Scrubber
from conformance.transport import open_http

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

Act: TypeAlias = "Callable[[str], Awaitable[Any]]"


class Server:
    """Keeps what it receives, and answers with the next of the given bytes, at last with the last ones again."""

    def __init__(self, answers: tuple[bytes, ...]) -> None:
        self.answers = deque(answers)
        self.received: list[tuple[bytes, bytes]] = []
        self.answered = asyncio.Event()
        self.url = ""
        self.writers: list[asyncio.StreamWriter] = []
        self.tasks: list[asyncio.Task[Any] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        self.tasks.append(asyncio.current_task())
        try:
            while not writer.is_closing():
                await self.exchange(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"100-continue" in head:
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await chunks_of(reader) if b"chunked" in head else await reader.readexactly(length_of(head))
        self.received.append((head, body))
        answer = self.answers.popleft() if len(self.answers) > 1 else self.answers[0]
        writer.write(answer)
        await writer.drain()
        self.answered.set()
        if b"Connection: close" in answer or not answer:
            writer.close()


def length_of(head: bytes) -> int:
    return int((head.lower() + b"\r\ncontent-length: 0\r\n").split(b"\r\ncontent-length: ")[1].split(b"\r\n")[0])


async def chunks_of(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\n"), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[Server]:
    server = Server(answers)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for writer in server.writers:
            writer.close()
        await asyncio.gather(*(task for task in server.tasks if task))
        await listener.wait_closed()


def answer(
    body: bytes = b"", *headers: str, status: str = "200 OK", framing: str = "length", has_body: bool = True
) -> bytes:
    framed = {"length": f"Content-Length: {len(body)}", "chunked": "Transfer-Encoding: chunked"}
    lines = [f"HTTP/1.1 {status}", *headers, framed.get(framing, "Connection: close")]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    if not has_body:
        return head
    if framing != "chunked":
        return head + body
    pieces = [body[place : place + 100] for place in range(0, len(body), 100)]
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def player_of(*tape: Interaction) -> Player:
    matcher = Matcher(["method", "host", "port", "path", "query", "body"])
    return Player(Cassette(Path("none.yaml"), tape, None), matcher=matcher, scrubber=Scrubber(), mend="record it")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run, and let what was left open be told: warnings are errors here."""
    result = asyncio.run(work)
    gc.collect()
    return result


async def in_all_ways(act: Act, *answers: bytes) -> tuple[Any, tuple[Interaction, ...]]:
    """Act live, in recording and in replay, find no difference, and return what came of it and what was recorded."""
    async with serving(*answers) as server:
        live = await act(server.url)
        received, server.received, server.answers = server.received, [], deque(answers)
        recorder = Recorder(scrubber=Scrubber())
        with open_http(recorder):
            assert await act(server.url) == live
    assert server.received == received
    for interaction, (head, body) in zip(recorder.interactions, received, strict=True):
        lines = head.decode().strip().split("\r\n")
        assert interaction.request.method == lines[0].split()[0]
        assert [f"{name}: {value}" for name, value in interaction.request.headers] == lines[1:]
        assert interaction.request.body == body
    player = player_of(*recorder.interactions)
    with open_http(player):
        assert await act(server.url) == live
    assert (player.unplayed, player.stops) == ([], [])
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return live, recorder.interactions


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        await asyncio.sleep(0)
        yield part
