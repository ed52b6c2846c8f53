"""The laws of matchers hold for a reference and for the matcher of this library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.errors import UsageError
from conformance.laws import CHANGES, MatcherTarget, ScrubberTarget, check_matcher, named_target, run_laws
from tests.slow.laws import reference
from tests.slow.laws.reference import Reference

if TYPE_CHECKING:
    from conformance.cassette import Request


def test_the_reference_keeps_every_law() -> None:
    check_matcher(reference.matches, find=reference.find, scrub=Reference("found in no request").request)


def test_the_matcher_of_this_library_keeps_every_law() -> None:
    run = run_laws([named_target("matcher:default")], seed=0)
    assert [(verdict.law, verdict.broken) for verdict in run.verdicts] == [
        (law, None) for law in ("reflexive", "symmetric", "blind", "sharp", "index-agrees", "closed-under-scrubbing")
    ]


def test_a_matcher_that_ignores_a_body_is_shown_two_requests_side_by_side() -> None:
    def ignores_body(recorded: Request, sent: Request) -> bool:
        return recorded.uri == sent.uri

    with pytest.raises(AssertionError) as raised:
        check_matcher(ignores_body, volatile=(), significant=("body",))
    text = str(raised.value)
    assert "does not see a change of what is significant: body" in text
    assert "recorded" in text
    assert "≠ " in text


@pytest.mark.parametrize("name", [name for name in CHANGES if name not in ("header", "query")])
def test_what_equals_only_itself_sees_every_change(name: str) -> None:
    target = MatcherTarget("equal", lambda recorded, sent: recorded == sent, significant=(name,), volatile=())
    seen = [verdict.law for verdict in run_laws([target], seed=0, only=["sharp"]).verdicts if verdict.broken is None]
    assert seen == ["sharp"] or name in ("header order", "query order")  # an order may come out as it was


def test_a_change_that_there_is_none_of_is_an_error() -> None:
    target = MatcherTarget("equal", lambda recorded, sent: recorded == sent, significant=("query ordr",), volatile=())
    with pytest.raises(UsageError, match='Did you mean "query order"?') as raised:
        run_laws([target], seed=0, only=["sharp"])
    assert raised.value.fault.slug == "unknown-change"


def test_a_module_and_callable_is_a_target_of_the_sort_that_is_named() -> None:
    assert isinstance(named_target("tests.slow.laws.reference:Reference"), ScrubberTarget)
    assert isinstance(named_target("tests.slow.laws.reference:matches", sort="matcher"), MatcherTarget)
