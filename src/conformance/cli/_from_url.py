"""`conformance generate --url`: declares the fixture of a URL, with what it turns out to offer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from conformance.cli._declaring import declared, rendered
from conformance.cli._subjects import Subjects
from conformance.contract.file_system import FILE_SYSTEM
from conformance.errors import ConformanceError, EnvironmentFault, UsageError
from conformance.fixtures import Opener
from conformance.generate import offered_by
from conformance.registry import parse_registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.cli._declaring import Declared
    from conformance.registry import FixtureSpec, Registry


def declare_url(path: Path, url: str, options: Sequence[str]) -> tuple[str, list[str]]:
    """Declare the fixture of a URL in a registry, unless it is declared there; what is there stays as it is.

    Args:
        path: fixtures.toml; made where it is not there.
        url: A URL of fsspec.
        options: Storage options, as ``NAME=VALUE`` or ``NAME=env:VARIABLE``.

    Returns:
        The name of the fixture, and what was done, a line each; nothing where it is declared.

    Raises:
        EnvironmentFault: What the URL names does not answer, or refuses.
        ConformanceError: The URL or an option is wrong, or the fixture cannot be opened; the file is as it was.
    """
    found = declared(url, options, os.environ)
    text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    registry = parse_registry(text, path=path)
    if found.name in registry.fixtures:
        _check_url(registry, found.name, url)
        return found.name, []
    tried = parse_registry(text + rendered(found, FILE_SYSTEM.capabilities, registry.backends), path=path)
    capabilities, done = _tried(tried, found, url)
    with path.open("ab") as file:
        file.write(rendered(found, capabilities, registry.backends, is_first=not text).encode())
    return found.name, [*done, f"{path}: [fixture.{found.name}] is new"]


def _tried(registry: Registry, found: Declared, url: str) -> tuple[frozenset[str], list[str]]:
    """Return what the fixture of a URL offers, and what had to be done for it."""
    spec = registry.fixture(found.name)
    opener = Opener(registry)
    try:
        done = [_made(opener, spec, found)] if found.container else []
        return offered_by(FILE_SYSTEM, Subjects(opener, spec).open), [each for each in done if each]
    except (ConformanceError, KeyboardInterrupt):
        raise
    except Exception as error:
        where = str(found.options.get("endpoint_url", ""))
        what = f"{url}{f' at {where}' if where else ''} cannot be used: {type(error).__name__}: {error}"
        cure = "See that the server runs, and that the credentials may use it; fixtures.toml is as it was."
        raise EnvironmentFault(what, cure) from error
    finally:
        opener.close()


def _made(opener: Opener, spec: FixtureSpec, found: Declared) -> str:
    """Make the bucket or container of a URL where a service on this machine lacks it; return what was done.

    Raises:
        UsageError: A live account lacks it: what is made there may cost, so that is left to its owner.
    """
    opened = opener.open(spec, "direct", module="generate", test="container", mend="")
    try:
        files = opened.subject.client
        try:
            files.info(found.container)
        except FileNotFoundError:
            if found.kind != "service":
                raise UsageError(f"There is no {found.container} in this account.", "Make it first.") from None
            files.mkdir(found.container)
            return f"{found.container} is new: it was not there"
    finally:
        opened.close()
    return ""


def _check_url(registry: Registry, name: str, url: str) -> None:
    known = registry.fixture(name).options.get("url")
    if known != url:
        what = f"{name} is declared for {known}, not for {url}."
        line = registry.line_of("fixture", name)
        raise UsageError(what, f"Explore it with --fixture {name}, or rename it.", path=registry.path, line=line)
