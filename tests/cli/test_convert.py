"""`conformance convert`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from conformance.cassette import Interaction, Provenance, Request, Response, load_cassette, write_cassette
from conformance.cassette.formats import FORMATS, read_any, write_as
from conformance.cli._main import conformance
from conformance.errors import UsageError

TAPE = (
    Interaction(Request("GET", "http://box.test/"), Response(200, "OK", (("ETag", '"e"'),), b"data")),
    Interaction(Request("PUT", "http://box.test/", (), b"x"), Response(201, "Created")),
)
BINARY = (Interaction(Request("PUT", "http://box.test/", (), b"\xff"), Response(200, "OK")),)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(conformance, ["convert", *map(str, arguments)])


def put(path: Path, name: str = "har", tape: tuple[Interaction, ...] = TAPE) -> Path:
    write_as(path, FORMATS[name], tape, notes=Counter())
    return path


def test_a_file_is_converted_beside_itself(tmp_path: Path) -> None:
    source = put(tmp_path / "tape.har")
    result = run(source, "--to", "vcr-yaml")
    target = tmp_path / "tape.yaml"
    assert result.output == f"{source}: har, 2 interactions -> {target}\n1 files, 0 not converted\n"
    assert result.exit_code == 0
    assert load_cassette(target).interactions == TAPE
    assert "sha256" in target.read_text()


@pytest.mark.parametrize("name", [name for name, item in FORMATS.items() if item.render])
def test_every_format_goes_both_ways(tmp_path: Path, name: str) -> None:
    source = put(tmp_path / "tape.yaml", "vcr-yaml")
    there, back = tmp_path / "there", tmp_path / "back"
    assert run(source, "--to", name, "--output", there).exit_code == 0
    assert read_any(there).format.name == name
    assert run(there, "--to", "vcr-yaml", "--from", name, "--output", back).exit_code == 0
    assert load_cassette(back).interactions == TAPE


def test_a_folder_is_walked_and_its_folders_are_kept(tmp_path: Path) -> None:
    sources, into = tmp_path / "sources", tmp_path / "into"
    put(sources / "a" / "one.har")
    put(sources / "two.json", "vcr-json")
    put(sources / ".hidden.har")
    (sources / "notes.txt").write_text("no recording")
    result = run(sources, "--to", "vcr-yaml", "--into", into)
    assert result.exit_code == 0
    assert sorted(path.relative_to(into).as_posix() for path in into.rglob("*.yaml")) == ["a/one.yaml", "two.yaml"]


def test_a_file_of_no_known_format_is_left_out_of_a_folder_and_named(tmp_path: Path) -> None:
    other = tmp_path / "package.json"
    other.write_text('{"name": "x"}')
    put(tmp_path / "tape.har")
    found = run(tmp_path, "--to", "vcr-yaml")
    assert found.exit_code == 0
    assert f"{other}: is JSON of no format that is known" in found.stderr
    named = run(other, "--to", "vcr-yaml")
    assert named.exit_code == 1
    assert "(unknown-format)" in named.stderr


def test_a_damaged_file_does_not_keep_the_others_from_being_converted(tmp_path: Path) -> None:
    damaged = tmp_path / "a.har"
    damaged.write_text('{"log": {\n')
    put(tmp_path / "b.har")
    result = run(tmp_path, "--to", "vcr-json")
    assert result.exit_code == 1
    assert f"{damaged}:2: is not JSON" in result.stderr
    assert result.stdout.endswith("2 files, 1 not converted\n")
    assert read_any(tmp_path / "b.json").interactions == TAPE


def test_what_the_target_cannot_carry_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    source = put(tmp_path / "tape.yaml", "vcr-yaml", BINARY)
    result = run(source, "--to", "interposition")
    assert result.exit_code == 1
    assert f"{source}: cannot be written as interposition: #1: the request body is no UTF-8" in result.stderr
    assert "(cannot-carry)" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["tape.yaml"]


def test_what_is_left_behind_is_listed_on_stderr(tmp_path: Path) -> None:
    source = tmp_path / "tape.yaml"
    item = Interaction(TAPE[0].request, Response(200, "Fine"))
    write_cassette(source, (item, item), Provenance("box_live", "2026-01-31"))
    result = run(source, "--to", "test-proxy")
    assert result.exit_code == 0
    assert f"{source}: where it was recorded (box_live, 2026-01-31) is not carried\n" in result.stderr
    assert f"{source}: a reason phrase that is not the standard one is not carried (2 times)\n" in result.stderr


def test_a_target_is_overwritten_by_force_alone(tmp_path: Path) -> None:
    source, target = put(tmp_path / "tape.har"), put(tmp_path / "tape.yaml", "vcr-yaml", BINARY)
    before = target.read_bytes()
    result = run(source, "--to", "vcr-yaml")
    assert result.exit_code == 1
    assert f"{target} exists.\n  Overwrite it with --force" in result.stderr
    assert target.read_bytes() == before
    assert run(source, "--to", "vcr-yaml", "--force").exit_code == 0
    assert load_cassette(target).interactions == TAPE


def test_two_sources_never_become_one_file_not_even_by_force(tmp_path: Path) -> None:
    put(tmp_path / "tape.har")
    put(tmp_path / "tape.json", "vcr-json", BINARY[:0])
    result = run(tmp_path, "--to", "vcr-yaml", "--force")
    assert result.exit_code == 1
    assert "would be written over what" in result.stderr
    assert load_cassette(tmp_path / "tape.yaml").interactions == TAPE


def test_a_file_that_is_of_the_format_already_is_left_as_it_is(tmp_path: Path) -> None:
    source = put(tmp_path / "tape.yaml", "vcr-yaml")
    before = source.read_bytes()
    result = run(source, "--to", "vcr-yaml", "--force")
    assert result.output == f"{source}: vcr-yaml already\n1 files, 0 not converted\n"
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "slug", "what"),
    [
        (["tape.har", "--to", "hra"], "unknown-format", 'Did you mean "har"?'),
        (["tape.har", "--to", "zzzzzzzz"], "unknown-format", "Formats are vcr-yaml, "),
        (["tape.har", "--to", "har", "--from", "hra"], "unknown-format", "--from=hra"),
        (["tape.har", "--to", "httpreplay"], "unknown-format", "only read"),
        (["none.har", "--to", "har"], "no-file", "There is no none.har"),
        (["tape.har", "tape.har", "--to", "har", "--output", "x"], "bad-usage", "there are 2 sources"),
        (["tape.har", "--to", "har", "--output", "x", "--into", "y"], "bad-usage", "without --into"),
    ],
)
def test_options_that_make_no_sense_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], slug: str, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    put(Path("tape.har"))
    result = run(*arguments)
    assert isinstance(result.exception, UsageError)
    assert result.exception.fault.slug == slug
    assert what in str(result.exception)


def test_the_help_names_every_format() -> None:
    shown = run("--help").output
    assert [name for name in FORMATS if name not in shown] == []
