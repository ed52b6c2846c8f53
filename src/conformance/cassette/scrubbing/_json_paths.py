"""Places in JSON by path, as spans of its text, so that nothing else of it changes.

A path is a part of JSONPath (RFC 9535): ``$.a.b``, ``$.a[0]``, ``$.a[*].b``, ``$['a b']``, ``$..name``. Text that is
not whole JSON is read as far as it goes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Step = tuple[Literal["name", "any", "deep"], str]
Place = tuple[str, ...]

STEP = re.compile(r"\.\.?(?:([A-Za-z_][\w-]*)|\*)|(?:\.\.)?\[(?:(\d+)|\*|'([^']*)'|\"([^\"]*)\")\]")
TOKEN = re.compile(rb'\s*(?:([{}\[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}\[\],:"]+)|(\Z|.))', re.DOTALL)


def parse_path(text: str) -> tuple[Step, ...]:
    """Return the steps of a path.

    Raises:
        ValueError: It is no path; the message says what is wrong.
    """
    if not text.startswith("$"):
        message = "a path begins with $"
        raise ValueError(message)
    steps: list[Step] = []
    at = 1
    while at < len(text):
        step = STEP.match(text, at)
        if step is None:
            message = f"{text[at:]!r} is no step of a path"
            raise ValueError(message)
        if step.group().startswith(".."):
            steps.append(("deep", ""))
        name = next((group for group in step.groups() if group is not None), None)
        steps.append(("any", "") if name is None else ("name", name))
        at = step.end()
    if not steps:
        message = "a path has a step"
        raise ValueError(message)
    return tuple(steps)


def last_name(steps: tuple[Step, ...]) -> str:
    """Return the last name of a path; empty where it has none."""
    return next((name for kind, name in reversed(steps) if kind == "name" and not name.isdigit()), "")


def places(text: bytes, steps: tuple[Step, ...]) -> Iterator[tuple[int, int]]:
    """Yield the span of each scalar at a path, or below what stands there: a string with its quotes."""
    for place, start, end in scalars(text):
        if any(_is_at(place[:size], steps) for size in range(len(place), 0, -1)):
            yield start, end


def scalars(text: bytes) -> Iterator[tuple[Place, int, int]]:
    """Yield the scalars of JSON, each with its path and its span, in order."""
    stack: list[tuple[bool, str | int]] = []  # whether it is an object, and the member that is being read
    is_key = False
    for token in TOKEN.finditer(text):
        mark, string, other, _ = token.groups()
        if mark in {b"{", b"["}:
            stack.append((mark == b"{", "" if mark == b"{" else 0))
            is_key = mark == b"{"
        elif mark in {b"}", b"]"}:
            if stack:
                stack.pop()
            is_key = False
        elif mark == b",":
            is_object, key = stack[-1] if stack else (False, 0)
            if stack and not is_object:
                stack[-1] = (False, int(key) + 1)
            is_key = is_object
        elif mark == b":":
            is_key = False
        elif is_key and string is not None and stack:
            stack[-1] = (True, _decoded(string))
        elif string is not None or other is not None:
            start, end = token.span(2 if string is not None else 3)
            yield tuple(str(key) for _, key in stack), start, end


def _decoded(string: bytes) -> str:
    try:
        return str(json.loads(string))
    except ValueError:
        return string[1:-1].decode("utf-8", "replace")


def _is_at(place: Place, steps: tuple[Step, ...]) -> bool:
    if not steps:
        return not place
    kind, name = steps[0]
    if kind == "deep":
        return any(_is_at(place[at:], steps[1:]) for at in range(len(place)))
    return bool(place) and (kind == "any" or place[0] == name) and _is_at(place[1:], steps[1:])
