"""Cassettes that are damaged: found with file and line, or what they were; never less in silence, never written over.

``CONFORMANCE_EDITS`` is how many random edits each cassette gets; a thousand without it.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from conformance.cassette import (
    KEEP_EVERYTHING,
    Interaction,
    Matcher,
    Provenance,
    Recorder,
    ReplaceValue,
    Request,
    Response,
    Scrubber,
    load_cassette,
    write_cassette,
)
from conformance.errors import CassetteError
from conformance.fixtures._session import CassetteSession
from conformance.registry import load_registry

EDITS = int(os.environ.get("CONFORMANCE_EDITS", "1000"))
ROOT = Path(__file__).parents[2]
PROVENANCE = Provenance("box_live", "2026-01-31", {"client": "1.0"}, "0123456789ab")
REGISTRY = '[backend.box]\ndriver = "box:store"\n[fixture.box_live]\nbackend = "box"\nkind = "live"\n'
SECRET = "a-key-that-nobody-may-see"
TEXTS = (
    "one\ntwo\n",
    "\n\n",
    " a\n\tb \n---\nversion: 1\n",
    "'x'\n\"y\"\n# z\n",
    "<<<<<<< ours\nü\u2028\x85\n",
    "- a\n...\n",
)


def tape(*bodies: bytes) -> tuple[Interaction, ...]:
    return tuple(
        Interaction(
            Request("PUT", f"http://box.test/{at}?x={at}", (("X-A", "1"), ("X-A", "2: #")), body),
            Response(200, "OK", (("ETag", f'"{at}"'),), body),
        )
        for at, body in enumerate(bodies)
    )


def scrubbed() -> tuple[Interaction, ...]:
    recorder = Recorder(scrubber=Scrubber([ReplaceValue("box.key", SECRET, "STAND-IN")]))
    for item in tape(SECRET.encode(), f"a {SECRET} b".encode()):
        recorder.keep(recorder.begin(), item.request, item.response)
    return recorder.interactions


def own() -> tuple[Interaction, ...]:
    """The smallest cassette of this repository that holds several interactions."""
    paths = sorted((ROOT / "cassettes").rglob("*.yaml"), key=lambda path: (path.stat().st_size, path))
    return next(items for items in (load_cassette(path).interactions for path in paths) if len(items) > 2)


TAPES = {
    "plain": lambda: tape(b"", b"a", b'{"a": "b"}'),
    "binary": lambda: tape(b"\x00\xff", bytes(range(256))),
    "scrubbed": scrubbed,
    "recipes": lambda: tape(b"ab" * 40_000, bytes(range(256)) * 300),
    "lines": lambda: tape(*map(str.encode, TEXTS)),
    "own": own,
}


@pytest.fixture(autouse=True)
def _uncached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", "off")


@pytest.fixture(params=TAPES)
def cassette(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "cassettes" / "test_it.yaml"
    write_cassette(path, TAPES[request.param](), PROVENANCE)
    return path


def assert_found_or_whole(path: Path, data: bytes, items: tuple[Interaction, ...]) -> bool:
    """Put data in place of a cassette; return whether it was found to be damaged, and left alone."""
    path.write_bytes(data)
    try:
        loaded = load_cassette(path)
    except CassetteError as error:
        assert error.fault.path == path, data
        assert error.fault.line is not None, (str(error), data)
        assert 1 <= error.fault.line <= max(1, data.count(b"\n") + (not data.endswith(b"\n"))), (str(error), data)
        with pytest.raises(CassetteError):
            write_cassette(path, items, PROVENANCE)
        assert path.read_bytes() == data
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        return True
    assert loaded.interactions == items, data
    return False


def test_a_cassette_cut_at_any_byte_is_found_or_whole(cassette: Path) -> None:
    data, items = cassette.read_bytes(), load_cassette(cassette).interactions
    found = [assert_found_or_whole(cassette, data[:size], items) for size in range(len(data))]
    assert found.count(False) <= 1  # the last line end may go
    assert all(found[:-1])


def edited(data: bytes, chance: random.Random) -> bytes:
    """Return data with one byte put in, taken out or replaced, at random."""
    at, byte = chance.randrange(len(data)), chance.choice([chance.randrange(256), *b"\n #:-'\"|[{"])
    match chance.choice(["insert", "delete", "replace"]):
        case "insert":
            return data[:at] + bytes([byte]) + data[at:]
        case "delete":
            return data[:at] + data[at + 1 :]
        case _:
            return data[:at] + bytes([byte]) + data[at + 1 :]


def test_a_cassette_with_one_byte_edited_is_found_or_whole(cassette: Path) -> None:
    data, items = cassette.read_bytes(), load_cassette(cassette).interactions
    chance = random.Random(1)  # noqa: S311  (the same edits each time)
    found = [assert_found_or_whole(cassette, edited(data, chance), items) for _ in range(EDITS)]
    below = data.index(b"\ninteractions:")
    assert sum(found) > EDITS * 0.9 * (len(data) - below) / len(data)


@pytest.fixture
def unsigned(cassette: Path) -> Path:
    """The same without its head: as vcrpy writes it, with no checksum."""
    data = cassette.read_bytes()
    cassette.write_bytes(data[data.index(b"\ninteractions:") + 1 :])
    return cassette


def test_a_cassette_without_a_checksum_that_is_cut_is_found_or_whole(unsigned: Path) -> None:
    data, items = unsigned.read_bytes(), load_cassette(unsigned).interactions
    assert all(assert_found_or_whole(unsigned, data[:size], items) for size in range(len(data) - 1))


@pytest.mark.parametrize("marker", [b"<<<<<<< ours\n", b"=======\n", b">>>>>>> theirs\n", b"||||||| base\n"])
def test_a_merge_conflict_at_any_line_is_found_without_a_checksum(unsigned: Path, marker: bytes) -> None:
    lines, items = unsigned.read_bytes().splitlines(keepends=True), load_cassette(unsigned).interactions
    for at in range(len(lines) + 1):
        data = b"".join([*lines[:at], marker, *lines[at:]])
        assert assert_found_or_whole(unsigned, data, items), data


@pytest.mark.parametrize("marker", [b"<<<<<<< ours\n", b"=======\n", b">>>>>>> theirs\n", b"||||||| base\n"])
def test_a_merge_conflict_at_any_line_is_found(cassette: Path, marker: bytes) -> None:
    lines, items = cassette.read_bytes().splitlines(keepends=True), load_cassette(cassette).interactions
    for at in range(len(lines) + 1):
        data = b"".join([*lines[:at], marker, *lines[at:]])
        assert assert_found_or_whole(cassette, data, items), data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        b"<!DOCTYPE html>\n<html><body>404: Not Found</body></html>\n",
        b"interactions: []\nversion: 99\n",
        b"interactions: []\n",
        b"version: 1\n",
        b"null\n",
        b"[]\n",
        b"\x00" * 100,
        b"\xff\xfe",
        b"\x1f\x8b\x08\x00",
        b"[" * 100_000,
        b"interactions:\n- null\nversion: 1\n",
        b"interactions: []\nversion: 1\nconformance: 1\n",
        b"interactions: []\nversion: 1\nconformanc: {}\n",
    ],
    ids=repr,
)
def test_what_is_no_cassette_is_found_and_left_alone(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cassettes").mkdir()
    assert assert_found_or_whole(tmp_path / "cassettes" / "test_it.yaml", data, tape(b"x"))


def test_a_newer_version_is_found_at_its_line(cassette: Path) -> None:
    data = cassette.read_bytes()
    items = load_cassette(cassette).interactions
    for old, new in ((b"\nversion: 1\n", b"\nversion: 99\n"), (b"\n  format: 1\n", b"\n  format: 99\n")):
        assert assert_found_or_whole(cassette, data.replace(old, new), items)
        with pytest.raises(CassetteError) as caught:
            load_cassette(cassette)
        assert caught.value.fault.line == data[: data.index(old) + 1].count(b"\n") + 1


@pytest.mark.parametrize("is_empty", [True, False], ids=["nothing-sent", "one-sent"])
def test_a_recording_is_not_put_in_place_of_a_damaged_file(cassette: Path, *, is_empty: bool) -> None:
    (cassette.parent / "fixtures.toml").write_text(REGISTRY)
    spec = load_registry(cassette.parent / "fixtures.toml").fixtures["box_live"]
    session = CassetteSession(
        spec,
        "record",
        path=cassette,
        matcher=Matcher(["method"]),
        scrubber=Scrubber(),
        policy=KEEP_EVERYTHING,
        mend="",
    )
    data = cassette.read_bytes()[:-20]
    cassette.write_bytes(data)
    recorder = session.exchange
    assert isinstance(recorder, Recorder)
    if not is_empty:
        recorder.keep(recorder.begin(), Request("GET", "http://box.test/"), Response(200))
    with pytest.raises(CassetteError):
        session.place(clean=Scrubber())
    assert cassette.read_bytes() == data
