"""Secrets that a recording gives away as it goes: found once by their place or form, then looked for everywhere."""

from __future__ import annotations

from conformance.cassette.scrubbing._finders import Search
from conformance.cassette.scrubbing._values import ReplaceValue

SHORTEST = 8
FEWEST_LETTERS = 5
GROWTH = 2


class Learned:
    """The secrets of one recording. Not safe across threads."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: set[str] = set()
        self._fresh: list[ReplaceValue] = []
        self._groups: list[tuple[list[ReplaceValue], Search]] = []
        self._issued: list[ReplaceValue] = []

    @property
    def issued(self) -> tuple[ReplaceValue, ...]:
        """The rules of those that answers gave away first."""
        return tuple(self._issued)

    def add(self, rule: str, secret: str, stand_in: str, *, is_issued: bool = False) -> None:
        """Take a secret of a rule, unless it is too plain to be looked for anywhere else."""
        if secret not in self._known and is_worth_looking_for(secret):
            finder = ReplaceValue(rule, secret, stand_in)
            self._known.add(secret)
            self._fresh.append(finder)
            self._issued += [finder] if is_issued else []
            if "+" in secret:  # which is a space where it was read off a form
                self.add(rule, secret.replace("+", " "), stand_in, is_issued=is_issued)

    def searches(self) -> list[Search]:
        """Return what looks for them all.

        Each search is for more than twice as many as the next, so that there are few, and each secret is put into a
        new one seldom: a long recording costs little more a secret than a short one.
        """
        if self._fresh:
            group, self._fresh = self._fresh, []
            while self._groups and len(self._groups[-1][0]) <= GROWTH * len(group):
                group = self._groups.pop()[0] + group
            self._groups.append((group, Search(group)))
        return [search for _, search in self._groups]


def is_worth_looking_for(secret: str) -> bool:
    """Return whether a secret is long and odd enough not to stand anywhere by chance: no word, no name."""
    if len(secret) < SHORTEST or len(set(secret)) < FEWEST_LETTERS:
        return False
    is_word = secret.isalpha() and (secret.islower() or secret.isupper() or secret.istitle())
    return not is_word
