"""Credentials known by their shape, wherever they stand. Stands in for ``find_shapes`` of the cassette package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SHAPES = {
    "shape.key_id": re.compile(rb"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])"),
    "shape.jwt": re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    "shape.private_key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "shape.bearer": re.compile(rb"(?i:\bbearer)(?: |%20|\+)[A-Za-z0-9._~+/-]{20,}=*"),
    "shape.account_key": re.compile(rb"AccountKey(?:=|%3[Dd])[A-Za-z0-9+/%]{40,}=*"),
    "shape.sig": re.compile(rb"\bsig(?:=|%3[Dd])[A-Za-z0-9+/%_-]{20,}=*"),
}


def find_shapes(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the name of a shape, and where what has it begins and ends, shape by shape."""
    for name, pattern in SHAPES.items():
        for found in pattern.finditer(data):
            yield name, *found.span()
