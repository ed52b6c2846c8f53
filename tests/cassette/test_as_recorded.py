"""The quick reader reads what YAML reads, and nothing that YAML reads in another way."""

from __future__ import annotations

import hashlib

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.cassette import FormatFault, Interaction, Request, Response, render_cassette
from conformance.cassette._as_recorded import read_as_recorded
from conformance.cassette._vcr_yaml import _parse_as_recorded, _parse_yaml
from tests.cassette.strategies import CHUNKED_TAPES, TEXT_BODIES

AT = "\ninteractions:"
PLAIN = Interaction(
    Request("GET", "http://box.test/a?b=c%20d", (("X-A", "1"), ("X-B", "2, 3")), b"body"),
    Response(200, "OK", (("Content-Type", "text/plain"),), b"answer"),
)
VALUES = "      string: answer"
# What YAML gives a meaning to, in any place of a plain or quoted value.
WORDS = [
    *["null", "~", "true", "No", "1.0", "0x1f", "1e3", "0o7", "1:30", "2026-01-31", ".inf", "-", "<<", "="],
    *["'", '"', "''", '\\"', "\\", "#", " #", ": ", ":", "- ", "!", "&a", "*a", "|", ">", "%", "@", "`", "?", "? "],
    *[
        "[",
        "]",
        "{",
        "}",
        ",",
        "\t",
        " ",
        "\n",
        "\n\n",
        "\n        ",
        "\n      ",
        "x",
        "é",
        "\u2028",
        "\x85",
        "!!int 1",
    ],
]


def rehashed(text: str) -> str:
    """Return the text with the checksum of what stands below its head, as if it had been recorded so."""
    head, _, body = text.partition(AT)
    digest = hashlib.sha256((AT[1:] + body).encode()).hexdigest()
    lines = [f"  sha256: {digest}" if line.startswith("  sha256: ") else line for line in head.split("\n")]
    return "\n".join(lines) + AT + body


def assert_read_alike(text: str) -> None:
    quick = _parse_as_recorded(text)
    if quick is None:
        return
    try:
        slow = _parse_yaml(text)
    except FormatFault as fault:
        raise AssertionError(text) from fault
    assert quick == slow, text


@given(CHUNKED_TAPES)
def test_what_was_recorded_is_read_as_yaml_reads_it(tape: tuple[Interaction, ...]) -> None:
    text = render_cassette(tape, None)
    assert_read_alike(text)
    assert _parse_yaml(text)[0] == tape


@given(st.lists(st.sampled_from(WORDS), max_size=4).map("".join))
@example("a\n\n        b")
def test_a_value_that_yaml_reads_in_its_own_way_is_left_to_it(value: str) -> None:
    text = render_cassette((PLAIN,), None)
    for old in ("GET", "http://box.test/a?b=c%20d", "      - 2, 3", "body: body", VALUES, "message: OK", "X-A"):
        place = old if old in {"X-A", "GET"} else old[: -len(old.rpartition(" ")[2])]
        assert_read_alike(rehashed(text.replace(old, f"{place}{value}" if place != old else value)))


@given(st.data())
def test_text_with_a_word_put_in_anywhere_is_read_alike(data: st.DataObject) -> None:
    text = render_cassette((PLAIN, PLAIN), None)
    at = data.draw(st.integers(text.index(AT) + len(AT), len(text)))
    length = data.draw(st.integers(0, 3))
    assert_read_alike(rehashed(text[:at] + data.draw(st.sampled_from(WORDS)) + text[at + length :]))


@given(TEXT_BODIES.filter(lambda body: b"\\" not in body and b"\t" not in body))
def test_the_usual_is_read_quickly(body: bytes) -> None:
    tape = (PLAIN, Interaction(PLAIN.request, Response(200, "OK", (), body or b"x")))
    text = render_cassette(tape, None)
    found = read_as_recorded(text[text.index(AT) + 1 :])
    assert found is not None
    assert found[0] == PLAIN
    assert found[1] == tape[1] or isinstance(found[1], str)


def test_text_of_several_lines_bytes_and_quotes_are_read_quickly() -> None:
    bodies = [b"one\ntwo\n\nthree\n", b"<a>\n  <b/>\n</a>\n", b'{"a": "it\'s"}', b"\x00\xff" * 99, b"", b"null", b"1"]
    tape = tuple(Interaction(PLAIN.request, Response(200, "OK", (), body)) for body in bodies)
    text = render_cassette(tape, None)
    assert read_as_recorded(text[text.index(AT) + 1 :]) == list(tape)
