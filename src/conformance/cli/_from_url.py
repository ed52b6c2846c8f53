"""`conformance generate --url`: declares the fixture of a URL, with what it turns out to offer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from conformance.cli._declaring import declared, write_declared
from conformance.cli._subjects import Subjects
from conformance.contract.file_system import FILE_SYSTEM
from conformance.fixtures import Opener
from conformance.generate import offered_by
from conformance.registry import load_registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def declare_url(path: Path, url: str, options: Sequence[str]) -> tuple[str, bool]:
    """Declare the fixture of a URL in a registry, unless it is declared there; what is there stays as it is.

    Args:
        path: fixtures.toml; made where it is not there.
        url: A URL of fsspec.
        options: Storage options, as ``NAME=VALUE`` or ``NAME=env:VARIABLE``.

    Returns:
        The name of the fixture, and whether it was written.

    Raises:
        ConformanceError: The URL or an option is wrong, or the fixture cannot be opened; nothing is left behind.
    """
    found = declared(url, options, os.environ)
    before = path.read_bytes() if path.exists() else None
    registry = load_registry(path) if before is not None else None
    if registry is not None and found.name in registry.fixtures:
        return found.name, False
    backends = [spec.backend for spec in registry.fixtures.values()] if registry is not None else []
    try:
        write_declared(path, found, FILE_SYSTEM.capabilities, backends)
        opener = Opener(load_registry(path))
        try:
            capabilities = offered_by(FILE_SYSTEM, Subjects(opener, load_registry(path).fixture(found.name)).open)
        finally:
            opener.close()
    except BaseException:
        _put_back(path, before)
        raise
    _put_back(path, before)
    write_declared(path, found, capabilities, backends)
    return found.name, True


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(before)
