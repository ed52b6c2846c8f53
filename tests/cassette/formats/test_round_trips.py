"""What a format can carry comes back; what it cannot is refused, and nothing else is."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import FormatFault, Interaction, Request, Response
from conformance.cassette.formats import FORMATS, Notes
from tests.cassette.strategies import TEXT_BODIES, TYPED_TAPES

if TYPE_CHECKING:
    from collections.abc import Callable

WRITTEN = [name for name, item in FORMATS.items() if item.render]
DECODED = ["har", "test-proxy", "seinfeld"]
TEXT_STARTS = ("text/", "application/json", "application/x-www-form-urlencoded")
HERE = Path(__file__).parent


def render(name: str, tape: tuple[Interaction, ...], notes: Notes | None = None) -> bytes:
    """The bytes of the one file that a tape without large bodies becomes."""
    write = FORMATS[name].render
    assert write
    files = write(tape, name="tape", notes=Counter() if notes is None else notes)
    assert list(files) == ["tape"]
    return files["tape"]


def parse(name: str, data: bytes, notes: Notes | None = None) -> tuple[Interaction, ...]:
    return FORMATS[name].parse(data, path=HERE / "tape", notes=Counter() if notes is None else notes)


def is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def type_of(message: Request | Response) -> str:
    return next((value for name, value in message.headers if name == "Content-Type"), "")


def is_carried_by_test_proxy(message: Request | Response) -> bool:
    word = type_of(message)
    is_text = word.startswith(TEXT_STARTS) or word.endswith(("json", "xml")) or "; charset=utf-8" in word
    return is_utf8(message.body) or not is_text


def has_single_headers(message: Request | Response) -> bool:
    return len({name.lower() for name, _ in message.headers}) == len(message.headers)


CARRIED: dict[str, Callable[[Request | Response], bool]] = {
    "vcr-yaml": lambda _: True,
    "vcr-json": lambda message: is_utf8(message.body),
    "har": lambda _: True,
    "test-proxy": is_carried_by_test_proxy,
    "seinfeld": has_single_headers,
    "interposition": lambda message: is_utf8(message.body),
}


def as_carried(name: str, item: Interaction) -> Interaction:
    """An interaction as a format gives it back, with what it notes that it changes."""
    request, response = item.request, item.response
    if name == "test-proxy":
        known = {status.value: status.phrase for status in HTTPStatus}
        response = replace(response, reason=known.get(response.status, ""))
    if name == "seinfeld" and "json" in type_of(request):
        try:
            value = json.loads(request.body)
        except ValueError:
            return item
        body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        request = replace(request, body=body)
    return Interaction(request, response)


@pytest.mark.parametrize("name", WRITTEN)
@given(tape=TYPED_TAPES)
def test_what_is_carried_comes_back_and_the_rest_is_refused(name: str, tape: tuple[Interaction, ...]) -> None:
    carries = CARRIED[name]
    notes: Notes = Counter()
    if not all(carries(item.request) and carries(item.response) for item in tape):
        with pytest.raises(FormatFault, match="#[123]: ") as caught:
            render(name, tape)
        assert caught.value.slug == "cannot-carry"
        return
    data = render(name, tape, notes)
    assert parse(name, data) == tuple(as_carried(name, item) for item in tape)
    assert bool(notes) >= (parse(name, data) != tape)


@pytest.mark.parametrize("name", WRITTEN)
@given(tape=TYPED_TAPES)
def test_a_file_is_of_the_format_that_it_was_written_in_and_no_other(name: str, tape: tuple[Interaction, ...]) -> None:
    try:
        data = render(name, tape)
    except FormatFault:
        return
    value = None if name == "vcr-yaml" else json.loads(data)
    assert [other for other, item in FORMATS.items() if item.sniff(value)] == [name]


@pytest.mark.parametrize("name", DECODED)
@given(
    body=TEXT_BODIES | st.binary(),
    coding=st.sampled_from(["gzip", "deflate", "raw deflate", "identity", "deflate, gzip"]),
)
def test_a_compressed_body_comes_back_decoded_and_says_so(name: str, body: bytes, coding: str) -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(body, mtime=0),
        "deflate": zlib.compress(body),
        "raw deflate": raw.compress(body) + raw.flush(),
        "identity": body,
        "deflate, gzip": gzip.compress(zlib.compress(body)),
    }[coding]
    headers = (("Content-Encoding", coding.removeprefix("raw ")), ("Content-Length", str(len(packed))))
    tape = (Interaction(Request("GET", "http://box.test/"), Response(200, "OK", headers, packed)),)
    notes: Notes = Counter()
    response = parse(name, render(name, tape, notes))[0].response
    assert response.body == body
    if coding == "identity" or not body:
        assert response.headers == headers
    else:
        assert response.headers == (("Content-Length", str(len(body))),)
        assert "a compressed body is stored decoded, as the format has them" in notes


@pytest.mark.parametrize("name", DECODED)
@pytest.mark.parametrize(
    ("coding", "status", "body"),
    [
        ("br", 200, b"\x0b\x80\xff"),
        ("zstd", 200, b"\x28\xb5\x2f\xfd"),
        ("gzip", 200, gzip.compress(b"data", mtime=0)[:-4]),
        ("gzip", 206, gzip.compress(b"data", mtime=0)[4:]),
    ],
)
def test_what_cannot_be_decompressed_is_refused(name: str, coding: str, status: int, body: bytes) -> None:
    response = Response(status, "", (("Content-Encoding", coding),), body)
    with pytest.raises(FormatFault, match=f"compressed \\({coding}\\)") as caught:
        render(name, (Interaction(Request("GET", "http://box.test/"), response),))
    assert caught.value.slug == "cannot-carry"


@pytest.mark.parametrize("name", DECODED)
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_body_that_its_client_had_decoded_is_left_as_it_is(name: str, coding: str) -> None:
    response = Response(200, "OK", (("Content-Encoding", coding),), b"plain")
    parsed = parse(name, render(name, (Interaction(Request("GET", "http://box.test/"), response),)))
    assert parsed[0].response == Response(200, "OK", (), b"plain")
