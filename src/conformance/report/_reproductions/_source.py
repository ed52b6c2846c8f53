"""Values as Python source."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from conformance.trace import Chosen, Ref

T = TypeVar("T", str, bytes)

#: Source in pieces: text, or what stands for a value that an earlier call gave.
Pieces: TypeAlias = tuple[object, ...]
LITERAL = 80
LONGEST_PERIOD = 512


class InexpressibleError(ValueError):
    """A value for which there is no source."""


def source_of(value: object) -> str:
    """Return a value of a program as Python source.

    Raises:
        InexpressibleError: It is no such value.
    """
    return "".join(map(str, pieces_of(value, known=lambda _: None)))


def pieces_of(value: object, *, known: Callable[[object], Pieces | None]) -> Pieces:
    """Return a value as Python source; ``known`` is asked first for each value, at any depth.

    Raises:
        InexpressibleError: There is no source for it.
    """
    found = known(value)
    if found is not None:
        return found
    if type(value) in (str, bytes):
        return (_sized(value),)  # type: ignore[type-var]
    if value is None or type(value) in (bool, int, float, complex):
        return (repr(value),)
    if isinstance(value, (Ref, Chosen)):
        return (repr(value),)
    if type(value) in (list, tuple, set, frozenset) or isinstance(value, Mapping):
        return tuple(_container(value, known))
    return tuple(_object(value, known))


def imports_of(value: object) -> set[str]:
    """Return the imports that the source of a value needs."""
    if isinstance(value, Mapping):
        return {each for item in value.values() for each in imports_of(item)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return {each for item in value for each in imports_of(item)}
    if isinstance(value, io.BytesIO):
        return {"import io"}
    kind = type(value)
    if kind.__module__ == "builtins":
        return set()
    inner = {} if isinstance(value, Enum) else getattr(value, "__dict__", {})
    return {f"from {_home_of(kind)} import {kind.__qualname__}"} | imports_of(inner)


def _home_of(kind: type) -> str:
    """Return the shortest name of a module that has a class: not the private one that it is written in."""
    words = kind.__module__.split(".")
    names = [".".join(words[:count]) for count in range(1, len(words))]
    homes = (name for name in names if getattr(sys.modules.get(name), kind.__qualname__, None) is kind)
    return next(homes, kind.__module__)


def _sized(value: T) -> str:
    """Return text or bytes: what is long and repeats itself as an expression, and all else as it is."""
    if len(value) <= LITERAL:
        return repr(value)
    for period in range(1, min(len(value) // 2, LONGEST_PERIOD) + 1):
        if value.startswith(value[period : period + LITERAL]) and value[period:] == value[:-period]:
            whole, rest = divmod(len(value), period)
            unit = _unit(value[:period])
            return f"{unit} * {whole}" if not rest else f"({unit} * {whole + 1})[:{len(value)}]"
    return repr(value)


def _unit(unit: T) -> str:
    if isinstance(unit, bytes) and len(unit) > 1 and unit == bytes(range(len(unit))):
        return f"bytes(range({len(unit)}))"
    return repr(unit)


def _container(value: Any, known: Callable[[object], Pieces | None]) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield (", " if number else "") + f"{source_of(key)}: "
            yield from pieces_of(item, known=known)
        yield "}"
        return
    before, after = ("[", "]") if isinstance(value, list) else (f"{type(value).__name__}([", "])")
    yield before
    for number, item in enumerate(value):
        if number:
            yield ", "
        yield from pieces_of(item, known=known)
    yield after


def _object(value: object, known: Callable[[object], Pieces | None]) -> Iterator[object]:
    """Yield the source of an enumeration's member, or of an object that its attributes make again."""
    kind = type(value)
    if isinstance(value, Enum):
        yield f"{kind.__qualname__}.{value.name}"
    elif isinstance(value, io.BytesIO):
        yield f"io.BytesIO({_sized(value.getvalue())})"
    else:
        attributes = {name: each for name, each in getattr(value, "__dict__", {}).items() if each is not None}
        try:
            again = kind(**attributes)
        except Exception as error:
            raise InexpressibleError(repr(value)) from error
        if not attributes or vars(again) != vars(value):
            raise InexpressibleError(repr(value))
        yield f"{kind.__qualname__}("
        for number, (name, each) in enumerate(attributes.items()):
            yield (", " if number else "") + f"{name}="
            yield from pieces_of(each, known=known)
        yield ")"
