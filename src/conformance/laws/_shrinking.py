"""Runs Hypothesis within bounds: on a number of examples, and on a number of checks to make a counter-example small."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

SHRINKING_CHECKS = 120

Example = TypeVar("Example")
Found = TypeVar("Found")


class _Counterexample(Exception):
    """Tells Hypothesis to shrink; never seen outside."""


class _SmallEnough(BaseException):
    """Leaves Hypothesis at once; never seen outside."""


def smallest(
    examples: SearchStrategy[Example],
    check: Callable[[Example], Found | None],
    *,
    most: int,
    seed: int,
) -> Found | None:
    """Return what a check finds wrong with the smallest example that it finds wrong, None where it finds none.

    Args:
        examples: What is tried; an example must be hashable.
        check: Says what is wrong with an example.
        most: How many are tried before one is found.
        seed: The same seed tries the same examples.
    """
    left = SHRINKING_CHECKS
    known: dict[Example, Found | None] = {}
    last: Found | None = None

    def judge(example: Example) -> None:
        nonlocal last, left
        if example not in known:
            if last is not None:
                left -= 1
            if not left:
                raise _SmallEnough
            known[example] = check(example)
        found = known[example]
        if found is not None:
            last = found
            raise _Counterexample

    try:
        run_examples(examples, judge, most=most, seed=seed)
    except (_Counterexample, _SmallEnough):
        return last
    return None


def run_examples(examples: SearchStrategy[Example], use: Callable[[Example], None], *, most: int, seed: int) -> None:
    """Hand a number of examples to a function; the smallest for which it raises is the one whose exception leaves."""
    bounded = settings(
        max_examples=most,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
    )

    @seeded(seed)
    @bounded
    @given(examples)
    def use_one(example: Example) -> None:
        use(example)

    use_one()
