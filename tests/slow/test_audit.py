"""audit: what hand edits, bad merges and missing rules brought into what is committed."""

from __future__ import annotations

import base64
import gzip
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import (
    Interaction,
    Journal,
    Provenance,
    Request,
    Response,
    preset_rules,
    write_cassette,
)
from conformance.cli._main import conformance
from conformance.errors import ConformanceError
from conformance.registry import load_registry
from conformance.report import audit_files
from tests.cassette.strategies import INTERACTIONS

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = """
[backend.box]
driver = "box:store"
scrub = { presets = ["aws"], rules = [
    { name = "box.key", value = { env = "BOX_SCRUBBED_KEY" }, stand_in = "KEY" },
] }
[fixture.box_live]
backend = "box"
kind = "live"
[fixture.box_replay]
replays = "box_live"
"""
SECRET = "k3y-of-the-box"
KEY_ID = "AKIA" + "Q3EXAMP1E5TOLEN7"
RULES = 1 + len(preset_rules("aws", "generic"))
PROVENANCE = Provenance("box_live", "2026-01-31", {"client": "1.0"}, "abc", {"box.key": 1})
CLEAN = Interaction(Request("GET", "http://box.test/", (("Range", "bytes=0-1"),)), Response(200, "OK", (), b"body"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one cassette, in which there is nothing to find."""
    monkeypatch.setenv("BOX_SCRUBBED_KEY", SECRET)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fixtures.toml").write_text(REGISTRY)
    write(tmp_path, CLEAN)
    return tmp_path


def write(folder: Path, *items: Interaction) -> Path:
    path = folder / "cassettes" / "box_live" / "tape.yaml"
    write_cassette(path, items, PROVENANCE)
    return path


def run(*arguments: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(conformance, ["audit", *arguments])
    if isinstance(result.exception, ConformanceError):
        return 2, str(result.exception).splitlines()  # as main does
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert SECRET not in result.output
    assert KEY_ID not in result.output
    return result.exit_code, result.output.splitlines()


def line_with(path: Path, word: str) -> int:
    return next(number for number, row in enumerate(path.read_text().split("\n"), start=1) if word in row)


def test_nothing_found_says_over_what(folder: Path) -> None:
    size = (folder / "cassettes" / "box_live" / "tape.yaml").stat().st_size
    assert run() == (0, [f"1 files, {size} bytes, 1 interactions, {RULES} rules: nothing found"])


@pytest.mark.parametrize(
    ("item", "rule", "place", "row"),
    [
        (
            replace(CLEAN, request=replace(CLEAN.request, uri=f"http://box.test/?k={SECRET}")),
            "box.key",
            "request uri",
            "?k=",
        ),
        (
            replace(CLEAN, request=replace(CLEAN.request, headers=(("X-Key", SECRET),))),
            "box.key",
            "request header x-key",
            "X-Key:",
        ),
        (
            replace(CLEAN, request=replace(CLEAN.request, body=SECRET.encode())),
            "box.key",
            "request body",
            "    body: k3y",
        ),
        (
            replace(CLEAN, response=replace(CLEAN.response, headers=(("Date", "x" * len(SECRET)),))),
            "aws.answer_ids",
            "response header date",
            "Date:",
        ),
    ],
)
def test_what_rules_would_still_change_is_found_on_its_line(
    folder: Path, item: Interaction, rule: str, place: str, row: str
) -> None:
    path = write(folder, CLEAN, item)
    code, lines = run()
    assert code == 1
    where = path.relative_to(folder)
    assert lines[0] == f"{where}:{line_with(path, row)}: {rule} ({len(SECRET)} characters), {place}"
    assert lines[-1].endswith(f"2 interactions, {RULES} rules: 1 finding")


def test_each_rule_is_named_with_the_places_that_it_would_change(folder: Path) -> None:
    headers = (("Authorization", "abc"), ("User-Agent", "client/1"))
    path = write(folder, replace(CLEAN, request=replace(CLEAN.request, headers=headers)))
    where = path.relative_to(folder)
    signed = f"{where}:{line_with(path, 'Authorization')}"
    assert sorted(run()[1][:3]) == [
        f"{signed}: aws.signature (3 characters), request header authorization",
        f"{signed}: generic.authorization (3 characters), request header authorization",
        f"{where}:{line_with(path, 'User-Agent')}: aws.client (8 characters), request header user-agent",
    ]


@given(INTERACTIONS, st.sampled_from(["uri", "sent", "received", "request", "response"]), st.sampled_from(["", "\xff"]))
def test_a_credential_is_found_by_its_shape_wherever_it_stands(
    tmp_path_factory: pytest.TempPathFactory, item: Interaction, place: str, text: str
) -> None:
    request, response = item.request, item.response
    body = b"<key>" + KEY_ID.encode() + text.encode("latin-1") + b"</key>"
    items = {
        "uri": replace(item, request=replace(request, uri=f"{request.uri}/{KEY_ID}/")),
        "sent": replace(item, request=replace(request, headers=(("X-A", KEY_ID),))),
        "received": replace(item, response=replace(response, headers=(("X-A", f"a {KEY_ID}"),))),
        "request": replace(item, request=replace(request, body=body)),
        "response": replace(item, response=replace(response, body=body)),
    }
    folder = tmp_path_factory.mktemp("project")
    (folder / "fixtures.toml").write_text(REGISTRY)
    path = write(folder, items[place])
    audit = audit_files(load_registry(folder / "fixtures.toml"), [path], with_rules=False)
    found = [finding for finding in audit.findings if finding.rule == "aws.access_key_id"]
    assert [finding.characters for finding in found] == [len(KEY_ID)]
    assert all(KEY_ID not in finding.message for finding in audit.findings)
    assert found[0].line


@pytest.mark.parametrize("place", ["uri", "header", "body"])
def test_what_several_looks_find_is_told_once_with_its_place(folder: Path, place: str) -> None:
    request = {
        "uri": replace(CLEAN.request, uri=f"http://box.test/?api_key={SECRET}-2"),
        "header": replace(CLEAN.request, headers=(("X-Box-Api-Key", f"{SECRET}-2"),)),
        "body": replace(CLEAN.request, body=f'{{"apiKey": "{SECRET}-2"}}'.encode()),
    }
    (folder / "fixtures.toml").write_text(REGISTRY.replace("BOX_SCRUBBED_KEY", "BOX_UNSET"))
    write(folder, replace(CLEAN, request=request[place]))
    code, lines = run()
    assert code == 1
    where = "header x-box-api-key" if place == "header" else place
    assert [line.partition(": ")[2] for line in lines[:-1]] == [f"generic.key (16 characters), request {where}"]


@pytest.mark.parametrize("size", [0, 200_000])
def test_a_credential_in_a_compressed_body_is_found(folder: Path, size: int) -> None:
    body = gzip.compress(KEY_ID.encode() + b" " + bytes(size))
    headers = (("Content-Encoding", "gzip"), ("Content-Type", "text/plain"))
    path = write(folder, replace(CLEAN, response=replace(CLEAN.response, headers=headers, body=body)))
    code, lines = run()
    assert code == 1
    rows = path.read_text().split("\n")
    line = max(number for number, row in enumerate(rows, start=1) if row == "    body:")
    assert lines[0] == f"{path.relative_to(folder)}:{line}: aws.access_key_id (20 characters), response body"


def test_a_body_beside_a_cassette_is_swept_as_bytes(folder: Path) -> None:
    body = bytes(range(256)) * 600 + b"\n" + KEY_ID.encode()
    write(folder, replace(CLEAN, response=replace(CLEAN.response, body=body)))
    code, lines = run()
    assert code == 1
    assert any("tape.bodies/" in line and "aws.access_key_id (20 characters), text" in line for line in lines)


@pytest.mark.parametrize("name", ["traces/deep/a.toml", "traces/notes", "cassettes/box_live/.tape.yaml.1.new"])
@pytest.mark.parametrize("value", [KEY_ID, SECRET])
def test_traces_and_what_a_recording_left_are_swept_for_shapes_and_live_values(
    folder: Path, name: str, value: str
) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"\nuri = '{value}'\n")
    code, lines = run()
    assert code == 1
    rule = "box.key" if value == SECRET else "aws.access_key_id"
    assert lines[0] == f"{name}:2: {rule} ({len(value)} characters), text"


def test_a_journal_that_was_left_is_read(folder: Path) -> None:
    journal = Journal(folder / "cassettes" / "box_live" / "gone.yaml")
    journal.append(1, replace(CLEAN, request=replace(CLEAN.request, body=f"key={SECRET}, id={KEY_ID}".encode())))
    assert base64.b64encode(SECRET.encode()) not in journal.path.read_bytes()
    code, lines = run()
    assert code == 1
    where = journal.path.relative_to(folder)
    assert lines[:2] == [
        f"{where}: box.key ({len(SECRET)} characters), request body",
        f"{where}: aws.access_key_id (20 characters), request body",
    ]


@pytest.mark.parametrize(
    "value",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq%2FK1SZFPTOtr%2FKBHBeksoGMGw%3D%3D",
        "aws_secret_access_key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'",
        "Authorization: Bearer REDACTED",
    ],
)
def test_a_published_stand_in_is_no_finding(folder: Path, value: str) -> None:
    (folder / "traces").mkdir()
    (folder / "traces" / "a.toml").write_text(value)
    assert run()[0] == 0


def test_a_stand_in_with_something_around_it_is_a_finding(folder: Path) -> None:
    (folder / "traces").mkdir()
    (folder / "traces" / "a.toml").write_text("Bearer REDACTED." + "abcdefghij" * 4)
    assert run()[0] == 1


def test_a_stand_in_that_the_registry_declares_is_no_finding(folder: Path) -> None:
    (folder / "traces").mkdir()
    (folder / "traces" / "a.toml").write_text(f"uri = 'http://box.test/{KEY_ID}'")
    assert run()[0] == 1
    (folder / "fixtures.toml").write_text(REGISTRY.replace('"KEY"', f'"{KEY_ID}"'))
    assert run()[0] == 0


@pytest.mark.parametrize("fixtures", [1, 3])
def test_a_rule_that_fails_its_own_test_is_found_once(folder: Path, fixtures: int) -> None:
    own = """    { name = "box.broken", url = '^(tenant)', example = "tenant" },\n] }"""
    more = "".join(f'[fixture.box_{name}]\nbackend = "box"\nkind = "live"\n' for name in range(fixtures))
    (folder / "fixtures.toml").write_text(REGISTRY.replace("] }", own, 1) + more)
    code, lines = run()
    assert code == 1
    what = "finds nothing where its example is a part of an address"
    assert lines[0] == f"fixtures.toml:4: box.broken, fails its own test: {what}"
    assert lines[-1].endswith(f"{RULES + 1} rules: 1 finding")
    assert run("cassettes")[0] == 0


def test_a_rule_that_must_fire_and_never_did_is_found(folder: Path) -> None:
    must = REGISTRY.replace('stand_in = "KEY"', 'expect = "must"')
    (folder / "fixtures.toml").write_text(must)
    assert run()[0] == 0
    path = folder / "cassettes" / "box_live" / "tape.yaml"
    write_cassette(path, (replace(CLEAN, response=Response(204)),), replace(PROVENANCE, fired={}))
    code, lines = run()
    assert code == 1
    assert lines[0] == "fixtures.toml:4: box.key, fired in none of the cassettes of box_live and must (silent-rule)"
    write_cassette(path, (CLEAN,), replace(PROVENANCE, fired=None))
    code, lines = run()
    assert code == 0
    assert "nothing is concluded of box.key" in lines[0]


def test_without_detect_secrets_its_part_is_left_out_and_that_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "detect_secrets"] + ["detect_secrets"]:
        monkeypatch.setitem(sys.modules, name, None)
    (folder / "traces").mkdir()
    (folder / "traces" / "a.toml").write_text("AC" + "1a2b3c4d" * 4)
    code, lines = run()
    assert code == 0
    assert lines[0] == "detect-secrets is not installed: its part was left out"


def test_what_detect_secrets_finds_is_a_finding(folder: Path) -> None:
    pytest.importorskip("detect_secrets")
    token = "AC" + "1a2b3c4d" * 4
    (folder / "traces").mkdir()
    (folder / "traces" / "a.toml").write_text(f"one\n{token}\n")
    code, lines = run()
    assert code == 1
    assert lines[0] == f"traces/a.toml:2: detect-secrets Twilio API Key ({len(token)} characters), text"


def test_a_damaged_cassette_is_an_error_and_its_bytes_are_swept(folder: Path) -> None:
    path = write(folder, replace(CLEAN, request=replace(CLEAN.request, uri=f"http://box.test/{KEY_ID}")))
    path.write_text(path.read_text()[:-20])
    code, lines = run()
    assert code == 2
    assert any(line.startswith("  Restore the file") for line in lines)
    assert any("aws.access_key_id (20 characters), text" in line for line in lines)


def test_a_folder_that_belongs_to_no_fixture_is_swept_and_named_once(folder: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        path = folder / "cassettes" / "box_gone" / name
        item = replace(CLEAN, request=replace(CLEAN.request, uri=f"http://box.test/{KEY_ID}"))
        write_cassette(path, (item,), PROVENANCE)
    code, lines = run()
    assert code == 1
    assert all("aws.access_key_id" in line for line in lines[:2])
    assert lines[2].startswith("cassettes/box_gone: belongs to no fixture")
    assert len(lines) == 4


def test_paths_can_be_named_and_hidden_folders_are_left_out(folder: Path) -> None:
    for name in ("docs/a.md", "docs/.cache/b.md"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(KEY_ID)
    assert run()[0] == 0
    code, lines = run("docs")
    assert code == 1
    assert lines == ["docs/a.md:1: aws.access_key_id (20 characters), text", lines[-1]]
    assert lines[-1].startswith("1 files, 20 bytes, 0 interactions")
    code, lines = run("gone")
    assert code == 2
    assert lines[-1].endswith("(no-file)")


def test_json_has_the_same(folder: Path) -> None:
    path = write(folder, replace(CLEAN, request=replace(CLEAN.request, uri=f"http://box.test/?k={SECRET}")))
    code, lines = run("--json")
    assert code == 1
    told = json.loads("\n".join(lines))
    where = str(path.relative_to(folder))
    line = line_with(path, "?k=")
    assert told["findings"] == [
        {"path": where, "line": line, "rule": "box.key", "place": "request uri", "characters": len(SECRET)}
    ]
    assert (told["files"], told["interactions"], told["rules"], told["wrong"]) == (1, 1, RULES, [])
