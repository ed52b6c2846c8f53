"""The laws in one call, for the tests of a project and for saved regressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from conformance.errors import UsageError, nearest_word
from conformance.laws._law import SIGNIFICANT, VOLATILE, MatcherTarget, ScrubberTarget
from conformance.laws._matcher_laws import MATCHER_LAWS, MatcherLaw, Sent
from conformance.laws._planting import Planted
from conformance.laws._runner import run_laws
from conformance.laws._scrubber_laws import SCRUBBER_LAWS, ScrubberLaw
from conformance.laws._showing import broken_text
from conformance.laws._targets import named_target, places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.cassette import Request
    from conformance.laws._law import Broken, Matches, ScrubberLike, Target, WholeScrubber

QUICK_PLANTS = 2_000
AnyLaw = TypeVar("AnyLaw", ScrubberLaw, MatcherLaw)
LAW_NAMES = (*(law.name for law in SCRUBBER_LAWS), *(law.name for law in MATCHER_LAWS))


def check_scrubber(
    make: Callable[[str], ScrubberLike | WholeScrubber],
    *,
    matches: Matches | None = None,
    plants: int = QUICK_PLANTS,
    seed: int = 0,
) -> None:
    """Hold a scrubber to all its laws.

    Args:
        make: Returns a new scrubber to which one secret is declared; where it has an attribute ``places``, secrets are
            planted at these alone.
        matches: Says whether a recorded request, scrubbed, answers a sent one, scrubbed.
        plants: How many secrets are planted at least.
        seed: The same seed tries the same examples.

    Raises:
        AssertionError: It breaks one; the message has the smallest counter-example of each law that it breaks.
    """
    name = _name_of(make)
    target = ScrubberTarget(name, make, matches, places_of(make, name))
    _refuse(run_laws([target], seed=seed, plants=plants).broken)


def check_matcher(  # noqa: PLR0913  (each is a choice of its own)
    matches: Matches,
    *,
    volatile: Sequence[str] = VOLATILE,
    significant: Sequence[str] = SIGNIFICANT,
    find: Callable[[Sequence[Request], Request], int | None] | None = None,
    scrub: Callable[[Request], Request] | None = None,
    seed: int = 0,
) -> None:
    """Hold a matcher to all its laws.

    Args:
        matches: Says whether a recorded request answers a sent one.
        volatile: The changes that it must not see.
        significant: The changes that it must see.
        find: Returns the position of the first request of a tape that answers, from an index; None for none.
        scrub: What requests go through before they are matched.
        seed: The same seed tries the same examples.

    Raises:
        AssertionError: It breaks one; the message has the smallest counter-example of each law that it breaks.
    """
    target = MatcherTarget(_name_of(matches), matches, tuple(volatile), tuple(significant), find, scrub)
    _refuse(run_laws([target], seed=seed).broken)


def holds(law: str, target: str | Target, example: Planted | Sent) -> None:
    """Hold a target to one law with one example; what ``conformance fuzz --save`` writes calls this.

    Args:
        law: Its name.
        target: The name of a target, or one itself.
        example: ``Planted`` for a law of scrubbers, ``Sent`` for one of matchers.

    Raises:
        AssertionError: The target breaks it; the message shows how.
        UsageError: There is no such law or target, or the example is of another sort.
    """
    if isinstance(target, str):
        target = named_target(target, sort="scrubber" if isinstance(example, Planted) else "matcher")
    if isinstance(target, ScrubberTarget) and isinstance(example, Planted):
        broken = _law(SCRUBBER_LAWS, law).check(target, example)
    elif isinstance(target, MatcherTarget) and isinstance(example, Sent):
        broken = _law(MATCHER_LAWS, law).check(target, example)
    else:
        cure = "Give Planted to a law of scrubbers and Sent to one of matchers."
        raise UsageError(f"{target.name} cannot be tried with {type(example).__name__}.", cure)
    _refuse([broken] if broken else [])


def law_named(name: str) -> str:
    """Return the name of a law.

    Raises:
        UsageError: There is no such law.
    """
    if name not in LAW_NAMES:
        near = nearest_word(name, LAW_NAMES)
        cure = f"Did you mean {near}?" if near else f"Laws are {', '.join(LAW_NAMES)}."
        raise UsageError(f"There is no law {name}.", cure, slug="unknown-law")
    return name


def _law(laws: Sequence[AnyLaw], name: str) -> AnyLaw:
    wanted = law_named(name)
    found = next((law for law in laws if law.name == wanted), None)
    if found is None:
        raise UsageError(
            f"{name} is a law of the other sort.", "Give it an example of its own sort.", slug="unknown-law"
        )
    return found


def _refuse(broken: Sequence[Broken]) -> None:
    if broken:
        raise AssertionError("\n\n".join(broken_text(one) for one in broken))


def _name_of(target: Callable[..., object]) -> str:
    module, name = getattr(target, "__module__", ""), getattr(target, "__qualname__", type(target).__name__)
    return f"{module}:{name}"
