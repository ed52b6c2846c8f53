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
WIDE = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']utf-(?:16|32)", re.IGNORECASE)  # read, and in UTF-8 by now

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
    parser = expat.ParserCreate("utf-8" if WIDE.match(text) else None)
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
        self._open: list[tuple[frozenset[int], int]] = []  # how many steps may be taken, and where the tag ends
        self.found: list[tuple[int, int]] = []

    def start(self, name: str, at: int) -> None:
        above = self._open[-1][0] if self._open else frozenset({0})
        tag_end = _tag_end(self._text, at)
        self._open.append((self._below(above, name.rpartition(":")[2]), tag_end))
        if self._attribute and self._is_there():
            pattern = rb"\s(?:[\w.-]+:)?" + re.escape(self._attribute.encode()) + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')"
            value = re.compile(pattern).search(self._text, at, tag_end)
            if value:
                self.found.append(value.span(1 if value[1] is not None else 2))

    def end(self, at: int) -> None:
        is_there = not self._attribute and self._is_there()
        _, start = self._open.pop()
        if is_there and start < at:
            self.found.append((start, at))

    def _is_there(self) -> bool:
        return len(self._steps) in self._open[-1][0]

    def _below(self, above: frozenset[int], name: str) -> frozenset[int]:
        todo = [(taken, *self._steps[taken]) for taken in above if taken < len(self._steps)]
        return frozenset(
            [taken + 1 for taken, _, wanted in todo if wanted in {"*", name}]
            + [taken for taken, is_deep, _ in todo if is_deep]
        )


def _tag_end(text: bytes, at: int) -> int:
    tag = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>").match(text, at)
    return tag.end() if tag else at
