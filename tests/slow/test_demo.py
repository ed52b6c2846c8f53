"""The demonstration, from start to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.test_main import run

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demonstration_records_and_replays(tmp_path: Path) -> None:
    done = run("demo", "--into", "mine", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("6 passed") == 2
    assert len(list((tmp_path / "mine" / "cassettes").rglob("*.yaml"))) == 6
