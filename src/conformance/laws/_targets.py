"""Targets by name: the presets of this library, and callables of a project."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from conformance.cassette import PRESETS, Cassette, Interaction, Matcher, Player, ReplaceValue, Response, Scrubber
from conformance.errors import UsageError, nearest_word
from conformance.laws._law import VOLATILE, MatcherTarget, ScrubberTarget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.cassette import Request
    from conformance.laws._law import Target

STAND_IN = "STAND-IN"
PARTS = ("method", "scheme", "host", "port", "path", "query", "body")
HEADERS = ("range", "content-type")
PRESET, MATCHER = "preset:", "matcher:"
As = Literal["scrubber", "matcher"]


def built_in_targets() -> list[Target]:
    """Return the targets of this library: every preset with a declared value, all of them together, the matcher."""
    scrubbers = [preset_target(name) for name in [*PRESETS, "all"]]
    return [*scrubbers, matcher_target("matcher:default", lambda: Matcher(PARTS, HEADERS), headers=HEADERS, on=PARTS)]


def named_target(name: str, *, sort: As = "scrubber") -> Target:
    """Return the target of a name.

    Args:
        name: ``preset:NAME``, ``preset:all``, ``matcher:default``, or ``module:callable``.
        sort: What the callable is: one that takes a declared secret and returns a scrubber, or a function of a recorded
            and a sent request that says whether they match.

    Raises:
        UsageError: There is no such target.
    """
    if name.startswith((PRESET, MATCHER)):
        known = {target.name: target for target in built_in_targets()}
        if name not in known:
            near = nearest_word(name, known)
            cure = f"Did you mean {near}?" if near else f"There are {', '.join(known)}."
            raise UsageError(f"There is no target {name}.", cure, slug="unknown-target")
        return known[name]
    found: Any = _imported(name)
    return ScrubberTarget(name, found) if sort == "scrubber" else MatcherTarget(name, found)


def preset_target(name: str) -> ScrubberTarget:
    """Return a target of the rules of a preset, or of all presets, with the declared secret replaced."""
    names = list(PRESETS) if name == "all" else [name]

    def make(secret: str) -> Scrubber:
        rules = [rule for preset in names for rule in PRESETS[preset]()]
        return Scrubber([ReplaceValue("laws.secret", secret, STAND_IN), *rules])

    return ScrubberTarget(f"{PRESET}{name}", make)


def matcher_target(  # noqa: PLR0913  (each is a choice of its own)
    name: str,
    make: Callable[[], Matcher],
    *,
    on: Sequence[str] = PARTS,
    headers: Sequence[str] = (),
    ignore_query: Sequence[str] = (),
    scrubber: Callable[[], Scrubber] = Scrubber,
) -> MatcherTarget:
    """Return a target of a matcher and the index over it.

    Args:
        name: How it is named.
        make: Returns a new matcher.
        on: The parts that it compares; what changes one of them is significant.
        headers: The headers that it compares.
        ignore_query: The query parameters that it leaves out.
        scrubber: Returns what requests go through before they are matched, unused so far.
    """
    matcher = make()
    significant = [part for part in ("method", "scheme", "host", "port", "path", "body") if part in on]
    significant += ["path case"] * ("path" in on) + ["query value", "query, repeated", "query, empty"] * ("query" in on)
    significant += [f"header:{header}" for header in headers]
    volatile = [*VOLATILE, *(f"query:{name}" for name in ignore_query if "query" in on)]
    if any(header.startswith("*") for header in headers):
        volatile.remove("other header")
    return MatcherTarget(
        name,
        partial(_agree, matcher),
        tuple(volatile),
        tuple(significant),
        partial(_found_by_player, make),
        lambda request: scrubber().request(request),
    )


def _agree(matcher: Matcher, recorded: Request, sent: Request) -> bool:
    return not matcher.differences(matcher.fingerprint(recorded), matcher.fingerprint(sent))


def _found_by_player(make: Callable[[], Matcher], tape: Iterable[Request], sent: Request) -> int | None:
    """Return which of a tape a player answers with; the status of each answer is its number."""
    items = tuple(Interaction(request, Response(number)) for number, request in enumerate(tape))
    player = Player(Cassette(Path(), items, None), matcher=make(), scrubber=Scrubber(), mend="")
    answer = player.find(sent)
    return None if answer is None else answer.status


def _imported(name: str) -> Callable[..., object]:
    module_name, colon, attribute = name.partition(":")
    if not colon:
        cure = "Write module:callable, preset:NAME or fixture:NAME."
        raise UsageError(f"{name} names no target.", cure, slug="unknown-target")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        cure = "Name a module that can be imported from here."
        raise UsageError(f"{name} cannot be imported: {error}.", cure, slug="unknown-target") from error
    found = getattr(module, attribute, None)
    if not callable(found):
        near = nearest_word(attribute, [word for word, value in vars(module).items() if callable(value)])
        cure = f"Did you mean {module_name}:{near}?" if near else "Name a callable of that module."
        raise UsageError(f"{module_name} has no callable {attribute}.", cure, slug="unknown-target")
    imported: Callable[..., object] = found
    return imported
