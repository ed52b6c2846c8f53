"""What was recorded so far, on disk before the client has its answer.

A journal stands beside the cassette that is being recorded, and is gone once the cassette is in place or the recording
was given up. One that is left tells of a process that was killed; everything in it but the line that was being written
is whole.

::

    <crc32 of the rest, 8 hex digits> {"format": 1, "cassette": "test_copy.yaml", "pid": 4711}
    <crc32> {"place": 1, "request": {…}, "response": {…}}        # bodies in base64; in order of answering
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.cassette._interaction import Interaction, Request, Response
from conformance.errors import CassetteError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
SUFFIX = ".journal"
LONGEST_START = 200  # bytes: file systems take 255, and a name may have them all


class Journal:
    """The journal of one recording; nothing is written before the first interaction. Not safe across threads."""

    def __init__(self, cassette: Path) -> None:
        """Take the path of the cassette that is recorded; each journal has a name of its own."""
        start = cassette.name.encode()[:LONGEST_START].decode(errors="ignore")
        self.path = cassette.with_name(f".{start}.{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}")
        self._cassette = cassette
        self._descriptor: int | None = None

    def append(self, place: int, interaction: Interaction) -> None:
        """Write one interaction; when this returns the operating system has it, and a killed process loses nothing."""
        if self._descriptor is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self.path, flags, 0o644)
            self._write({"format": FORMAT, "cassette": self._cassette.name, "pid": os.getpid()})
        self._write({"place": place, **_to_json(interaction)})

    def remove(self) -> None:
        """Close and delete it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self.path.unlink(missing_ok=True)

    def _write(self, record: dict[str, Any]) -> None:
        data = json.dumps(record, separators=(",", ":")).encode()
        line = b"%08x %b\n" % (zlib.crc32(data), data)
        while line and self._descriptor is not None:
            line = line[os.write(self._descriptor, line) :]


@dataclass(frozen=True, slots=True)
class Left:
    """What a killed process left.

    Attributes:
        path: The journal.
        cassette: The cassette that it was recorded for.
        pid: The process that wrote it.
        interactions: What is whole, in order of sending.
        is_cut: Whether its last line was not written to the end.
    """

    path: Path
    cassette: Path
    pid: int
    interactions: tuple[Interaction, ...]
    is_cut: bool


def read_journal(path: Path) -> Left:
    """Read a journal that was left.

    Raises:
        CassetteError: It is damaged before its last line.
    """
    lines = path.read_bytes().split(b"\n")
    is_cut = lines.pop() != b""
    records = []
    for number, line in enumerate(lines, start=1):
        data = line[9:]
        if line[:9] != b"%08x " % zlib.crc32(data):
            cure = "Restore it, or remove it and record again."
            raise CassetteError("is damaged: the checksum of a line does not agree.", cure, path=path, line=number)
        records.append(json.loads(data))
    head, *rest = records or [{"cassette": path.name.split(".yaml")[0].lstrip(".") + ".yaml", "pid": 0}]
    placed = sorted(rest, key=lambda record: int(record["place"]))
    interactions = tuple(_from_json(record) for record in placed)
    return Left(path, path.with_name(head["cassette"]), head["pid"], interactions, is_cut)


def _to_json(item: Interaction) -> dict[str, Any]:
    request, response = item.request, item.response
    return {
        "request": [request.method, request.uri, request.headers, base64.b64encode(request.body).decode()],
        "response": [response.status, response.reason, response.headers, base64.b64encode(response.body).decode()],
        **({"chunks": response.chunks} if response.chunks else {}),
    }


def _from_json(record: dict[str, Any]) -> Interaction:
    method, uri, sent, body = record["request"]
    status, reason, received, content = record["response"]
    received = tuple((name, value) for name, value in received)
    return Interaction(
        Request(method, uri, tuple((name, value) for name, value in sent), base64.b64decode(body)),
        Response(status, reason, received, base64.b64decode(content), tuple(record.get("chunks", ()))),
    )
