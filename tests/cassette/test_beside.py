"""Large bodies, kept beside their cassette."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from conformance.cassette import (
    Interaction,
    Request,
    Response,
    load_cassette,
    parse_cassette,
    remove_cassette,
    render_cassette,
    write_cassette,
)
from conformance.cassette._beside import LARGE_BYTES
from conformance.errors import CassetteError

if TYPE_CHECKING:
    from pathlib import Path

NOISE = random.Random(0).randbytes(LARGE_BYTES + 9)  # noqa: S311  (a body that has no recipe)
OTHER = NOISE[::-1]


def tape(sent: bytes, received: bytes) -> tuple[Interaction, ...]:
    return (Interaction(Request("PUT", "http://box.test/", (), sent), Response(200, "", (), received)),)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_large_body_stands_beside_the_cassette_once_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, tape(NOISE, NOISE), None)
    assert path.stat().st_size < 2000
    assert len(files(tmp_path)) == 2
    assert load_cassette(path).interactions == tape(NOISE, NOISE)


@pytest.mark.parametrize(("size", "count"), [(LARGE_BYTES - 1, 1), (LARGE_BYTES, 2)])
def test_a_body_stands_beside_it_from_a_size_on(tmp_path: Path, size: int, count: int) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, tape(NOISE[:size], b""), None)
    assert len(files(tmp_path)) == count
    assert load_cassette(path).interactions == tape(NOISE[:size], b"")


def test_the_text_of_a_cassette_by_itself_holds_every_body() -> None:
    assert parse_cassette(render_cassette(tape(NOISE, OTHER), None))[0] == tape(NOISE, OTHER)


def test_bodies_that_are_named_no_more_are_removed_with_the_recording_that_named_them(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, tape(NOISE, OTHER), None)
    write_cassette(path, tape(b"", OTHER), None)
    assert load_cassette(path).interactions == tape(b"", OTHER)
    assert len(files(tmp_path)) == 2
    write_cassette(path, tape(b"", b"small"), None)
    assert list(tmp_path.iterdir()) == [path]
    write_cassette(path, tape(NOISE, b""), None)
    remove_cassette(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["gone", "cut", "changed"])
def test_a_body_that_is_not_what_was_recorded_is_an_error_at_the_line_that_names_it(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, tape(b"", NOISE), None)
    (body,) = (tmp_path / "tape.bodies").iterdir()
    if damage == "gone":
        body.unlink()
    else:
        body.write_bytes(NOISE[:-1] if damage == "cut" else OTHER)
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    assert caught.value.fault.line is not None
    assert body.name in path.read_text().split("\n")[caught.value.fault.line - 1]
    before = path.read_bytes()
    with pytest.raises(CassetteError):
        write_cassette(path, tape(b"", b"new"), None)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/b.bodies/" + "0" * 64, "x.bodies/..", 7])
def test_a_name_that_leads_elsewhere_is_refused_and_not_read(tmp_path: Path, name: object) -> None:
    path = tmp_path / "tape.yaml"
    write_cassette(path, tape(b"", NOISE), None)
    (body,) = (tmp_path / "tape.bodies").iterdir()
    lines = [line for line in path.read_text().split("\n") if "sha256" not in line]
    path.write_text("\n".join(lines).replace(f"tape.bodies/{body.name}", str(name)))
    with pytest.raises(CassetteError, match="has no name that a body beside a cassette can have"):
        load_cassette(path)
