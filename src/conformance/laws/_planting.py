"""An example for the laws of scrubbers: a secret, and where it is planted in which encodings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from conformance.laws._encodings import ENCODINGS
from conformance.laws._named_places import NAMED_PLACES, NamedPlace
from conformance.laws._places import PLACES, Place, build
from conformance.laws._secrets import CASE_FREE, KINDS, Secret, pairs_of_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette import Interaction
    from conformance.laws._places import Side, Slots

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A secret, and where it stands.

    Attributes:
        secret: What must not be stored.
        pairs: Where, and how it is written there: names of places, each with the name of an encoding.
        other: Another secret of its kind, for the recording that is replayed with other credentials.
        around: A text that stands beside it in bodies of text, and instead of it where nothing is to be found.
    """

    secret: Secret
    pairs: tuple[Pair, ...]
    other: Secret
    around: str = "name"

    def only(self, *pairs: Pair) -> Planted:
        """Return the example with fewer plantings."""
        return replace(self, pairs=pairs)

    def interactions(self) -> tuple[Interaction, ...]:
        """Return what holds the secret: one interaction a layout and encoding, in the order of the pairs."""
        return _planted(self.pairs, self.secret.text, self.around)

    def interactions_of_other(self) -> tuple[Interaction, ...]:
        """Return the same with the other secret in its place."""
        return _planted(self.pairs, self.other.text, self.around)

    def innocent(self) -> tuple[Interaction, ...]:
        """Return the same with plain words in its place."""
        return _planted(self.pairs, f"{self.around} and {self.around}", self.around)

    def placed(self) -> list[tuple[Pair, int]]:
        """Return each pair with the number of the interaction, from 0, that has it."""
        numbers: dict[tuple[str, str], int] = {}
        for place, encoding in self.pairs:
            numbers.setdefault((place_named(place).layout, encoding), len(numbers))
        return [(pair, numbers[place_named(pair[0]).layout, pair[1]]) for pair in self.pairs]


@lru_cache(maxsize=16)
def _planted(pairs: tuple[Pair, ...], secret: str, around: str) -> tuple[Interaction, ...]:
    grouped: dict[tuple[str, str], dict[Side, Slots]] = {}
    for place_name, encoding_name in pairs:
        place = place_named(place_name)
        slots = grouped.setdefault((place.layout, encoding_name), {})
        slots.setdefault(place.side, {})[place.slot] = place.written(ENCODINGS[encoding_name], secret)
    return tuple(_built(layout, slots, around) for (layout, _), slots in grouped.items())


def _built(layout: str, slots: dict[Side, Slots], around: str) -> Interaction:
    if layout not in NAMED_PLACES:
        return build(layout, slots, around=around)
    place = NAMED_PLACES[layout]
    return place.make(slots[place.side][place.slot])


def place_named(name: str) -> Place | NamedPlace:
    """Return a place that every target is planted with, or one of those that have a name."""
    return PLACES[name] if name in PLACES else NAMED_PLACES[name]


def pairs_with(encoding: str, places: Sequence[str] = ()) -> tuple[Pair, ...]:
    """Return places with one encoding; all of ``PLACES`` where none are given."""
    return tuple((place, encoding) for place in places or PLACES)


def places() -> st.SearchStrategy[Pair]:
    """Return a strategy for a place and an encoding, by their names."""
    return st.tuples(st.sampled_from(list(PLACES)), st.sampled_from(list(ENCODINGS)))


def planted(pairs: Sequence[Pair] | None = None, *, kinds: tuple[str, ...] | None = None) -> st.SearchStrategy[Planted]:
    """Return a strategy for examples.

    Args:
        pairs: Where the secret is planted; drawn, one to four, where there are none given.
        kinds: The kinds of the secret; where none are given, all that its encodings are for.
    """
    some = (
        st.lists(places(), min_size=1, max_size=4, unique=True).map(tuple) if pairs is None else st.just(tuple(pairs))
    )
    return some.flatmap(lambda chosen: _with_secrets(chosen, kinds))


def _with_secrets(pairs: tuple[Pair, ...], kinds: tuple[str, ...] | None) -> st.SearchStrategy[Planted]:
    is_case_free = any(ENCODINGS[encoding].is_case_free for _, encoding in pairs)
    words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9)
    return st.builds(
        lambda both, around: Planted(both[0], pairs, both[1], around),
        pairs_of_secrets(kinds or (CASE_FREE if is_case_free else tuple(KINDS))),
        words,
    )
