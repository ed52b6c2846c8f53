"""Runs a reproduction in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Reproduced:
    """What a script did.

    Attributes:
        exit_code: Its exit code; None where it was stopped for the time that it took.
        printed: What it printed on stdout.
        complained: What it printed on stderr.
    """

    exit_code: int | None
    printed: str
    complained: str


def reproduced(
    script: Path,
    *,
    python: str = sys.executable,
    timeout_s: float = 60.0,
    folder: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Reproduced:
    """Run a script in a process of its own, and return what it did.

    Args:
        script: The script, with nothing that is secret in it.
        python: The interpreter.
        timeout_s: When it is stopped.
        folder: Where it runs; by default here.
        variables: Of its environment, beside those of this process.
    """
    try:
        done = subprocess.run(  # noqa: S603  (runs this interpreter on what was made here)
            [python, str(script)],
            capture_output=True,
            cwd=folder,
            timeout=timeout_s,
            check=False,
            env={**os.environ, **(variables or {})},
        )
    except subprocess.TimeoutExpired as stopped:
        return Reproduced(None, _text(stopped.stdout), _text(stopped.stderr))
    return Reproduced(done.returncode, _text(done.stdout), _text(done.stderr))


def _text(printed: bytes | None) -> str:
    return (printed or b"").decode("utf-8", "replace")
