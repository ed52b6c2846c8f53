"""What finders have in common: anchors that one search looks for, and the spans that they found around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import ahocorasick_rs

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from conformance.cassette.scrubbing._rules import Expect, Sort


LARGEST_TABLE = 20_000  # bytes of anchors, each of which is a row of some hundred bytes
MOST_PASSES = 32  # of a search over one text, in which finders find something in the same place


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text that is to be replaced.

    Attributes:
        start: Where it starts.
        end: Where it ends.
        stand_in: What is to stand there.
        secret: What it says, decoded; empty where it is not to be looked for elsewhere.
    """

    start: int
    end: int
    stand_in: bytes
    secret: bytes = b""


class Finder(Protocol):
    """A rule that finds something wherever it stands in a text: an address, the value of a header, a body."""

    @property
    def name(self) -> str:
        """A name that is unique among the rules of a scrubber."""
        ...

    @property
    def sort(self) -> Sort:
        """Whether it removes secrets or settles what is volatile."""
        ...

    @property
    def expect(self) -> Expect:
        """Whether a full recording must have made it fire."""
        ...

    @property
    def anchors(self) -> Sequence[bytes]:
        """Pieces, in lower case, of which one stands in every text that it finds something in."""
        ...

    def span(self, text: bytes, anchor: int, start: int) -> Span | None:
        """Return what is to be replaced around an anchor, if anything is.

        Args:
            text: The text, in its own case.
            anchor: Which of the anchors.
            start: Where it stands.
        """
        ...


class Anchored(Protocol):
    """What one search looks for."""

    @property
    def name(self) -> str:
        """Whose anchors they are."""
        ...

    @property
    def anchors(self) -> Sequence[bytes]:
        """The pieces, in lower case."""
        ...


class Search:
    """One search for the anchors of several finders; how many there are does not change what it costs.

    Attributes:
        size: How many anchors there are.
    """

    def __init__(self, finders: Iterable[Anchored]) -> None:
        """Take the finders, the most important first."""
        named = [(finder, finder.anchors) for finder in finders]
        self._owners: list[tuple[Any, int]] = [(finder, at) for finder, anchors in named for at in range(len(anchors))]
        anchors = [anchor for _, each in named for anchor in each]
        is_small = sum(map(len, anchors)) < LARGEST_TABLE
        fastest = ahocorasick_rs.Implementation.DFA if is_small else None
        self._automaton = ahocorasick_rs.BytesAhoCorasick(anchors, implementation=fastest) if anchors else None
        self.size = len(anchors)
        self._rank = {finder.name: at for at, (finder, _) in enumerate(self._owners)}

    def hits(self, folded: bytes) -> list[tuple[int, int, int]]:
        """Return the anchors in a text in lower case: which, and where each starts and ends."""
        if self._automaton is None:
            return []
        return self._automaton.find_matches_as_indexes(folded, overlapping=True)

    def name_of(self, which: int) -> str:
        """Return whose anchor it is."""
        return str(self._owners[which][0].name)

    def spans(
        self, text: bytes, hits: Iterable[tuple[int, int, int]], spared: Container[bytes] = frozenset()
    ) -> tuple[list[tuple[Finder, Span]], bool]:
        """Return what the finders find around hits, by place, and whether anything else overlaps it.

        Of spans that overlap, that of the earlier finder is returned; what is left of the others stands in the text
        that comes out, and is found there.

        Args:
            text: The text.
            hits: The anchors in it.
            spared: Secrets that are none, because they stand for some already.
        """
        found: list[tuple[Finder, Span]] = []
        last: dict[str, Span] = {}
        for which, start, _ in hits:
            finder, anchor = self._owners[which]
            before = last.get(finder.name)
            if before is not None and before.start <= start < before.end:
                continue
            span = finder.span(text, anchor, start)
            if span is not None and span.secret not in spared:
                found.append((finder, span))
                last[finder.name] = span
        found.sort(key=lambda each: (each[1].start, self._rank[each[0].name], -each[1].end))
        kept: list[tuple[Finder, Span]] = []
        is_left = False
        for finder, span in found:
            if not kept or span.start >= kept[-1][1].end:
                kept.append((finder, span))
                continue
            is_left = is_left or span != kept[-1][1]
            if self._rank[finder.name] < self._rank[kept[-1][0].name]:
                kept[-1] = (finder, span)
        return kept, is_left

    def replaced(
        self,
        text: bytes,
        hits: Iterable[tuple[int, int, int]],
        *,
        tell: Callable[[Finder, Span], None] | None = None,
        spared: Container[bytes] = frozenset(),
    ) -> bytes:
        """Return a text with all that the finders find replaced; the very object where they find nothing.

        Args:
            text: The text.
            hits: The anchors in it.
            tell: Is told of each piece that was replaced.
            spared: As for ``spans``.
        """
        for _ in range(MOST_PASSES):
            spans, is_left = self.spans(text, hits, spared)
            if tell is not None:
                for finder, span in spans:
                    tell(finder, span)
            text = spliced(text, [span for _, span in spans]) if spans else text
            if not is_left:
                break
            hits = self.hits(text.lower())
        return text


def spliced(text: bytes, spans: Iterable[Span]) -> bytes:
    """Return a text with spans, in order and apart from each other, replaced."""
    pieces: list[bytes] = []
    at = 0
    for span in spans:
        pieces += (text[at : span.start], span.stand_in)
        at = span.end
    return b"".join((*pieces, text[at:]))
