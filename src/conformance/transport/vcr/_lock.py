"""One writer at a time for one file, between threads and processes of this machine."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for, and hold, the lock of a file; the lock itself lies outside the repository."""
    folder = user_cache_path("conformance", appauthor=False) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
    with FileLock(folder / f"{name}.lock"):
        yield
