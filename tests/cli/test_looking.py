"""diff and stats."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from conformance.cassette import Interaction, Provenance, Request, Response, load_cassette, write_cassette
from conformance.cli._main import conformance
from conformance.errors import CassetteError, ConformanceError, RegistryError, UsageError
from conformance.report import compare_files, render_diff

if TYPE_CHECKING:
    from pathlib import Path

XML = (("Content-Type", "application/xml"),)
TAPE = (
    Interaction(Request("PUT", "http://box.test/a", body=b"\x00\xff"), Response(201, "Created", (("ETag", '"e1"'),))),
    Interaction(Request("GET", "http://box.test/?list"), Response(200, "OK", XML, b"<L><K>a</K></L>")),
    Interaction(Request("GET", "http://box.test/a"), Response(200, "OK", (("ETag", '"e1"'),), b"\x00\xff")),
    Interaction(Request("GET", "http://box.test/a"), Response(200, "OK", (("ETag", '"e1"'),), b"\x00\xff")),
)
LATER = (
    Interaction(TAPE[0].request, replace(TAPE[0].response, headers=(("ETag", '"e2"'),))),
    Interaction(TAPE[1].request, replace(TAPE[1].response, status=206, body=b"<L>\n <K>b\x1b</K></L>")),
    Interaction(TAPE[2].request, replace(TAPE[2].response, headers=(("ETag", '"e2"'),))),
    Interaction(Request("DELETE", "http://box.test/a"), Response(204)),
)
REGISTRY = '[backend.box]\ndriver = "box:store"\n[fixture.box_live]\nbackend = "box"\nkind = "live"\n'


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of cassettes: one that changed, one that did not, one that went and one that came."""
    for folder, tape, alone in (("old", TAPE, "went"), ("new", LATER, "came")):
        for name, items in (("a/changed", tape), ("same", TAPE[:2]), (alone, TAPE[:1])):
            write_cassette(tmp_path / folder / f"{name}.yaml", items, Provenance("box_live", "2026-01-31"))
    return tmp_path / "old", tmp_path / "new"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(conformance, [*map(str, arguments)], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def refused(*arguments: object) -> ConformanceError:
    result = CliRunner().invoke(conformance, [*map(str, arguments)])
    assert isinstance(result.exception, ConformanceError)
    return result.exception


def test_cassettes_that_mean_the_same_are_exit_code_0(folders: tuple[Path, Path]) -> None:
    old, new = (folder / "same.yaml" for folder in folders)
    told = "0 of 1 cassettes differ; interactions: 2 same; folded: nothing\n"
    assert run("diff", old, new) == (0, told)
    assert run("diff", folders[0], folders[0])[0] == 0


def test_what_differs_is_told_file_by_file_with_its_place_and_is_exit_code_1(folders: tuple[Path, Path]) -> None:
    code, output = run("diff", *folders)
    lines = [cassette.lines() for cassette in (load_cassette(folder / "a" / "changed.yaml") for folder in folders)]
    assert code == 1
    assert output.splitlines() == [
        "a/changed.yaml",
        f"  changed #2 (line {lines[0][1]}) → #2 (line {lines[1][1]}): GET /?list",
        "    response status",
        "      - 200",
        "      + 206",
        "    response body line 1",
        "      - <L><K>a</K></L>",
        "      + <L>",
        "    response body line 2",
        "      - (absent)",
        "      +  <K>b\\x1b</K></L>",
        f"  removed #4 (line {lines[0][3]}): GET /a",
        f"  added #4 (line {lines[1][3]}): DELETE /a",
        "came.yaml (added)",
        "  added #1 (line 11): PUT /a",
        "went.yaml (removed)",
        "  removed #1 (line 11): PUT /a",
        "3 of 4 cassettes differ; interactions: 1 changed, 2 removed, 2 added, 4 same; folded: 2 <id>",
    ]


def test_exact_folds_nothing(folders: tuple[Path, Path]) -> None:
    code, output = run("diff", "--exact", *(folder / "a" / "changed.yaml" for folder in folders))
    assert code == 1
    assert '    response header etag\n      - "e1"\n      + "e2"\n' in output
    assert output.endswith("interactions: 3 changed, 1 removed, 1 added; folded: nothing\n")


def test_differences_as_json_have_positions_from_1(folders: tuple[Path, Path]) -> None:
    code, output = run("diff", "--json", *folders)
    told: dict[str, Any] = json.loads(output)
    assert code == 1
    assert (told["compared"], told["folded"]) == (4, {"id": 2})
    assert [(file["name"], file["old"] is None, file["new"] is None) for file in told["files"]] == [
        ("a/changed.yaml", False, False),
        ("came.yaml", True, False),
        ("went.yaml", False, True),
    ]
    changed, removed, added = told["files"][0]["changes"]
    assert (changed["sort"], changed["old"], changed["new"], changed["asked"]) == ("changed", 2, 2, "GET /?list")
    assert changed["response"][0] == {"part": "status", "recorded": "200", "sent": "206"}
    assert [(one["sort"], one["old"], one["new"]) for one in (removed, added)] == [
        ("removed", 4, None),
        ("added", None, 4),
    ]


def test_a_terminal_gets_colours_and_a_pipe_none(folders: tuple[Path, Path]) -> None:
    for is_terminal in (True, False):
        console = Console(force_terminal=is_terminal, color_system="standard" if is_terminal else "auto", width=80)
        with console.capture() as captured:
            console.print(render_diff(compare_files(*folders)), soft_wrap=True)
        assert ("\x1b[31m" in captured.get()) is is_terminal


@pytest.mark.parametrize(
    "names", [("old", "gone"), ("old/same.yaml", "new"), ("old", "empty"), ("gone.yaml", "gone.yaml")]
)
def test_what_cannot_be_compared_is_refused(folders: tuple[Path, Path], names: tuple[str, str]) -> None:
    (folders[0].parent / "empty").mkdir()
    error = refused("diff", *(folders[0].parent / name for name in names))
    assert isinstance(error, UsageError)
    assert error.fault.slug == "no-file"


def test_a_damaged_cassette_differs_from_nothing_and_counts_for_nothing(folders: tuple[Path, Path]) -> None:
    (folders[1] / "same.yaml").write_text("interactions: [\n")
    for arguments in (("diff", *folders), ("stats", folders[1])):
        error = refused(*arguments)
        assert isinstance(error, CassetteError)
        assert error.fault.path == folders[1] / "same.yaml"


def test_stats_count_what_a_family_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    (tmp_path / "fixtures.toml").write_text(REGISTRY + '[fixture.box_other]\nbackend = "box"\nkind = "live"\n')
    folder = tmp_path / "cassettes" / "box_live"
    write_cassette(folder / "deep" / "one.yaml", TAPE, Provenance("box_live", "2026-01-31"))
    large = Interaction(TAPE[0].request, Response(500, body=b"x" * 100_000))
    write_cassette(folder / "two.yaml", (*TAPE[:1], large, large), Provenance("box_live", "2025-12-31"))
    sizes = {name: (folder / name).stat().st_size for name in ("deep/one.yaml", "two.yaml")}
    expected = {
        "family": "box_live",
        "files": 2,
        "interactions": 7,
        "repeated": 3,
        "methods": {"PUT": 4, "GET": 3},
        "statuses": {"201": 2, "200": 3, "500": 2},
        "body_bytes": 4 * 2 + 15 + 2 * 2 + 200_000,
        "file_bytes": sum(sizes.values()),
        "compiled_bytes": 0,
        "largest": [[name, sizes[name]] for name in sorted(sizes, key=lambda name: -sizes[name])],
        "oldest": "2025-12-31",
        "newest": "2026-01-31",
    }
    assert json.loads(run("stats", "--registry", tmp_path / "fixtures.toml", "--json")[1]) == [expected]
    padded = folder / "three.yaml"
    write_cassette(
        padded, tuple(replace(item, request=Request("GET", "http://box.test/" + "k" * 20_000)) for item in TAPE), None
    )
    load_cassette(padded)
    (compiled,) = (tmp_path / "cache").iterdir()
    (one,) = json.loads(run("stats", padded, "--json")[1])
    assert (one["family"], one["compiled_bytes"], one["oldest"]) == (str(padded), compiled.stat().st_size, None)
    assert one["largest"] == [["three.yaml", padded.stat().st_size]]


def test_the_table_of_stats_has_a_row_a_family(folders: tuple[Path, Path]) -> None:
    code, output = run("stats", *folders)
    assert code == 0
    assert "6 cassettes, 14 interactions" in output
    for word in ("repeated", "PUT", "201", "2026-01-31", "changed.yaml"):
        assert word in output


def test_stats_of_what_is_not_there_are_refused(tmp_path: Path) -> None:
    assert refused("stats", tmp_path / "gone").fault.slug == "no-file"
    assert isinstance(refused("stats", "--registry", tmp_path / "gone.toml"), RegistryError)
