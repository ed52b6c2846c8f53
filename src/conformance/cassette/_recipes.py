"""Large bodies that repeat a pattern, stored as the pattern and a length instead of megabytes of text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

LONGEST_PATTERN_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a body: repeat ``pattern`` up to ``length`` bytes; ``sha256`` proves it."""

    pattern: bytes
    length: int
    sha256: str

    def cook(self) -> bytes:
        """Return the body.

        Raises:
            ValueError: It does not have the digest.
        """
        body = (self.pattern * (self.length // len(self.pattern) + 1))[: self.length]
        if hashlib.sha256(body).hexdigest() != self.sha256:
            message = "the recipe of a body does not have the digest that it names"
            raise ValueError(message)
        return body


def recipe_of(body: bytes) -> Recipe | None:
    """Return the recipe of a body that repeats a short pattern, else None."""
    period = body.find(body[:64], 1)
    if not 0 < period <= LONGEST_PATTERN_BYTES:
        return None
    recipe = Recipe(body[:period], len(body), hashlib.sha256(body).hexdigest())
    repeated = (recipe.pattern * (len(body) // period + 1))[: len(body)]
    return recipe if repeated == body else None
