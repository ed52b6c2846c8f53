"""What is written is read, by us and by vcrpy; what is damaged is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vcr.request import Request as VcrRequest
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer

from conformance.cassette import (
    FormatFault,
    Interaction,
    Provenance,
    Request,
    Response,
    parse_cassette,
    render_cassette,
)
from tests.cassette.strategies import CHUNKED_TAPES, INTERACTIONS

PROVENANCE = Provenance("box_live", "2026-01-31", {"client": "1.0"}, "abc")
FIRED = replace(PROVENANCE, fired={"box.key": 2, "box.id": 1})
SAMPLE = tuple(
    Interaction(
        Request("PUT", f"http://box.test/key{at}", (("X-A", "1"), ("X-A", "2")), f"body {at}\n".encode()),
        Response(200, "OK", (("ETag", '"abc"'),), b"\x00\xff" * at),
    )
    for at in range(3)
)
TEXT = render_cassette(SAMPLE, PROVENANCE)


@given(CHUNKED_TAPES)
def test_what_was_rendered_is_parsed(tape: tuple[Interaction, ...]) -> None:
    assert parse_cassette(render_cassette(tape, PROVENANCE)) == (tape, PROVENANCE)


@given(CHUNKED_TAPES, st.none() | st.dictionaries(st.text(max_size=9), st.integers(1), max_size=3))
def test_how_often_rules_fired_is_rendered_by_name_and_parsed(
    tape: tuple[Interaction, ...], fired: dict[str, int] | None
) -> None:
    provenance = replace(PROVENANCE, fired=fired)
    parsed = parse_cassette(render_cassette(tape, provenance))
    assert parsed == (tape, provenance)
    assert parsed[1] is not None
    assert parsed[1].fired is None if fired is None else list(parsed[1].fired or {}) == sorted(fired)


def test_vcrpy_reads_a_cassette_that_tells_how_often_rules_fired() -> None:
    requests, responses = deserialize(render_cassette(SAMPLE, FIRED), yamlserializer)
    assert [request.uri for request in requests] == [item.request.uri for item in SAMPLE]
    assert [response["body"]["string"] for response in responses] == [item.response.body for item in SAMPLE]


@given(CHUNKED_TAPES)
def test_line_ends_that_git_changed_are_no_damage(tape: tuple[Interaction, ...]) -> None:
    text = render_cassette(tape, PROVENANCE).replace("\n", "\r\n")
    assert parse_cassette(text) == (tape, PROVENANCE)


@given(CHUNKED_TAPES)
def test_vcrpy_reads_what_we_render(tape: tuple[Interaction, ...]) -> None:
    requests, responses = deserialize(render_cassette(tape, PROVENANCE), yamlserializer)
    for item, request, response in zip(tape, requests, responses, strict=True):
        assert (request.method, request.uri, request.body or b"") == (
            item.request.method,
            item.request.uri,
            item.request.body,
        )
        assert response["status"] == {"code": item.response.status, "message": item.response.reason}
        assert response["body"]["string"] == item.response.body
        pairs = [(name, value) for name, values in response["headers"].items() for value in values]
        assert tuple(pairs) == item.response.headers


@given(st.lists(INTERACTIONS, min_size=1, max_size=3))
def test_what_vcrpy_wrote_is_parsed(tape: list[Interaction]) -> None:
    requests = [
        VcrRequest(item.request.method, item.request.uri, item.request.body, dict(item.request.headers))
        for item in tape
    ]
    responses = [
        {
            "status": {"code": item.response.status, "message": item.response.reason},
            "headers": {name: [value] for name, value in item.response.headers},
            "body": {"string": item.response.body},
        }
        for item in tape
    ]
    text = serialize({"requests": requests, "responses": responses}, yamlserializer)
    parsed, provenance = parse_cassette(text)
    assert provenance is None
    assert [item.request.body for item in parsed] == [item.request.body for item in tape]
    assert [item.response.body for item in parsed] == [item.response.body for item in tape]
    assert [item.response.status for item in parsed] == [item.response.status for item in tape]


def test_a_cassette_cut_at_any_byte_is_refused_or_whole() -> None:
    for size in range(len(TEXT)):
        assert_refused_or_whole(TEXT[:size])


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="ascii"))
def test_a_cassette_with_one_byte_changed_is_refused_or_whole(at: int, letter: str) -> None:
    assert_refused_or_whole(TEXT[:at] + letter + TEXT[at + 1 :])


def assert_refused_or_whole(text: str) -> None:
    try:
        interactions, _ = parse_cassette(text)
    except FormatFault as fault:
        assert str(fault)
    else:
        assert interactions == SAMPLE, text


@pytest.mark.parametrize(
    ("text", "slug", "line"),
    [
        ("", "bad-cassette", 1),
        ("<!DOCTYPE html>\n<html><body>404</body></html>\n", "bad-cassette", 1),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "bad-cassette", None),
        (TEXT.replace("\nversion: 1\n", "\nversion: 99\n"), "unknown-version", TEXT.count("\n")),
        (TEXT.replace("  format: 1", "  format: 2"), "newer-cassette", 2),
        (TEXT.replace("key1", "key9"), "edited-cassette", 4),
        (TEXT.replace("interactions: 3", "interactions: 4"), "truncated-cassette", 11),
        (TEXT.replace("- request", "<<<<<<< ours\n- request", 1), "merge-conflict", 12),
        ("interactions:\n- request:\n    body: 'a\n=======\n      b'\nversion: 1\n", "merge-conflict", 4),
        ("interactions:\n- request: {}\nversion: 1\n", "bad-cassette", 1),
        ("version: 1\ninteractions:\n  " + "[" * 99_999, "bad-cassette", 3),
        ("version: 1\nrecorded: x\ninteractions: []\n", "bad-cassette", 2),
        (TEXT.replace("day: '2026-01-31'", "day: 2026-01-31"), "bad-cassette", 5),
        (TEXT.replace("\nversion: 1\n", "\n"), "unknown-version", TEXT.count("\n") - 1),
        *(
            (render_cassette(SAMPLE, FIRED).replace("box.key: 2", wrong), "bad-cassette", 5)
            for wrong in ("box.key: 0", "box.key: yes", "box.key: '2'", "1: 2")
        ),
    ],
    ids=[
        *("empty", "html", "lfs", "version", "newer", "edited", "truncated", "conflict", "within", "hollow"),
        *("deep", "key", "day", "cut", "none", "bool", "text", "number"),
    ],
)
def test_what_is_no_whole_cassette_is_refused_with_its_line(text: str, slug: str, line: int | None) -> None:
    with pytest.raises(FormatFault) as caught:
        parse_cassette(text)
    assert caught.value.slug == slug
    if line is not None:
        assert caught.value.line == line


def test_a_hand_edit_is_accepted_once_its_checksum_is_deleted() -> None:
    edited = "".join(line for line in TEXT.replace("key1", "key9").splitlines(keepends=True) if "  sha256:" not in line)
    interactions, _ = parse_cassette(edited)
    assert interactions[1].request.uri == "http://box.test/key9"
