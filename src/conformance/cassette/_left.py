"""What killed recordings left beside a cassette, once it has been recorded again."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from conformance.cassette._beside import folder_of
from conformance.cassette._locks import locked

if TYPE_CHECKING:
    from pathlib import Path


def remove_left(cassette: Path) -> None:
    """Remove the journals of killed recordings of a cassette, and what they were writing in its place.

    The journals of processes that still run stay. Call it when the cassette was recorded anew, and nothing of theirs is
    wanted any more.
    """
    journal = re.compile(rf"\.{re.escape(cassette.name)}\.(\d+)-[0-9a-f]{{8}}\.journal")
    with locked(cassette):  # whoever puts it in place has the lock until then
        for path in _beside(cassette):
            found = journal.fullmatch(path.name)
            if path.suffix == ".new" or (found and not _is_running(int(found[1]))):
                with suppress(PermissionError):  # on Windows, where a file that a process has open cannot be removed
                    path.unlink(missing_ok=True)


def _beside(cassette: Path) -> list[Path]:
    own = [path for path in _files(cassette.parent) if path.name.startswith(f".{cassette.name}.")]
    return own + [path for path in _files(folder_of(cassette)) if path.suffix == ".new"]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _is_running(pid: int) -> bool:
    if os.name == "nt":
        return False  # signal 0 would interrupt the process there, which still has its journal open
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
