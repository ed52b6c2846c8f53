"""What `conformance fuzz` can attack: the rules and matchers of fixtures, beside what conformance.laws knows itself."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from conformance.cassette import Asleep, ReplaceValue, Scrubber
from conformance.fixtures import matcher_of, rules_of, scrubber_of
from conformance.laws import ScrubberTarget, built_in_targets, matcher_target, named_target
from conformance.registry import load_registry

if TYPE_CHECKING:
    from conformance.cassette import Matcher, Request
    from conformance.laws import MatcherTarget
    from conformance.registry import FixtureSpec, Registry

FIXTURE = "fixture:"
STAND_IN = "STAND-IN"


def fuzz_targets(registry: Path) -> list[ScrubberTarget | MatcherTarget]:
    """Return the presets, and what the fixtures of a registry declare; of fixtures that declare the same, the first."""
    found = built_in_targets()
    if not registry.exists():
        return found
    loaded = load_registry(registry)
    seen = set()
    for spec in loaded.fixtures.values():
        declared = (spec.scrub, spec.match)
        if spec.replays is None and declared not in seen:
            seen.add(declared)
            found += [_scrubber(spec, loaded), _matcher(spec, loaded)]
    return found


def open_target(name: str, *, registry: Path, sort: Literal["scrubber", "matcher"]) -> ScrubberTarget | MatcherTarget:
    """Return the target of a name, as ``conformance.cli.fuzz_target`` does."""
    if not name.startswith(FIXTURE):
        if "" not in sys.path and str(Path.cwd()) not in sys.path:
            sys.path.insert(0, str(Path.cwd()))
        return named_target(name, sort=sort)
    loaded = load_registry(registry)
    spec = loaded.fixture(name.removeprefix(FIXTURE))
    return _scrubber(spec, loaded) if sort == "scrubber" else _matcher(spec, loaded)


def _scrubber(spec: FixtureSpec, registry: Registry) -> ScrubberTarget:
    """Return the rules of a fixture, each declared value being the planted secret; one is declared where none is."""

    def make(secret: str) -> Scrubber:
        rules = rules_of(spec, registry=registry, is_live=False)
        values = [rule for rule in rules if isinstance(rule, Asleep)] or [Asleep("laws.secret", STAND_IN)]
        declared = [ReplaceValue(rule.name, secret, rule.stand_in) for rule in values]
        return Scrubber([*declared, *(rule for rule in rules if not isinstance(rule, Asleep))])

    matcher = matcher_of(spec, registry=registry)
    return ScrubberTarget(f"{FIXTURE}{spec.name}", make, partial(_agree, matcher))


def _matcher(spec: FixtureSpec, registry: Registry) -> MatcherTarget:
    return matcher_target(
        f"{FIXTURE}{spec.name}",
        partial(matcher_of, spec, registry=registry),
        on=spec.match.on,
        headers=spec.match.headers,
        ignore_query=spec.match.ignore_query,
        scrubber=lambda: scrubber_of(spec, registry=registry, is_live=False),
    )


def _agree(matcher: Matcher, recorded: Request, sent: Request) -> bool:
    return matcher.fingerprint(recorded) == matcher.fingerprint(sent)
