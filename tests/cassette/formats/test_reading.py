"""Any file, its format found by its content."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from conformance.cassette import FormatFault, Interaction, Provenance, Request, Response, write_cassette
from conformance.cassette.formats import FORMATS, read_any, renamed, write_as
from conformance.errors import CassetteError
from tests.cassette.formats.corpus import CORPUS, NOT_HERE
from tests.cassette.formats.test_round_trips import WRITTEN

TAPE = (Interaction(Request("GET", "http://box.test/"), Response(200, "OK", (("ETag", '"e"'),), b"data")),)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_written_is_read_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    path = tmp_path / "deep" / "recording"
    write_as(path, FORMATS[name], TAPE, notes=Counter())
    reading = read_any(path)
    assert (reading.format.name, reading.interactions, reading.notes) == (name, TAPE, Counter())


def test_json_with_a_byte_order_mark_is_json(tmp_path: Path) -> None:
    path = tmp_path / "tape.har"
    write_as(path, FORMATS["har"], TAPE, notes=Counter())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_any(path).interactions == TAPE


def test_where_a_cassette_was_recorded_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, TAPE, Provenance("box_live", "2026-01-31"))
    assert list(read_any(path).notes) == ["where it was recorded (box_live, 2026-01-31) is not carried"]


@pytest.mark.parametrize(
    ("name", "data", "slug", "line", "what"),
    [
        ("a.json", b'{"name": "x",\n "b": 1}', "unknown-format", None, 'its keys are "name", "b"'),
        ("a.json", b"[1]", "unknown-format", None, "its keys are none"),
        ("a.har", b'{"log": {\n "entries": [', "bad-cassette", 2, "is not JSON"),
        ("a.har", b'{"log": {}}', "bad-cassette", None, "log.entries is missing"),
        ("a.har", b"", "bad-cassette", 1, "is no cassette"),
        ("a.yaml", b"interactions:\n- \xff", "bad-cassette", 2, "is not UTF-8"),
        ("a.yaml", b"{'interactions': 1}", "bad-cassette", 1, "is no cassette"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_place(  # noqa: PLR0913, PLR0917  (each is a part of the message)
    tmp_path: Path, name: str, data: bytes, slug: str, line: int | None, what: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CassetteError, match=what) as caught:
        read_any(path)
    fault = caught.value.fault
    assert (fault.slug, fault.line, fault.path) == (slug, line, path)
    assert fault.cure


def test_the_format_that_is_expected_is_the_one_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    write_as(path, FORMATS["har"], TAPE, notes=Counter())
    with pytest.raises(CassetteError, match="Entries is missing"):
        read_any(path, expected=FORMATS["test-proxy"])


def test_nothing_is_written_where_a_format_cannot_hold_all(tmp_path: Path) -> None:
    binary = (*TAPE, Interaction(Request("GET", "http://box.test/", (), b"\xff"), Response(200)))
    with pytest.raises(FormatFault, match="#2"):
        write_as(tmp_path / "tape.json", FORMATS["vcr-json"], binary, notes=Counter())
    with pytest.raises(ValueError, match="httpreplay is only read"):
        write_as(tmp_path / "tape.replay", FORMATS["httpreplay"], TAPE, notes=Counter())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "was", "wanted", "expected"),
    [
        ("tape.yaml", "vcr-yaml", "har", "tape.har"),
        ("tape.cassette.json", "seinfeld", "vcr-yaml", "tape.yaml"),
        ("tape.har.json", "har", "seinfeld", "tape.har.cassette.json"),
        ("tape.v1.2", "har", "vcr-json", "tape.v1.json"),
        ("tape", "har", "vcr-json", "tape.json"),
    ],
)
def test_a_name_gets_the_suffix_of_its_format(name: str, was: str, wanted: str, expected: str) -> None:
    assert renamed(name, FORMATS[was], FORMATS[wanted]) == expected


def test_the_reference_has_a_column_for_every_format() -> None:
    text = (Path(__file__).parents[3] / "docs" / "reference" / "formats.md").read_text("utf-8")
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    names = [name for row in rows if not row[0] for name in row[1:]]
    ways = [way for row in rows if row[0] == "read, written" for way in row[1:]]
    assert sorted(names) == sorted(FORMATS)
    assert {name for name, way in zip(names, ways, strict=True) if way == "both"} == set(WRITTEN)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
@pytest.mark.parametrize("suffix", [".replay", ".yaml"])
def test_real_recordings_are_read_and_come_back_as_an_archive(tmp_path: Path, suffix: str) -> None:
    paths = sorted(CORPUS.rglob(f"*{suffix}"))[::10]
    assert len(paths) > 20
    for path in paths:
        reading = read_any(path)
        target = tmp_path / "tape.har"
        write_as(target, FORMATS["har"], reading.interactions, notes=reading.notes)
        assert read_any(target).interactions == reading.interactions
        assert reading.notes == Counter()
