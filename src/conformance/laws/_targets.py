"""Targets by name: the presets of this library, and callables of a project."""

from __future__ import annotations

import importlib
import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from conformance.cassette import (
    PRESETS,
    Cassette,
    Interaction,
    Matcher,
    Player,
    ReplaceValue,
    Request,
    Response,
    Scrubber,
    is_worth_looking_for,
    preset_rules,
    stand_in_of,
)
from conformance.errors import UsageError, nearest_word
from conformance.laws._law import VOLATILE, MatcherTarget, ScrubberTarget
from conformance.laws._named_places import NAMED_PLACES
from conformance.laws._places import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.laws._law import Target

STAND_IN = "STAND-IN"
PARTS = ("method", "scheme", "host", "port", "path", "query", "body")
HEADERS = ("range", "content-type")
PRESET, LEARNED, MATCHER = "preset:", "learned:", "matcher:"
TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
As = Literal["scrubber", "matcher"]


def built_in_targets() -> list[Target]:
    """Return the targets of this library.

    Every preset with a declared value, and all of them together; what is declared nowhere, and given away by a place
    that a preset knows; and the matcher.
    """
    scrubbers = [preset_target(name) for name in [*PRESETS, "all"]]
    learned = [learned_target(name) for name in GIVEN_AWAY]
    return [
        *scrubbers,
        *learned,
        matcher_target("matcher:default", lambda: Matcher(PARTS, HEADERS), headers=HEADERS, on=PARTS),
    ]


def named_target(name: str, *, sort: As = "scrubber") -> Target:
    """Return the target of a name.

    Args:
        name: ``preset:NAME``, ``preset:all``, ``learned:PLACE``, ``matcher:default``, or ``module:callable``.
        sort: What the callable is: one that takes a declared secret and returns a scrubber, or a function of a recorded
            and a sent request that says whether they match.

    Raises:
        UsageError: There is no such target.
    """
    if name.startswith((PRESET, LEARNED, MATCHER)):
        known = {target.name: target for target in built_in_targets()}
        if name not in known:
            near = nearest_word(name, known)
            cure = f"Did you mean {near}?" if near else f"There are {', '.join(known)}."
            raise UsageError(f"There is no target {name}.", cure, slug="unknown-target")
        return known[name]
    found: Any = _imported(name)
    if sort == "matcher":
        return MatcherTarget(name, found)
    return ScrubberTarget(name, found, places=places_of(found, name))


def preset_target(name: str) -> ScrubberTarget:
    """Return a target of the rules of a preset, or of all presets, with the declared secret replaced."""
    names = list(PRESETS) if name == "all" else [name]

    def make(secret: str) -> Scrubber:
        rules = [rule for preset in names for rule in PRESETS[preset]()]
        return Scrubber([ReplaceValue("laws.secret", secret, STAND_IN), *rules])

    return ScrubberTarget(f"{PRESET}{name}", make)


def learned_target(name: str) -> ScrubberTarget:
    """Return a target of all presets, and of a secret that an earlier interaction gave away at one place.

    A secret that is no token, or too plain to be looked for elsewhere, is declared.
    """

    def make(secret: str) -> Scrubber:
        is_token = TOKEN.fullmatch(secret) and is_worth_looking_for(secret)
        plain = [] if is_token else [ReplaceValue("laws.secret", secret, stand_in_of(secret))]
        scrubber = Scrubber([*plain, *preset_rules(*PRESETS)])
        scrubber.interaction(GIVEN_AWAY[name](secret))
        scrubber.fired.clear()
        return scrubber

    return ScrubberTarget(f"{LEARNED}{name}", make)


def _asked(*headers: tuple[str, str], query: str = "") -> Interaction:
    return Interaction(Request("GET", f"https://box.test/data{query}", headers), Response(200))


def _answered(body: str, content_type: str) -> Interaction:
    return Interaction(
        Request("GET", "https://box.test/data"), Response(200, "OK", (("Content-Type", content_type),), body.encode())
    )


def _posted(**fields: str) -> Interaction:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    return Interaction(Request("POST", "https://box.test/data", form, urlencode(fields).encode()), Response(200))


GIVEN_AWAY: dict[str, Callable[[str], Interaction]] = {
    "bearer token": lambda secret: _asked(("Authorization", f"Bearer {secret}")),
    "api key": lambda secret: _asked(("X-Api-Key", secret)),
    "access token in json": lambda secret: _answered(json.dumps({"access_token": secret}), "application/json"),
    "secret key in xml": lambda secret: _answered(
        f"<Credentials><SecretAccessKey>{escape(secret)}</SecretAccessKey></Credentials>", "application/xml"
    ),
    "client secret in a form": lambda secret: _posted(grant_type="client_credentials", client_secret=secret),
}


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


def places_of(make: object, name: str) -> tuple[str, ...]:
    """Return the places that a callable asks for, in an attribute ``places``; none where it asks for none.

    Raises:
        UsageError: One is no place.
    """
    places = tuple(getattr(make, "places", ()))
    for place in places:
        if place not in PLACES and place not in NAMED_PLACES:
            near = nearest_word(place, [*PLACES, *NAMED_PLACES])
            cure = f"Did you mean {near}?" if near else "docs/reference/laws.md has the places."
            raise UsageError(f"{name} asks for the place {place!r}, which there is not.", cure, slug="unknown-target")
    return places


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
