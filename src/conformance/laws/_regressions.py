"""A counter-example as a test that plain pytest collects, and that passes once its target is mended."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import TYPE_CHECKING

from conformance.cassette import Request
from conformance.laws._planting import Planted

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.laws._law import Broken
    from conformance.laws._matcher_laws import Sent

TEMPLATE = '''"""{target} breaks {law}: {statement}

{where}

Found by `conformance fuzz`; passes once the target keeps the law with this example.
"""

{imports}


def test_{name}() -> None:
    example = {example}
    holds("{law}", {named}, example)
'''
DIGITS = 10


def regression_name(broken: Broken) -> str:
    """Return the name of the test of a counter-example, the same for the same one: law and digest."""
    digest = hashlib.sha256(f"{broken.law} {broken.target} {broken.example!r}".encode()).hexdigest()
    return f"{broken.law.replace('-', '_')}_{digest[:DIGITS]}"


def render_regression(broken: Broken, *, registry: str = "fixtures.toml") -> str:
    """Return the text of a test module.

    Args:
        broken: The counter-example.
        registry: The path of the registry that declares the target, where it is a fixture.
    """
    is_planted = isinstance(broken.example, Planted)
    words = ["Planted", "Secret", "holds"] if is_planted else ["Sent", "holds"]
    imports = [] if is_planted else [f"from {Request.__module__.rpartition('.')[0]} import Request"]
    named = json.dumps(broken.target)
    if broken.target.startswith("fixture:"):
        imports.append("from conformance.cli import fuzz_target")
        sort = "scrubber" if is_planted else "matcher"
        named = f'fuzz_target({named}, registry={json.dumps(registry)}, sort="{sort}")'
    imports.append(f"from conformance.laws import {', '.join(words)}")
    where = broken.where.encode("ascii", "backslashreplace").decode().replace("\\", "\\\\").replace('"', "'")
    return TEMPLATE.format(
        target=broken.target,
        law=broken.law,
        statement=broken.statement,
        where=where,
        imports="\n".join(imports),
        name=regression_name(broken),
        example=_literal(broken.example),
        named=named,
    )


def _literal(example: Planted | Sent) -> str:
    """Return the source of an example, a line a field."""
    lines = [f"        {field.name}={getattr(example, field.name)!r}," for field in fields(example)]
    return "\n".join([f"{type(example).__name__}(", *lines, "    )"])


def write_regression(broken: Broken, folder: Path, *, registry: str = "fixtures.toml") -> Path:
    """Write the test of a counter-example into a folder, which is made; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"test_{regression_name(broken)}.py"
    path.write_text(render_regression(broken, registry=registry), encoding="utf-8")
    return path
