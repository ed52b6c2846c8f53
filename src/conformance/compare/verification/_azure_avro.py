"""Answers to queries of Azure Storage: what they say, whichever way it is cut into records.

After "Query Blob Contents" of the REST reference, and the object container files of the Avro specification (1.11).
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGINNING = b"Obj\x01"
SYNC_BYTES = 16


def said_in_avro(body: bytes) -> bytes | None:
    """Return data, errors and the count of bytes at the end as JSON; None where a body is no such answer, or broken.

    How far the service had come in between is left out: it tells nothing of the data.
    """
    try:
        records = list(_records(body))
    except (IndexError, KeyError, TypeError, ValueError):
        return None
    data = b"".join(record["data"] for record in records if "data" in record)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = base64.b64encode(data).decode()
    errors = [record for record in records if "description" in record]
    ends = [record for record in records if set(record) == {"totalBytes"}]
    return json.dumps({"data": text.splitlines(), "errors": errors, "ends": ends}).encode()


def _records(body: bytes) -> Iterator[dict[str, Any]]:
    if not body.startswith(BEGINNING):
        raise ValueError("no container file")
    rest = _Bytes(body[len(BEGINNING) :])
    header = {}
    for _ in rest.blocks():
        name = rest.bytes_().decode()
        header[name] = rest.bytes_()
    schema = json.loads(header["avro.schema"])
    rest.take(SYNC_BYTES)
    while not rest.is_at_end:
        count, _ = rest.long_(), rest.long_()
        for _ in range(count):
            yield rest.value(schema)
        rest.take(SYNC_BYTES)


class _Bytes:
    """Bytes that are read from the beginning on."""

    def __init__(self, text: bytes) -> None:
        self._text, self._at = text, 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def take(self, count: int) -> bytes:
        if count < 0 or self._at + count > len(self._text):
            raise ValueError("it ends early")
        self._at += count
        return self._text[self._at - count : self._at]

    def long_(self) -> int:
        """Return a whole number: zig-zag, seven bits a byte, the low ones first."""
        found, shift = 0, 0
        while True:
            byte = self.take(1)[0]
            found |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return (found >> 1) ^ -(found & 1)

    def bytes_(self) -> bytes:
        return self.take(self.long_())

    def blocks(self) -> Iterator[None]:
        """Yield once for each entry of a map."""
        while True:
            count = self.long_()
            if count < 0:
                count, _ = -count, self.long_()
            if count == 0:
                return
            for _ in range(count):
                yield

    def value(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return self.value(schema[self.long_()])
        if isinstance(schema, dict) and schema.get("type") == "record":
            return {each["name"]: self.value(each["type"]) for each in schema["fields"]}
        sort = schema["type"] if isinstance(schema, dict) else schema
        if sort in ("string", "bytes"):
            found = self.bytes_()
            return found if sort == "bytes" else found.decode()
        if sort in ("long", "int"):
            return self.long_()
        if sort == "boolean":
            return self.take(1) != b"\0"
        raise ValueError(f"{sort} is not known")
