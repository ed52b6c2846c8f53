"""The checksums of a body: MD5, and the CRC-64 of this service."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from typing import TYPE_CHECKING

from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call

POLYNOMIAL = 0x9A6C9329AC4BC9B5
"""Reflected; recorded answers agree with it."""
ONES = (1 << 64) - 1
LANE_BYTES = 8192
"""What is folded at once of a long body: planes of 1 KiB, by which a table is worth its look-ups."""
MD5_BYTES, CRC64_BYTES = 16, 8


@functools.cache
def _table() -> tuple[int, ...]:
    return tuple(_shifted(byte, 8) for byte in range(256))


def _shifted(value: int, bits: int) -> int:
    for _ in range(bits):
        value = (value >> 1) ^ (POLYNOMIAL if value & 1 else 0)
    return value


@functools.cache
def _fold_tables() -> tuple[tuple[bytes, ...], ...]:
    """Return, by byte in and byte out of a word, the table that moves a word on by one lane."""
    table = _table()

    def moved(word: int) -> int:
        for _ in range(LANE_BYTES):
            word = table[word & 0xFF] ^ (word >> 8)
        return word

    bits = [moved(1 << bit) for bit in range(64)]
    tables = []
    for byte_in in range(8):
        words = [0] * 256
        for value in range(1, 256):
            low = value & -value
            words[value] = words[value ^ low] ^ bits[8 * byte_in + low.bit_length() - 1]
        tables.append(tuple(bytes(word >> 8 * byte_out & 0xFF for word in words) for byte_out in range(8)))
    return tuple(tables)


def crc64(body: bytes) -> bytes:
    """Return the CRC-64 of a body, least significant byte first.

    A long body is taken lane by lane, all words of a lane at once: what was so far, moved on by a lane, and the next
    lane are added; the words of the last sum are taken one after the other.
    """
    first = len(body) % LANE_BYTES if len(body) >= 2 * LANE_BYTES else len(body)
    if first == len(body):
        return (_crc(body, ONES) ^ ONES).to_bytes(CRC64_BYTES, "little")
    start = _crc(body[:first], ONES).to_bytes(CRC64_BYTES, "little")
    size = LANE_BYTES // 8
    planes_in = [bytes(size)] * 8
    tables = _fold_tables()
    for at in range(first, len(body), LANE_BYTES):
        lane = body[at : at + LANE_BYTES]
        planes = [int.from_bytes(lane[byte::8], "little") for byte in range(8)]
        if at == first:
            planes = [plane ^ start[byte] for byte, plane in enumerate(planes)]
        else:
            for byte_in, plane in enumerate(planes_in):
                for byte_out, table in enumerate(tables[byte_in]):
                    planes[byte_out] ^= int.from_bytes(plane.translate(table), "little")
        planes_in = [plane.to_bytes(size, "little") for plane in planes]
    lane_sum = bytearray(LANE_BYTES)
    for byte, plane in enumerate(planes_in):
        lane_sum[byte::8] = plane
    return (_crc(bytes(lane_sum), 0) ^ ONES).to_bytes(CRC64_BYTES, "little")


def _crc(body: bytes, value: int) -> int:
    table = _table()
    for byte in body:
        value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value


def md5(body: bytes) -> str:
    """Return the MD5 of a body, in base64."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def crc64_text(body: bytes) -> str:
    """Return the CRC-64 of a body, in base64."""
    return base64.b64encode(crc64(body)).decode()


def check_body(call: Call) -> dict[str, str]:
    """Hold the checksums of a request against its body; return the one that the answer gives.

    A request that brings an MD5 is answered with it, every other one since 2019-02-02 with the CRC-64 (REST reference,
    "Put Block").

    Raises:
        ServiceError: InvalidMd5, Md5Mismatch, Crc64Mismatch, InvalidHeaderValue.
    """
    if given := call.headers.get("content-md5"):
        check_md5(given, call.body)
        return {"Content-MD5": given}
    if given := call.headers.get("x-ms-content-crc64"):
        if _digest(given, CRC64_BYTES) is None:
            raise ServiceError("InvalidHeaderValue", {"HeaderName": "x-ms-content-crc64", "HeaderValue": given})
        if given != crc64_text(call.body):
            raise ServiceError("Crc64Mismatch")
    return checksum(call, call.body)


def checksum(call: Call, content: bytes) -> dict[str, str]:
    """Return the checksum by which answers of a version say what they got."""
    if call.version < "2019-02-02":
        return {"Content-MD5": md5(content)}
    return {"x-ms-content-crc64": crc64_text(content)}


def check_md5(given: str, body: bytes) -> None:
    """Raise InvalidMd5 or Md5Mismatch where a given MD5 is none, or not that of a body."""
    if _digest(given, MD5_BYTES) is None:
        raise ServiceError("InvalidMd5")
    if given != md5(body):
        raise ServiceError("Md5Mismatch", {"UserSpecifiedMd5": given, "ServerCalculatedMd5": md5(body)})


def _digest(text: str, size: int) -> bytes | None:
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return digest if len(digest) == size else None
