"""Secrets that a recording gives away as it goes: found once by their place or form, then looked for everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cassette.scrubbing._finders import Search
from conformance.cassette.scrubbing._values import ReplaceValue

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 8
FEWEST_LETTERS = 5
REBUILT_AT = 8


class Learned:
    """The secrets of one recording. Not safe across threads."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[str, ReplaceValue] = {}
        self._fresh: list[ReplaceValue] = []
        self._searches: list[Search] = []
        self._issued: list[str] = []
        self._size = 0

    @property
    def issued(self) -> tuple[ReplaceValue, ...]:
        """The rules of those that answers gave away first."""
        return tuple(self._known[secret] for secret in self._issued)

    def add(self, rule: str, secret: str, stand_in: str, *, is_issued: bool = False) -> None:
        """Take a secret of a rule, unless it is too plain to be looked for anywhere else."""
        if secret not in self._known and is_worth_looking_for(secret):
            if is_issued:
                self._issued.append(secret)
            self._known[secret] = ReplaceValue(rule, secret, stand_in)
            self._fresh.append(self._known[secret])
            if "+" in secret:  # which is a space where it was read off a form
                self.add(rule, secret.replace("+", " "), stand_in, is_issued=is_issued)

    def searches(self) -> Iterator[Search]:
        """Return what looks for them all.

        There is one search for most of them and one for the latest; what was added is searched for with the latest
        until those are half of all, so that a long recording costs no more a secret than a short one.
        """
        if self._fresh:
            self._size += len(self._fresh)
            is_many = self._size > max(REBUILT_AT, len(self._known) // 2)
            kept = [] if is_many else self._searches[:1]
            latest = list(self._known.values())[-self._size :]
            self._searches = [Search(self._known.values())] if is_many or not kept else [*kept, Search(latest)]
            self._size = 0 if is_many else self._size
            self._fresh = []
        return iter(self._searches)


def is_worth_looking_for(secret: str) -> bool:
    """Return whether a secret is long and odd enough not to stand anywhere by chance: no word, no name."""
    if len(secret) < SHORTEST or len(set(secret)) < FEWEST_LETTERS:
        return False
    is_word = secret.isalpha() and (secret.islower() or secret.isupper() or secret.istitle())
    return not is_word
