"""Cassettes that no test asks for any more: tests were renamed or removed, and their recordings stayed."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from conformance.cassette import cassette_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.registry import Registry


def find_orphans(registry: Registry, collected: Iterable[tuple[str, str, str]]) -> Iterator[Path]:
    """Yield the cassettes that belong to no test.

    Those of a module that was not collected are left out, but where it is gone: nothing is known of its tests.

    Args:
        registry: Where the cassettes are.
        collected: Family, module (its path below the root, without suffix) and test, of every test of the run.
    """
    root = registry.path.parent
    known = [
        (family, module, registry.cassettes / cassette_name(family, module, test)) for family, module, test in collected
    ]
    families = {family for family, _, _ in known}
    expected = {path for _, _, path in known} | set(_of_traces(registry, families))
    folders = {path.parent for path in expected}
    for family in families:
        for path in sorted((registry.cassettes / family).rglob("*.yaml")):
            module = path.parent.relative_to(registry.cassettes / family)
            is_plain = cassette_name(family, module.as_posix(), "any").parent == PurePosixPath(family, module)
            is_gone = is_plain and not (root / module).with_suffix(".py").is_file()
            if path not in expected and (path.parent in folders or is_gone) and not path.name.startswith("."):
                yield path


def _of_traces(registry: Registry, families: Iterable[str]) -> Iterator[Path]:
    """Yield the cassettes that traces have or would have, whether or not they are in this run."""
    for path in registry.traces.rglob("*.toml"):
        yield from (registry.cassettes / cassette_name(family, *registry.trace_id(path)) for family in families)
