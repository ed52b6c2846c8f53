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
Reached = frozenset[int]

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
    """Yield the span of each scalar at a path, or below what stands there: a string with its quotes; in order."""
    path = _Path(steps)
    stack: list[tuple[bool, Reached, int]] = []  # of what is open: whether it is an object, its place, the next index
    here = path.begin
    is_key = False
    for token in TOKEN.finditer(text):
        mark, string, other, _ = token.groups()
        if mark in {b"{", b"["}:
            is_key = mark == b"{"
            stack.append((is_key, here, 0))
            here = path.below(here, "" if is_key else "0")
        elif mark in {b"}", b"]"}:
            if stack:
                stack.pop()
            is_key = False
        elif mark == b",":
            is_key = bool(stack) and stack[-1][0]
            if stack and not is_key:
                _, place, index = stack[-1]
                stack[-1] = (False, place, index + 1)
                here = path.below(place, str(index + 1))
        elif mark == b":":
            is_key = False
        elif is_key and string is not None:
            here = path.below(stack[-1][1], _decoded(string))
        elif (string is not None or other is not None) and path.is_at(here):
            yield token.span(2 if string is not None else 3)


class _Path:
    """The steps of a path, and how many of them the way to a place may have taken."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps
        self._known: dict[tuple[Reached, str], Reached] = {}
        self.begin = self._with_skips({0})

    def below(self, place: Reached, name: str) -> Reached:
        """Return the place of a member; what is below the end of the path is at its end."""
        if self.is_at(place):
            return place
        known = self._known.get((place, name))
        if known is None:
            known = self._with_skips(
                {at if kind == "deep" else at + 1 for at in place for kind, wanted in [self._steps[at]]
                 if kind != "name" or wanted == name}
            )  # fmt: skip
            self._known[place, name] = known
        return known

    def is_at(self, place: Reached) -> bool:
        """Return whether a place is at the end of the path."""
        return len(self._steps) in place

    def _with_skips(self, place: set[int]) -> Reached:
        """Return a place with what may follow on a step to any depth, which may also be none."""
        deep = {at + 1 for at in place if at < len(self._steps) and self._steps[at][0] == "deep"}
        return frozenset(place | deep)


def _decoded(string: bytes) -> str:
    try:
        return str(json.loads(string, strict=False))
    except ValueError:
        return string[1:-1].decode("utf-8", "replace")
