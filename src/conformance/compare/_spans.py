"""The shortest parts in which texts differ, each with the text before it that does not."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.compare._shapes import HTTP_DATE, ISO_DATE

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN = re.compile(rf"{HTTP_DATE}|(?<!\d){ISO_DATE}(?!\d)|[0-9A-Za-z]+(?:[-_][0-9A-Za-z]+)*|\s+|.", re.DOTALL)
NEAREST = re.compile(r"[0-9A-Za-z_](?:[\w-]*[0-9A-Za-z_])?[^0-9A-Za-z_\n]{0,8}\Z")
WORD = re.compile(r"[0-9A-Za-z]|\n")
MOST_TOKENS = 3000


@dataclass(frozen=True, slots=True)
class Span:
    """One part in which texts differ.

    Attributes:
        context: The nearest word before it, with what is between; empty at the beginning of a line.
        line: All that is before it on its line, as far as it is the same.
        values: What stands there in each text.
    """

    context: str
    line: str
    values: tuple[str, ...]


def spans_of(texts: Sequence[str]) -> list[Span] | None:
    """Return the parts in which texts differ, in order; None where they have no word in common, or are too long.

    Texts of as many lines are held against each other line by line. Parts with no word and no end of a line between
    them are one.
    """
    lines = [text.split("\n") for text in texts]
    rows = list(zip(*lines, strict=True)) if len({len(each) for each in lines}) == 1 else [tuple(texts)]
    spans: list[Span] = []
    has_common = False
    for row in rows:
        tokens = [TOKEN.findall(text) for text in row] if len(set(row)) > 1 else [list(row[:1])] * len(row)
        if max(map(len, tokens)) > MOST_TOKENS:
            return None
        found, outside = _row_spans(tokens)
        spans += found
        has_common = has_common or WORD.search(outside) is not None
    return spans if has_common else None


def _row_spans(tokens: Sequence[list[str]]) -> tuple[list[Span], str]:
    """Return the spans, and all that is outside of them."""
    base, *others = tokens
    blocks = [difflib.SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks() for other in others]
    spans = []
    outside = ""
    last = 0
    for start, end in _merged(base, [edge for found in blocks for edge in _between(found)]):
        before = "".join(base[last:start])
        line = before.rpartition("\n")[2]
        nearest = NEAREST.search(line) or re.search(r".{0,8}\Z", line)
        values = ["".join(base[start:end])]
        for other, found in zip(others, blocks, strict=True):
            values.append("".join(other[_start(found, start) : _end(found, end)]))
        spans.append(Span(nearest[0] if nearest else "", line, tuple(values)))
        outside += before
        last = end
    return spans, outside + "".join(base[last:])


def _between(blocks: Sequence[difflib.Match]) -> list[tuple[int, int]]:
    """Return the stretches of the base that are outside of what matches, and where something is put in."""
    found, at, to = [], 0, 0
    for block in blocks:
        if block.a > at or block.b > to:
            found.append((at, block.a))
        at, to = block.a + block.size, block.b + block.size
    return found


def _merged(base: Sequence[str], edges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(edges):
        if merged and (start <= merged[-1][1] or not WORD.search("".join(base[merged[-1][1] : start]))):
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _start(blocks: Sequence[difflib.Match], place: int) -> int:
    """Return where a start in the base is in the other text, before whatever is put in there."""
    before = [block for block in blocks if block.a < place]
    return before[-1].b + min(before[-1].size, place - before[-1].a) if before else 0


def _end(blocks: Sequence[difflib.Match], place: int) -> int:
    """Return where an end in the base is in the other text, behind whatever is put in there."""
    after = next((block for block in blocks if block.a + block.size > place), blocks[-1])
    return after.b + max(0, place - after.a)
