"""A cassette, shown."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import given

from conformance.cassette import Interaction, Provenance, Request, Response, write_cassette
from conformance.cli._main import conformance
from conformance.errors import UsageError
from conformance.report import render_interaction
from conformance.report._text import one_line
from tests.cassette.strategies import INTERACTIONS

if TYPE_CHECKING:
    from pathlib import Path

TAPE = (
    Interaction(
        Request("PUT", "http://box.test/a%20b?x=1", (("If-Match", '"e"'),), b"\x00\xff"),
        Response(201, "Created", (("ETag", '"f"'),)),
    ),
    Interaction(
        Request("GET", "http://box.test/"),
        Response(
            200,
            "OK",
            (("Content-Type", "application/json"), ("Content-Encoding", "gzip")),
            gzip.compress(b'{"keys":["a b"]}', mtime=0),
        ),
    ),
)


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    """A cassette of two interactions."""
    path = tmp_path / "test_copy.yaml"
    write_cassette(path, TAPE, Provenance("box_live", "2026-01-31"))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(conformance, ["show", *map(str, arguments)], env={"COLUMNS": "160"})


def test_a_row_has_number_line_request_status_and_sizes(cassette: Path) -> None:
    output = run(cassette).output
    assert "test_copy.yaml: 2 interactions, recorded from box_live on 2026-01-31" in output
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in output.splitlines() if line.startswith("│")]
    lines = [number for number, text in enumerate(cassette.read_text().splitlines(), 1) if text.startswith("- request")]
    assert rows[0] == ["1", str(lines[0]), "PUT /a b?x=1", "2", "201 Created", "", ""]
    assert rows[1][:3] == ["2", str(lines[1]), "GET /"]
    assert rows[1][-1] == "application/json"


def test_one_interaction_is_shown_whole_with_its_body_decoded(cassette: Path) -> None:
    shown = run(cassette, 2).output
    assert shown.startswith("#2 GET http://box.test/\n")
    assert '  {\n    "keys": [\n      "a b"\n    ]\n  }' in shown
    binary = run(cassette, 1).output
    assert "  00000000  00 ff                                            ..\n  (2 bytes that are no text)\n" in binary


@pytest.mark.parametrize(
    ("content_type", "body", "shown"),
    [
        ("application/xml", "<a><b x='1'>c</b><d/></a>", '  <a>\n    <b x="1">c</b>\n    <d/>\n  </a>'),
        ("application/xml", "<a>x<b/>y</a>", "  <a>x<b/>y</a>"),
        ("application/xml", "<!DOCTYPE a><a/>", "  <!DOCTYPE a><a/>\n  (its type says XML, which it is not)"),
        ("application/json", '{"a":1e400}', '  {"a":1e400}'),
        ("application/json", "1" * 5000, "  " + "1" * 2000 + "… (5,000 characters)"),
        ("application/json", '{"a":1,"a":1}', '  {"a":1,"a":1}\n  (its type says JSON, which it is not)'),
        ("text/plain", "one\r\n\x1b[31mtwo\x9b\n", "  one\n  \\x1b[31mtwo\\x9b\n"),
        ("application/json", '{"a":' + "1" * 10**6 + "}", '  {"a":' + "1" * 1995 + "… (1,000,006 characters)"),
        ("text/plain", "x" * 2001, "  " + "x" * 2000 + "… (2,001 characters)"),
    ],
)
def test_a_body_is_laid_out_as_its_sort_is_where_that_means_the_same(content_type: str, body: str, shown: str) -> None:
    response = Response(200, "OK", (("Content-Type", content_type),), body.encode())
    rendered = render_interaction(Interaction(Request("GET", "http://box.test/"), response), number=1)
    assert rendered.endswith(shown.removesuffix("\n") + "\n")


def test_of_bytes_that_are_no_text_the_first_rows_are_dumped() -> None:
    item = Interaction(Request("PUT", "http://box.test/", (), bytes(range(256))), Response(200))
    rows = [line for line in render_interaction(item, number=1).splitlines() if line.startswith("  0000")]
    assert len(rows) == 8
    assert rows[3] == "  00000030  30 31 32 33 34 35 36 37 38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?"


@given(INTERACTIONS)
def test_any_interaction_can_be_shown_with_every_header_value(item: Interaction) -> None:
    shown = render_interaction(item, number=1)
    for name, value in (*item.request.headers, *item.response.headers):
        assert one_line(f"  {name}: {value}") in shown
    assert set(shown) - {"\n"} <= {
        letter for letter in shown if letter.isprintable() or letter > "\x9f" or letter == "\t"
    }


@pytest.mark.parametrize(("number", "slug"), [(3, "no-interaction"), (None, "no-file")])
def test_what_is_not_there_is_refused(cassette: Path, number: int | None, slug: str) -> None:
    result = run(cassette, number) if number else run(cassette.with_name("other.yaml"))
    assert isinstance(result.exception, UsageError)
    assert result.exception.fault.slug == slug


def test_what_was_not_recorded_is_said() -> None:
    request = Request("PUT", "http://box.test/", (("A", "1"),), unrecorded=frozenset({"headers", "body"}))
    item = Interaction(request, Response(204, unrecorded=frozenset({"body"})))
    shown = "#1 PUT http://box.test/\n  A: 1\n  (body, headers not recorded)\n\n204\n  (body not recorded)\n"
    assert render_interaction(item, number=1) == shown
