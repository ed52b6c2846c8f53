"""Every broken scrubber and matcher is caught, by the law that it breaks, within far less than the default budget."""

from __future__ import annotations

import pytest

from conformance.laws import PLANTS, MatcherTarget, ScrubberTarget, run_laws
from tests.slow.laws import reference
from tests.slow.laws.broken_matchers import MATCHERS
from tests.slow.laws.broken_scrubbers import SCRUBBERS, JsonWalker, sparing
from tests.slow.laws.reference import Reference

CONTROLS: dict[str, ScrubberTarget | MatcherTarget] = {
    "reference": ScrubberTarget("reference", Reference),
    "json walker": ScrubberTarget("json walker", JsonWalker),
    "sparing": ScrubberTarget("sparing", sparing("application/xml", rb"(?!)")),
    "matcher": MatcherTarget(
        "matcher", reference.matches, find=reference.find, scrub=Reference("found in no request at all").request
    ),
}


@pytest.mark.parametrize("name", SCRUBBERS)
def test_a_broken_scrubber_is_caught(name: str) -> None:
    make, law = SCRUBBERS[name]
    run = run_laws([ScrubberTarget(name, make)], seed=0, plants=PLANTS // 10, only=[law])
    assert [broken.law for broken in run.broken] == [law]


@pytest.mark.parametrize("name", MATCHERS)
def test_a_broken_matcher_is_caught(name: str) -> None:
    target, law = MATCHERS[name]
    assert [broken.law for broken in run_laws([target], seed=0, only=[law]).broken] == [law]


@pytest.mark.parametrize("name", CONTROLS)
def test_what_the_mutants_are_made_of_keeps_every_law(name: str) -> None:
    assert run_laws([CONTROLS[name]], seed=0, plants=PLANTS // 10).broken == []
