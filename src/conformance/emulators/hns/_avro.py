"""The Avro file that the answer to a query is (Apache Avro specification, "Object Container Files")."""

from __future__ import annotations

import json

NAMESPACE = "com.microsoft.azure.storage.queryBlobContents."
FIELDS = {
    "resultData": {"data": "bytes"},
    "error": {"fatal": "boolean", "name": "string", "description": "string", "position": "long"},
    "progress": {"bytesScanned": "long", "totalBytes": "long"},
    "end": {"totalBytes": "long"},
}
"""The records of a result (REST reference, "Query Blob Contents"), in the order of the union that the file is of."""
KINDS = list(FIELDS)
SCHEMA = json.dumps(
    [
        {
            "type": "record",
            "name": NAMESPACE + kind,
            "fields": [{"name": name, "type": of} for name, of in fields.items()],
        }
        for kind, fields in FIELDS.items()
    ]
)
SYNC_BYTES = 16


def render_avro(records: list[tuple[str, tuple[bytes | str | bool | int, ...]]], sync: bytes) -> bytes:
    """Return a file of records, each in a block of its own.

    Args:
        records: The kind of each, and its values in the order of the fields.
        sync: What stands between blocks, 16 bytes.
    """
    header = b"Obj\x01" + _long(1) + _bytes(b"avro.schema") + _bytes(SCHEMA.encode()) + _long(0) + sync
    blocks = []
    for kind, values in records:
        body = _long(KINDS.index(kind)) + b"".join(_value(value) for value in values)
        blocks.append(_long(1) + _bytes(body) + sync)
    return header + b"".join(blocks)


def _value(value: bytes | str | bool | int) -> bytes:
    if isinstance(value, bytes):
        return _bytes(value)
    if isinstance(value, str):
        return _bytes(value.encode())
    return bytes([value]) if isinstance(value, bool) else _long(value)


def _bytes(value: bytes) -> bytes:
    return _long(len(value)) + value


def _long(value: int) -> bytes:
    """Return a number in zigzag, seven bits a byte, the least significant first."""
    zigzag, out = (value << 1) ^ (value >> 63), bytearray()
    while zigzag > 0x7F:  # noqa: PLR2004  (seven bits)
        out.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    return bytes([*out, zigzag])
