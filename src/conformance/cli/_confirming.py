"""Confirms what a run found: everything is run again in fresh processes, with services of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract import Verdict
from conformance.errors import EnvironmentFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract import Exploration, Finding

TIMES = 2
SECONDS = 60.0
SECONDS_A_FINDING = 15.0
COMMAND = "import sys; from conformance.cli import main; sys.exit(main())"
NOT_SHOWN = 1
LINES_OF_A_FAULT = 2


def confirmed(
    exploration: Exploration, report: Path, *, registry: Path, tell: Callable[[str, int, int], None]
) -> tuple[Exploration, str]:
    """Run the findings of a report in fresh processes; return the exploration with how often each was shown again.

    What was not shown every time is ``FLAKY``.

    Args:
        exploration: What the report holds.
        report: The report.
        registry: The fixtures.toml.
        tell: Called with what is being done, how far it is, and how far it goes.

    Returns:
        The exploration, and why it could not be confirmed: then no verdict is changed.
    """
    counts: Counter[str] = Counter()
    why = ""
    if exploration.findings:
        for at in range(TIMES):
            tell("confirming in a fresh process", at, TIMES)
            try:
                counts.update(_shown_again(report, registry, SECONDS + SECONDS_A_FINDING * len(exploration.findings)))
            except EnvironmentFault as fault:
                why = fault.fault.what
    found = tuple(_counted(each, counts[each.group], is_judged=not why) for each in exploration.findings)
    return replace(exploration, findings=found), why


def _counted(finding: Finding, count: int, *, is_judged: bool) -> Finding:
    is_flaky = is_judged and count < TIMES
    return replace(finding, reproduced=count, verdict=Verdict.FLAKY if is_flaky else finding.verdict)


def _shown_again(report: Path, registry: Path, timeout_s: float) -> list[str]:
    """Return the groups that show in a process of their own.

    Raises:
        EnvironmentFault: A service does not work there, or the process comes to no end.
    """
    with tempfile.TemporaryDirectory(prefix="conformance-", ignore_cleanup_errors=True) as folder:
        told = Path(folder) / "shown.json"
        words = ["reproduce", str(report.absolute()), "--registry", str(registry.absolute()), "--json", str(told)]
        try:
            done = subprocess.run(  # noqa: S603  (runs this interpreter on what was written here)
                [sys.executable, "-c", COMMAND, *words], capture_output=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired as stopped:
            raise EnvironmentFault(f"The findings do not run within {timeout_s:.0f} s.") from stopped
        if done.returncode not in (0, NOT_SHOWN):
            said = _said(done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
            raise EnvironmentFault(f"A fresh process cannot run the findings: {said}")
        return [each["group"] for each in json.loads(told.read_text("utf-8")) if each["shown"] == "shown"]


def _said(printed: str, complained: str) -> str:
    """Return why a process did not run the findings: what it could not judge, or else the end of its complaint."""
    faults = [line for line in printed.splitlines() if line.startswith(Verdict.ENVIRONMENT)]
    return faults[0] if faults else " ".join(complained.strip().splitlines()[-LINES_OF_A_FAULT:])
