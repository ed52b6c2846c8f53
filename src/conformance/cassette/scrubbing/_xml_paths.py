"""Places in XML by path, as spans of its text, so that nothing else of it changes.

A path is a part of XPath: ``/a/b``, ``//b``, ``//a/*/c``, ``//a/@b``. Names are compared without their prefixes. Text
that is not whole XML is read as far as it goes.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = re.compile(r"(?://?(?:[\w.-]+|\*))+(?:/@[\w.-]+)?|//?@[\w.-]+")
STEP = re.compile(r"(//?)(@?[\w.-]+|\*)")

Step = tuple[bool, str]  # whether it may stand at any depth, and its name


def parse_path(text: str) -> tuple[Step, ...]:
    """Return the steps of a path.

    Raises:
        ValueError: It is no path.
    """
    if not PATH.fullmatch(text):
        message = "a path looks like /a/b, //b or //a/@b"
        raise ValueError(message)
    return tuple((step[1] == "//", step[2]) for step in STEP.finditer(text))


def last_name(steps: tuple[Step, ...]) -> str:
    """Return the last name of a path; empty where it is any."""
    return steps[-1][1].lstrip("@").replace("*", "")


def places(text: bytes, steps: tuple[Step, ...]) -> Iterator[tuple[int, int]]:
    """Yield the span of each value at a path: what an element holds, or what an attribute says within its quotes."""
    attribute = steps[-1][1][1:] if steps[-1][1].startswith("@") else None
    reader = _Reader(text, (steps[:-1] or ((True, "*"),)) if attribute else steps, attribute)
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, _: reader.start(name, parser.CurrentByteIndex)
    parser.EndElementHandler = lambda _: reader.end(parser.CurrentByteIndex)
    with suppress(expat.ExpatError):  # what was read so far counts
        parser.Parse(text, True)  # noqa: FBT003  (expat takes it by position)
    yield from sorted(reader.found)


class _Reader:
    """Collects spans while a document is read."""

    def __init__(self, text: bytes, steps: tuple[Step, ...], attribute: str | None) -> None:
        self._text = text
        self._steps = steps
        self._attribute = attribute
        self._open: list[tuple[str, int]] = []
        self.found: list[tuple[int, int]] = []

    def start(self, name: str, at: int) -> None:
        local = name.rpartition(":")[2]
        tag_end = _tag_end(self._text, at)
        self._open.append((local, tag_end))
        if self._attribute and _is_at([each for each, _ in self._open], self._steps):
            pattern = rb"\s(?:[\w.-]+:)?" + re.escape(self._attribute.encode()) + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
            value = re.compile(pattern).search(self._text, at, tag_end)
            if value:
                self.found.append(value.span(1 if value[1] is not None else 2))

    def end(self, at: int) -> None:
        start = self._open[-1][1]
        is_there = not self._attribute and _is_at([each for each, _ in self._open], self._steps)
        self._open.pop()
        if is_there and start < at:
            self.found.append((start, at))


def _tag_end(text: bytes, at: int) -> int:
    tag = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>").match(text, at)
    return tag.end() if tag else at


def _is_at(names: list[str], steps: tuple[Step, ...]) -> bool:
    if not steps:
        return not names
    is_deep, name = steps[-1]
    if not names or (name not in {"*", names[-1]}):
        return False
    rest = steps[:-1]
    if is_deep:
        return not rest or any(_is_at(names[:size], rest) for size in range(len(names) - 1, 0, -1))
    return _is_at(names[:-1], rest)
