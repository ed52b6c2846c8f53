"""The command line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance

if TYPE_CHECKING:
    from pathlib import Path

REGISTRY = """
[backend.box]
driver = "box:store"
[fixture.box_live]
backend = "box"
kind = "live"
requires = { env = ["BOX_KEY"] }
[fixture.box_replay]
replays = "box_live"
[fixture.box_local]
backend = "box"
kind = "local"
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from conformance.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_fixtures_are_listed_by_stage_and_kind_with_what_they_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOX_KEY", raising=False)
    (tmp_path / "fixtures.toml").write_text(REGISTRY)
    monkeypatch.chdir(tmp_path)
    rows = json.loads(CliRunner().invoke(conformance, ["fixtures", "--json"]).stdout)
    assert [(row["stage"], row["kind"], row["name"]) for row in rows] == [
        (1, "local", "box_local"),
        (1, "replay", "box_replay"),
        (3, "live", "box_live"),
    ]
    assert [row["lacks"] for row in rows] == [[], [], ["environment variable BOX_KEY"]]
    assert [row["cassettes"] for row in rows] == [None, 0, 0]


def test_the_table_names_every_fixture_and_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOX_KEY", raising=False)
    path = tmp_path / "fixtures.toml"
    path.write_text(REGISTRY)
    shown = CliRunner().invoke(conformance, ["fixtures", "--registry", str(path)], env={"COLUMNS": "160"}).output
    for word in ("box_local", "box_replay", "box_live", "environment variable BOX_KEY", "nothing is recorded yet"):
        assert word in shown


@pytest.mark.parametrize(("option", "names"), [("--stage=1", ["box_local", "box_replay"]), ("--backend=box", None)])
def test_the_list_can_be_narrowed(tmp_path: Path, option: str, names: list[str] | None) -> None:
    path = tmp_path / "fixtures.toml"
    path.write_text(REGISTRY)
    output = CliRunner().invoke(conformance, ["fixtures", "--json", "--registry", str(path), option]).output
    found = [row["name"] for row in json.loads(output)]
    assert found == (names or ["box_local", "box_replay", "box_live"])


def test_a_broken_registry_is_a_message_and_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "fixtures.toml").write_text("[backend.box]\ndrver = 'x'\n")
    done = run("fixtures", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("fixtures.toml:2: [backend.box] drver is not a known key.")
    assert "Traceback" not in done.stderr


def test_the_demonstration_does_not_write_over_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").write_text("x")
    done = run("demo", "--into", "mine", folder=tmp_path)
    assert done.returncode == 2
    assert "not-empty" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["precious"]
