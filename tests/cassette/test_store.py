"""Files: whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cassette import Interaction, Provenance, Request, Response, load_cassette, write_cassette
from conformance.errors import CassetteError

TAPE = (Interaction(Request("GET", "http://box.test/"), Response(200, "OK", (), b"data")),)
OTHER = (Interaction(Request("GET", "http://box.test/"), Response(200, "OK", (), b"other")),)
PROVENANCE = Provenance("box_live", "2026-01-31", {"client": "1.0"}, "abc")


def test_what_was_written_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "tape.yaml"
    assert write_cassette(path, TAPE, PROVENANCE)
    loaded = load_cassette(path)
    assert (loaded.interactions, loaded.provenance) == (TAPE, PROVENANCE)
    assert [item.name for item in path.parent.iterdir()] == ["tape.yaml"]


def test_recording_the_same_another_day_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, TAPE, PROVENANCE)
    before = path.read_bytes()
    assert not write_cassette(path, TAPE, replace(PROVENANCE, day="2027-02-03"))
    assert path.read_bytes() == before


def test_rules_that_fired_more_often_leave_the_file_alone_but_not_where_that_was_not_known(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, TAPE, PROVENANCE)
    assert write_cassette(path, TAPE, replace(PROVENANCE, fired={"box.key": 1}))
    before = path.read_bytes()
    assert not write_cassette(path, TAPE, replace(PROVENANCE, fired={"box.key": 2}))
    assert path.read_bytes() == before


@pytest.mark.parametrize("change", [{"rules": "def"}, {"clients": {"client": "2.0"}}, {"fixture": "box_other"}])
def test_recording_under_other_circumstances_writes_anew(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, TAPE, PROVENANCE)
    assert write_cassette(path, TAPE, replace(PROVENANCE, **change))  # type: ignore[arg-type]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, TAPE, PROVENANCE)
    before = path.read_bytes()

    def refuse(_self: Path, _target: Path) -> Path:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)  # the disk cannot be made to fail at will
    with pytest.raises(PermissionError):
        write_cassette(path, OTHER, PROVENANCE)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["tape.yaml"]


def test_a_damaged_file_is_an_error_with_its_line_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, TAPE, PROVENANCE)
    damaged = path.read_text("utf-8").replace("data", "dat")
    path.write_text(damaged, "utf-8")
    for act in (lambda: load_cassette(path), lambda: write_cassette(path, OTHER, PROVENANCE)):
        with pytest.raises(CassetteError) as caught:
            act()
        line = caught.value.fault.line
        assert line is not None
        assert "sha256" in damaged.split("\n")[line - 1]
    assert path.read_text("utf-8") == damaged


def test_a_file_that_is_not_utf_8_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.write_bytes(b"interactions: []\nversion: \xff\n")
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    assert caught.value.fault.line == 2


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_cassette(tmp_path / "none.yaml")
