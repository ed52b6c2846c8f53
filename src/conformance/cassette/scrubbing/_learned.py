"""Secrets that a recording gives away as it goes: found once by their place or form, then looked for everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette.scrubbing._finders import Search
from conformance.cassette.scrubbing._values import ReplaceValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST = 8
FEWEST_LETTERS = 5
REBUILT_AT = 8


class Learned:
    """The secrets of one recording. Not safe across threads."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, ReplaceValue] = {}
        self._searched: Search | None = None
        self._fresh: list[ReplaceValue] = []

    def add(self, rule: str, secret: str, stand_in: str) -> None:
        """Take a secret of a rule, unless it is too plain to be looked for anywhere else."""
        if secret not in self._known and is_worth_looking_for(secret):
            finder = ReplaceValue(rule, secret, stand_in)
            self._known[secret] = finder
            self._fresh.append(finder)

    def searches(self, more: Iterable[ReplaceValue] = ()) -> Iterator[Search]:
        """Yield what looks for them all, and for more that are of one interaction.

        The search for all is made anew when the fresh ones have doubled, so that a long recording costs no more a
        secret than a short one.
        """
        if len(self._fresh) > max(REBUILT_AT, len(self._known) // 2):
            self._searched = Search(self._known.values())
            self._fresh = []
        if self._searched is not None:
            yield self._searched
        fresh = [*self._fresh, *more]
        if fresh:
            yield Search(fresh)


def is_worth_looking_for(secret: str) -> bool:
    """Return whether a secret is long and odd enough not to stand anywhere by chance: no word, no name."""
    if len(secret) < SHORTEST or len(set(secret)) < FEWEST_LETTERS:
        return False
    is_word = secret.isalpha() and (secret.islower() or secret.isupper() or secret.istitle())
    return not is_word
