"""What `conformance learn` refuses before it runs anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_main import REGISTRY, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["box_replay"], "box_replay is a replay, and records nothing.\n  Learn from box_live, which it replays."),
        (["box_local"], 'box_local is recorded for no fixture.\n  Declare one with replays = "box_local"'),
        (["box_life"], "declares no fixture 'box_life'.\n  Did you mean box_live?"),
        (["box_live", "--write", "fixtures.toml"], "fixtures.toml exists.\n  Name a new file"),
        (["box_live", "--json", "none/such.json"], "There is no folder none.\n  Name a new file"),
    ],
)
def test_what_cannot_be_learned_from_or_written_is_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "fixtures.toml").write_text(REGISTRY)
    done = run("learn", *arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert (tmp_path / "fixtures.toml").read_text() == REGISTRY
