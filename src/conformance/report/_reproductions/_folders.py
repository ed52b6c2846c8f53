"""The folder beside a report with a script for each finding, and with the requests that it sends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.contract import Finding
    from conformance.report._reproductions._curl import CurlScript

LONGEST_NAME = 60
OURS = "[0-9][0-9]*-*"


def script_path(folder: Path, number: int, finding: Finding) -> Path:
    """Return where the script of a finding is: a number and its group, in small letters, digits and hyphens.

    Args:
        folder: The folder of the report.
        number: Which finding of the report it is, from 1.
        finding: The finding.
    """
    words = re.sub(r"[^a-z0-9]+", "-", finding.group.lower()).strip("-")[:LONGEST_NAME].strip("-")
    return folder / f"{number:02}-{words}.py"


def write_scripts(folder: Path, scripts: Mapping[Path, tuple[str, CurlScript]]) -> None:
    """Write scripts, and remove those of an earlier report.

    Args:
        folder: The folder of the report; it is made.
        scripts: By path of the Python script, its text, and the commands of curl; these have no text without requests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(OURS):
        old.unlink()
    for path, (text, curl) in scripts.items():
        path.write_text(text, "utf-8")
        if curl.text:
            path.with_suffix(".sh").write_text(curl.text, "utf-8", newline="\n")
        for name, body in curl.files.items():
            (folder / name).write_bytes(body)


def scripts_of(path: Path) -> Iterable[Path]:
    """Return the scripts of a finding that are on disk: the Python one, then that of curl."""
    return [each for each in (path, path.with_suffix(".sh")) if each.is_file()]
