"""What arguments and outcomes are made of: plain data, and two sorts of values that only the subject knows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

#: None, bool, int, float, str, bytes, a list of values, or a mapping of names to values; Ref and Chosen among them.
Value: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Ref:
    """An argument that an earlier step's outcome holds: an ETag, an upload id, a continuation token.

    Attributes:
        step: The number of the step, from 1.
        field: The field of its value, at the top.
    """

    step: int
    field: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that the subject chose, and would choose otherwise another time; drivers wrap what they return of these.

    Two are the same value where their texts are. A model wraps a name of its own for it.
    """

    text: str

    def __str__(self) -> str:
        """Return the value itself."""
        return self.text


@dataclass(frozen=True, slots=True, eq=False)
class Digest:
    """Stands in an outcome of a trace for bytes too large to write out; equal to the bytes that it is the digest of.

    Attributes:
        sha256: In hexadecimal, lower case.
        size: In bytes.
    """

    sha256: str
    size: int

    def __eq__(self, other: object) -> bool:
        """Compare with bytes or another digest."""
        if isinstance(other, bytes):
            return len(other) == self.size and hashlib.sha256(other).hexdigest() == self.sha256
        return isinstance(other, Digest) and (other.sha256, other.size) == (self.sha256, self.size)

    __hash__ = None  # type: ignore[assignment]  # bytes that it equals have another hash

    def __len__(self) -> int:
        """Return the size of the bytes."""
        return self.size


PERIOD = bytes(range(251))


def pattern(size_bytes: int) -> bytes:
    """Return bytes that count from 0 to 250 over and over: a shift by any part or block size shows."""
    return (PERIOD * (size_bytes // len(PERIOD) + 1))[:size_bytes]


def numbered(value: Value, seen: dict[str, str]) -> Value:
    """Return a value with what the subject chose as ``$1``, ``$2`` by order of first appearance, in ``seen``."""
    if isinstance(value, Chosen):
        return Chosen(seen.setdefault(value.text, f"${len(seen) + 1}"))
    if isinstance(value, Mapping):
        return {name: numbered(each, seen) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [numbered(each, seen) for each in value]
    return value


def refs_in(value: Value) -> Iterator[Ref]:
    """Yield the references within an argument, at any depth."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from refs_in(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from refs_in(each)
