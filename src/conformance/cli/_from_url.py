"""`conformance generate --url`: declares the fixture of a URL, with what it turns out to offer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from conformance.cli._declaring import declared, rendered
from conformance.cli._subjects import Subjects
from conformance.contract.file_system import FILE_SYSTEM
from conformance.errors import UsageError
from conformance.fixtures import Opener
from conformance.generate import offered_by
from conformance.registry import parse_registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.registry import Registry


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
    text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    registry = parse_registry(text, path=path)
    if found.name in registry.fixtures:
        _check_url(registry, found.name, url)
        return found.name, False
    tried = parse_registry(text + rendered(found, FILE_SYSTEM.capabilities, registry.backends), path=path)
    opener = Opener(tried)
    try:
        capabilities = offered_by(FILE_SYSTEM, Subjects(opener, tried.fixture(found.name)).open)
    finally:
        opener.close()
    with path.open("ab") as file:
        file.write(rendered(found, capabilities, registry.backends, is_first=not text).encode())
    return found.name, True


def _check_url(registry: Registry, name: str, url: str) -> None:
    known = registry.fixture(name).options.get("url")
    if known != url:
        what = f"{name} is declared for {known}, not for {url}."
        line = registry.line_of("fixture", name)
        raise UsageError(what, f"Explore it with --fixture {name}, or rename it.", path=registry.path, line=line)
