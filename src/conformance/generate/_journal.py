"""The journal of an exploration: one event a line, those of a program together, on disk before the next one runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.errors import UsageError
from conformance.generate._harvest import Harvest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Self

SCHEMA = 1


class Journal:
    """The events of an exploration, in memory and in a file that a process that is killed leaves behind.

    Attributes:
        harvest: What they add up to.
        resumed: How many programs an earlier run left in the file.
    """

    def __init__(self, path: Path, *, contract: str, fixture: str) -> None:
        """Open the file, and take in what an earlier run left there; a last program that is cut off is dropped.

        Raises:
            UsageError: The file is of another contract, of a newer version, or is no journal.
        """
        self.path = path
        self.harvest = Harvest()
        head = {"kind": "head", "schema": SCHEMA, "contract": contract, "fixture": fixture}
        whole = self._read(head) if path.exists() else b""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
        self._file.truncate(len(whole))
        self._file.seek(len(whole))
        if not whole:
            self._write(head)
        self.resumed = self.harvest.programs

    def _read(self, head: Mapping[str, Any]) -> bytes:
        data = self.path.read_bytes()
        size, end = 0, 0
        program: list[Mapping[str, Any]] = []
        for number, line in enumerate(data[: data.rfind(b"\n") + 1].splitlines(keepends=True), start=1):
            size += len(line)
            try:
                event = json.loads(line)
                if number == 1 and event != head:
                    raise self._foreign(f"is of {event.get('contract')}, schema {event.get('schema')}", number)
                program.append(event)
                if event["kind"] in ("head", "ran"):
                    for each in program:
                        self.harvest.apply(each)
                    program, end = [], size
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise self._foreign("is not an event of an exploration", number) from error
        return data[:end]

    def _foreign(self, what: str, number: int) -> UsageError:
        cure = "Remove the file, or start anew with --fresh."
        return UsageError(f"{self.path}:{number}: {what}.", cure, slug="foreign-journal")

    def add(self, *events: Mapping[str, Any]) -> None:
        """Write the events of one program, the one that it ran last, and take them in."""
        self._write(*events)
        for event in events:
            self.harvest.apply(event)

    def _write(self, *events: Mapping[str, Any]) -> None:
        lines = [json.dumps(event, separators=(",", ":")).encode() + b"\n" for event in events]
        self._file.write(b"".join(lines))

    def close(self) -> None:
        """Close the file; it stays."""
        self._file.close()

    def remove(self) -> None:
        """Close the file and remove it: all that it held is kept elsewhere."""
        self.close()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """Return the journal."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()
