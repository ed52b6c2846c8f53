"""The failures of the last run, each kept as a trace with what was observed: `conformance guard --from-failure`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import UsageError
from conformance.trace._files import load_trace
from conformance.trace._rendering import render_trace

if TYPE_CHECKING:
    from conformance.trace._trace import Trace

OWN = ".conformance"
PLACE = Path(OWN) / "failures"
MARK = "# failed: "


def own_folder(root: Path) -> Path:
    """Return the folder beside fixtures.toml for what a run leaves behind; it is made, and git ignores it."""
    folder = root / OWN
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", "utf-8")
    return folder


def keep_failure(root: Path, nodeid: str, trace: Trace) -> None:
    """Keep a trace that failed, with what was observed (``as_observed``), in place of the one of the same test.

    Args:
        root: The folder of fixtures.toml.
        nodeid: The test, as pytest names it.
        trace: What is kept.
    """
    own_folder(root).joinpath(PLACE.name).mkdir(exist_ok=True)
    text = f"{MARK}{json.dumps(nodeid)}\n{render_trace(trace)}"
    path_of(root, nodeid).write_text(text, "utf-8", newline="\n")


def clear_failures(root: Path) -> None:
    """Forget the failures of an earlier run."""
    for path in (root / PLACE).glob("*.toml"):
        path.unlink(missing_ok=True)


def failures(root: Path) -> dict[str, Path]:
    """Return the tests that failed in the last run, by their ids in alphabetical order, and where each is kept."""
    found = {}
    for path in (root / PLACE).glob("*.toml"):
        first = path.read_text("utf-8").partition("\n")[0]
        if first.startswith(MARK):
            found[str(json.loads(first.removeprefix(MARK)))] = path
    return dict(sorted(found.items()))


def load_failure(root: Path, nodeid: str = "") -> Trace:
    """Return the trace of a failure of the last run.

    Args:
        root: The folder of fixtures.toml.
        nodeid: The test; may be left out where only one failed.

    Raises:
        UsageError: No such test failed, or several did and none is named.
    """
    found = failures(root)
    if not found:
        cure = "Run the traces first: `pytest traces`."
        raise UsageError("No trace failed in the last run.", cure, slug="no-failure")
    if nodeid and nodeid not in found:
        cure = "Name one of them, or run it again."
        raise UsageError(f"{nodeid} did not fail in the last run.", cure, slug="no-failure", details=list(found))
    if not nodeid and len(found) > 1:
        what = f"{len(found)} traces failed in the last run."
        raise UsageError(what, "Name one of them: --from-failure ID.", slug="many-failures", details=list(found))
    return load_trace(found[nodeid or next(iter(found))])


def path_of(root: Path, nodeid: str) -> Path:
    """Return where the failure of a test is kept."""
    return root / PLACE / f"{hashlib.sha256(nodeid.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.toml"
