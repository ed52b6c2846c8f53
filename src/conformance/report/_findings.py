"""What an audit found: never the secret itself, but where it stands and how long it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.errors import ConformanceError


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be in a file.

    Attributes:
        path: The file.
        line: From 1, as near as it can be told; None where that is not at all.
        rule: What found it: the name of a rule, or of a plugin of detect-secrets.
        place: Where on that line: ``request header x-key``, ``response body``, ``text``; what is wrong, for a rule.
        characters: How long it is; 0 where a rule itself is wrong.
    """

    path: Path
    line: int | None
    rule: str
    place: str
    characters: int

    @property
    def message(self) -> str:
        """The finding on one line."""
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        size = f" ({self.characters} character{'s' * (self.characters != 1)})" if self.characters else ""
        return f"{where}: {self.rule}{size}, {self.place}"


@dataclass(slots=True)
class Audit:
    """What was looked at, and what was found.

    Attributes:
        findings: By file, then in the order in which they were found.
        files: How many files were read.
        size_bytes: How much that is.
        interactions: How many interactions they hold.
        rules: How many rules there are, each counted once a backend.
        notes: What was left out, and why.
        wrong: The files that could not be read as what they are; their bytes were swept all the same.
    """

    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    size_bytes: int = 0
    interactions: int = 0
    rules: int = 0
    notes: list[str] = field(default_factory=list)
    wrong: list[ConformanceError] = field(default_factory=list)


def render_audit(audit: Audit) -> str:
    """Return a line a finding, the notes, and over what it was found."""
    count = len(audit.findings)
    over = (
        f"{audit.files:,} files, {audit.size_bytes:,} bytes, {audit.interactions:,} interactions, {audit.rules:,} rules"
    )
    told = f"{count:,} finding{'s' * (count != 1)}" if count else "nothing found"
    return "\n".join([*(finding.message for finding in audit.findings), *audit.notes, f"{over}: {told}"])


def render_audit_json(audit: Audit) -> str:
    """Return a JSON object with the fields of ``Audit``; ``findings`` with those of ``Finding``, ``wrong`` as text."""
    findings = [asdict(finding) | {"path": str(finding.path)} for finding in audit.findings]
    counts = {name: getattr(audit, name) for name in ("files", "size_bytes", "interactions", "rules", "notes")}
    return json.dumps({"findings": findings, **counts, "wrong": [str(error) for error in audit.wrong]}, indent=2)
