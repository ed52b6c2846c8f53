"""Bodies in content codings, frames and wide encodings of text."""

from __future__ import annotations

import base64
import gzip
import hashlib
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conformance.cassette import ReplaceValue, Request, Response, Scrubber
from conformance.cassette.scrubbing._codings import unwrapped

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = "some-name-of-it"
SCRUBBER = Scrubber([ReplaceValue("box.name", VALUE, "S-1")])
TEXT = st.text(max_size=60).filter(lambda text: VALUE not in text.lower() and text[:1] not in {"\ufeff", "\0"})


def raw_deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


def inflated(data: bytes) -> bytes:
    return zlib.decompress(data, wbits=-15)


def framed(data: bytes, *, signature: bytes = b"", trailers: bytes = b"", size: int = 7) -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    frames = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), signature, piece) for piece in pieces)
    return frames + b"0" + signature + b"\r\n" + trailers + b"\r\n"


CODINGS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "gzip": (gzip.compress, gzip.decompress),
    "x-gzip": (gzip.compress, gzip.decompress),
    "GZIP": (lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:]), gzip.decompress),
    "deflate": (zlib.compress, zlib.decompress),
    "Deflate": (raw_deflated, inflated),
    "identity": (bytes, bytes),
}


@given(TEXT, TEXT, st.lists(st.sampled_from(sorted(CODINGS)), max_size=3))
def test_a_value_is_replaced_under_any_codings(before: str, behind: str, codings: list[str]) -> None:
    body = f"{before}<{VALUE}>{behind}".encode()
    for coding in codings:
        body = CODINGS[coding][0](body)
    headers = (("Content-Encoding", ", ".join(codings)), ("Content-Length", str(len(body))))
    found = SCRUBBER.response(Response(200, "", headers, body))
    assert dict(found.headers)["Content-Length"] == str(len(found.body))
    plain = found.body
    for coding in reversed(codings):
        plain = CODINGS[coding][1](plain)
    assert plain.decode() == f"{before}<S-1>{behind}"


@given(st.binary(max_size=80), st.lists(st.sampled_from([*sorted(CODINGS), "br", "box-chunked"]), max_size=3))
def test_a_body_that_holds_nothing_is_handed_back_as_it_is(body: bytes, codings: list[str]) -> None:
    assume(VALUE.encode() not in body.lower())
    for coding in codings:
        body = CODINGS[coding][0](body) if coding in CODINGS else body
    response = Response(200, "", (("Content-Encoding", ",".join(codings)),), body)
    assert SCRUBBER.response(response) is response


@given(TEXT, st.sampled_from(["gzip", "deflate", "box-chunked"]), st.integers(1, 20))
def test_a_truncated_body_is_left_as_it_is(text: str, coding: str, cut: int) -> None:
    write = CODINGS[coding][0] if coding in CODINGS else framed
    response = Response(200, "", (("Content-Encoding", coding),), write(f"{text}{VALUE * 9}".encode())[:-cut])
    found = SCRUBBER.response(response)
    assert found is response or VALUE.encode() not in found.body


@given(TEXT, st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]))
def test_a_value_is_replaced_in_wide_text(text: str, encoding: str) -> None:
    headers = (("Content-Type", f"text/plain; charset={encoding}"),)
    found = SCRUBBER.response(Response(200, "", headers, f"{text}<{VALUE}>".encode(encoding)))
    assert found.body == f"{text}<S-1>".encode(encoding)


@pytest.mark.parametrize("signature", [b"", b";chunk-signature=" + b"0" * 64])
@pytest.mark.parametrize("trailers", [b"", b"x-sum:abc\r\n", b"x-sum:abc\r\nx-trailer-signature:00\r\n"])
def test_a_value_is_replaced_across_frames_and_nothing_signed_is_left(signature: bytes, trailers: bytes) -> None:
    data = f"<{VALUE}>".encode()
    body = framed(data, signature=signature, trailers=trailers)
    headers = (
        ("Content-Encoding", "box-chunked"), ("X-Decoded-Content-Length", str(len(data))),
        ("Content-Length", str(len(body))),
        ("Content-MD5", base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()),
    )  # fmt: skip
    found = SCRUBBER.request(Request("PUT", "http://box.test/", headers, body))
    inner = unwrapped(found.body, found.headers)
    assert inner.body == b"<S-1>"
    assert b"signature" not in found.body
    assert (b"x-sum:abc" in found.body) == bool(trailers)
    told = dict(found.headers)
    assert told["X-Decoded-Content-Length"] == "5"
    assert told["Content-Length"] == str(len(found.body))
    assert told["Content-MD5"] == base64.b64encode(hashlib.md5(b"<S-1>", usedforsecurity=False).digest()).decode()


def test_a_body_that_grows_without_bound_is_left_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.cassette._meaning.LARGEST_BYTES", 1000)
    body = gzip.compress(VALUE.encode() * 1000)
    assert unwrapped(body, (("Content-Encoding", "gzip"),)).body is body
