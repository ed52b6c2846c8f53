"""Finds what is known by its form alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.cassette.scrubbing._escapes import as_escaped, views
from conformance.cassette.scrubbing._finders import Span
from conformance.cassette.scrubbing._rules import FindsInText
from conformance.cassette.scrubbing._stand_ins import REDACTED, stand_in_of

if TYPE_CHECKING:
    from conformance.cassette.scrubbing._rules import Expect, Sort


SIGNED = ("sig", "signature")
NAME = re.compile(rb"[?&;](?:[Xx]-[A-Za-z]{1,8}-)?\Z")  # what a parameter starts with before one of these
BEHIND = re.compile(rb"[^\s\"'<>\\]*")
BEFORE = re.compile(rb"\?[^\s\"'<>?\\]*\Z")
LONGEST_QUERY = 4096
LONGEST = 512  # bytes behind an anchor that a pattern with a reach sees


@dataclass(frozen=True, slots=True)
class ShapedSecret(FindsInText):
    """Replaces what a pattern finds at an anchor, wherever it stands.

    Attributes:
        name: The name of the rule.
        anchors: Pieces, in lower case, of which one stands in all that is found.
        pattern: Matched where an anchor stands; its first group, or all of it, is replaced.
        reach: How many bytes before an anchor it may begin; the anchor is one character between letters
            or digits then.
        stand_in: What is put there; of the form of the secret where none is given.
        is_learned: Whether it is looked for elsewhere too, once found.
        is_lasting: Whether in the rest of the recording, or in its own interaction alone.
        example: A text in which it finds something.
    """

    name: str
    anchors: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    stand_in: str | None = None
    sort: Sort = "redactor"
    expect: Expect = "may"
    is_learned: bool = True
    is_lasting: bool = True
    reach: int = 0
    example: str = ""

    def span(self, text: bytes, anchor: int, start: int) -> Span | None:  # noqa: ARG002  (all anchors are alike)
        """Return the place of what the pattern finds at an anchor."""
        if self.reach:
            if not (text[start - 1 : start].isalnum() and text[start + 1 : start + 2].isalnum()):
                return None
            first, last = max(0, start - self.reach), start + LONGEST
            match = next((found for found in self.pattern.finditer(text, first, last) if found.end() > start), None)
        else:
            match = self.pattern.match(text, start)
        if match is None or match.start() > start:
            return None
        first, last = match.span(1 if self.pattern.groups else 0)
        found = text[first:last]
        secret = list(views(found, 0, len(found)))[-1].text
        stand_in = (
            self.stand_in if self.stand_in is not None else stand_in_of(secret.decode("utf-8", "replace"))
        ).encode()
        if not secret or secret == stand_in:
            return None
        return Span(
            first, last, as_escaped(stand_in, found if b"%" in found else b""), secret if self.is_learned else b""
        )


@dataclass(frozen=True, slots=True)
class StripSigned(FindsInText):
    """Replaces the whole query of a signed address, wherever it stands."""

    name: str
    stand_in: str = REDACTED
    sort: Sort = "redactor"
    expect: Expect = "may"

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The parameters that hold a signature."""
        return tuple(f"{name}=".encode() for name in SIGNED)

    def span(self, text: bytes, anchor: int, start: int) -> Span | None:  # noqa: ARG002  (all anchors are alike)
        """Return the place of the query around a signature."""
        before = BEFORE.search(text, max(0, start - LONGEST_QUERY), start)
        if before is None or not NAME.search(text, max(0, start - 12), start):
            return None
        behind = BEHIND.match(text, start)
        return Span(before.start() + 1, behind.end() if behind else start, self.stand_in.encode())
