"""What can be undone of an encoding without knowing that it is there, and where each decoded byte came from."""

from __future__ import annotations

import binascii
import re
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LARGEST_BYTES = 64 * 1024 * 1024
PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
JSON = re.compile(
    rb"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\([\"\\/bfnrt])"
)
JSON_SIGNS = dict(zip(b'"\\/bfnrt', (b'"', b"\\", b"/", b"\b", b"\f", b"\n", b"\r", b"\t"), strict=True))
XML = re.compile(rb"&(?:#0*([0-9]{1,7})|#[xX]0*([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
XML_SIGNS = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
TO_STANDARD = bytes.maketrans(b"-_", b"+/")
ALIGNMENTS = range(4)
GREATEST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Derived:
    """What came of decoding.

    Attributes:
        name: What was undone.
        data: The decoded bytes.
        locate: Returns where, in what was decoded, a byte of ``data`` came from.
    """

    name: str
    data: bytes
    locate: Callable[[int], int]


Decoder = Callable[[bytes, int], Iterator[Derived]]


def _substituting(
    name: str, sign: bytes, pattern: re.Pattern[bytes], decode: Callable[[re.Match[bytes]], bytes]
) -> Decoder:
    """Return a decoder that replaces what a pattern finds, in the whole of the data."""

    def derive(data: bytes, _size: int) -> Iterator[Derived]:
        if sign not in data:
            return
        decoded = pattern.sub(decode, data)
        if decoded != data:
            yield Derived(name, decoded, lambda at: _origin(data, pattern, decode, at))

    return derive


def _origin(data: bytes, pattern: re.Pattern[bytes], decode: Callable[[re.Match[bytes]], bytes], at: int) -> int:
    ends, origins, size, last = [0], [0], 0, 0
    for found in pattern.finditer(data):
        size += found.start() - last
        ends.append(size)
        origins.append(found.start())
        size, last = size + len(decode(found)), found.end()
        ends.append(size)
        origins.append(last)
    before = bisect_right(ends, at) - 1
    return min(origins[before] + at - ends[before], len(data))


def _json(found: re.Match[bytes]) -> bytes:
    high, low, unit, sign = found.groups()
    if sign:
        return JSON_SIGNS[sign[0]]
    if unit:
        return chr(int(unit, 16)).encode("utf-8", "surrogatepass")
    return bytes.fromhex((high + low).decode()).decode("utf-16-be").encode()


def _xml(found: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = found.groups()
    if name:
        return XML_SIGNS[name]
    point = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(point).encode("utf-8", "surrogatepass") if point <= GREATEST else found[0]


def _hex(data: bytes, size: int) -> Iterator[Derived]:
    for found in re.finditer(rb"[0-9A-Fa-f]{%d,}" % (2 * size), data):
        for shift in range(2):
            run = found[0][shift:]
            decoded = bytes.fromhex(run[: len(run) // 2 * 2].decode())
            yield Derived("hex", decoded, _linear(found.start() + shift, 2, 1))


def _base64(data: bytes, size: int) -> Iterator[Derived]:
    for found in re.finditer(rb"[A-Za-z0-9+/_-]{%d,}" % (size * 4 // 3), data):
        run = found[0].translate(TO_STANDARD)
        for alignment in ALIGNMENTS:
            start = found.start() + alignment
            aligned = run[alignment:]
            aligned = aligned[:-1] if len(aligned) % 4 == 1 else aligned
            decoded = binascii.a2b_base64(aligned + b"=" * (-len(aligned) % 4))
            yield Derived("base64", decoded, _linear(start, 4, 3))


def _linear(start: int, written: int, read: int) -> Callable[[int], int]:
    return lambda at: start + at * written // read


def _compressed(data: bytes, _size: int) -> Iterator[Derived]:
    for name, start, window in (("gzip", b"\x1f\x8b", 31), ("deflate", b"\x78", 15)):
        if data.startswith(start):
            try:
                decoded = zlib.decompressobj(window).decompress(data, LARGEST_BYTES)
            except zlib.error:
                continue
            yield Derived(name, decoded, lambda _at: 0)


DECODERS: tuple[Decoder, ...] = (
    _compressed,
    _substituting("percent", b"%", PERCENT, lambda found: bytes.fromhex(found[1].decode())),
    _substituting("json", b"\\", JSON, _json),
    _substituting("xml", b"&", XML, _xml),
    _hex,
    _base64,
)
