"""One writer at a time for a cassette, over the threads and processes of one user on one machine."""

from __future__ import annotations

import getpass
import hashlib
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until nobody else has the lock of a cassette, and hold it.

    The lock is a file in the folder for temporary files, named after the cassette's path: beside the cassette it would
    have to be kept out of version control, and could not be removed without a race.
    """
    folder = Path(tempfile.gettempdir()) / f"conformance-locks-{getpass.getuser()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    with FileLock(folder / f"{name}.lock"):
        yield
