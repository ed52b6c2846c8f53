"""The demonstration, from start to end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.cli.test_main import run

if TYPE_CHECKING:
    from pathlib import Path


def test_the_demonstration_explores_records_and_replays(tmp_path: Path) -> None:
    done = run("demo", "--into", "mine", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    traces = sorted(path.stem for path in (tmp_path / "mine" / "traces" / "object_store").glob("*.toml"))
    cassettes = sorted(path.stem for path in (tmp_path / "mine" / "cassettes" / "s3_moto").rglob("*.yaml"))
    assert traces
    assert cassettes == traces
    assert f"{len(traces)} passed" in done.stdout
    assert "skipped" not in done.stdout
    shown = re.findall(r"^diverges  (.+)\n(?:  .*\n)+?  got       ", done.stdout, re.MULTILINE)
    (found,) = re.findall(r"(\d+) divergences: conformance report", done.stdout)
    assert len(shown) == min(3, int(found)) > 0
