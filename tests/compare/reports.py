"""Strategies for divergence reports, and a few made by hand."""

from __future__ import annotations

from hypothesis import strategies as st

from conformance.compare import DivergenceReport
from conformance.contract import Expected, Exploration, Finding, Side, Variation, Verdict
from conformance.trace import Chosen, Outcome, Program, Ref, Step

CONTRACT = "box@1"
ANY_TEXT = st.text(st.characters(), max_size=3)
NAMES = st.one_of(st.sampled_from(["$bytes", "$chosen", "$ref", "$map", "etag"]), ANY_TEXT)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), ANY_TEXT, st.binary(max_size=8),
    st.builds(Chosen, ANY_TEXT), st.builds(Ref, st.integers(1, 9), ANY_TEXT),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2), max_leaves=3
)
MAPPINGS = st.dictionaries(NAMES, VALUES, max_size=2)
OUTCOMES = st.builds(
    Outcome, st.none() | MAPPINGS, st.sampled_from(["", "not_found", "leaked"]),
    st.none() | st.integers(100, 599), ANY_TEXT, ANY_TEXT,
)  # fmt: skip
PROGRAMS = st.builds(
    Program, st.just(CONTRACT), st.lists(st.builds(Step, ANY_TEXT, MAPPINGS), min_size=1, max_size=2).map(tuple)
)
FIXTURES = ("one", "two", "three")
BEHAVIOURS = ("get/here", "get/gone", "put/x: y")


PLAIN = st.sampled_from(
    [Outcome({"data": b""}), Outcome({"data": b"x"}), Outcome(error="leaked", code="E", detail="\n")]
)
ONE_PROGRAM = st.just(Program(CONTRACT, (Step("get", {"key": "a"}),)))

VARIATION = Variation(
    Program(CONTRACT, (Step("get", {"key": b"a"}),)),
    "get/here -> a",
    Outcome(error="a"),
    "three",
    Outcome({"b": Chosen("$1")}),
)


@st.composite
def findings(
    draw: st.DrawFn,
    fixture: str,
    outcomes: st.SearchStrategy[Outcome] = PLAIN,
    programs: st.SearchStrategy[Program] = ONE_PROGRAM,
) -> Finding:
    """Draw a finding; its outcomes and its program are of a few, if no more is asked for."""
    behaviour = draw(st.sampled_from(BEHAVIOURS))
    expected = draw(st.lists(st.builds(Expected, outcomes, st.sampled_from(["", "because"])), min_size=1, max_size=2))
    return Finding(
        CONTRACT,
        fixture,
        f"{behaviour}: {draw(st.sampled_from(['a', 'b']))}",
        draw(st.sampled_from(Verdict)),
        draw(programs),
        draw(st.integers(1, 3)),
        tuple(expected),
        draw(outcomes),
        draw(st.integers(1, 99)),
        f"{behaviour} -> ok",
        draw(st.integers(0, 2)),
        draw(ANY_TEXT),
        draw(st.dictionaries(st.sampled_from(FIXTURES), outcomes, max_size=2)),
    )


@st.composite
def explorations(draw: st.DrawFn, fixture: str) -> Exploration:
    return Exploration(
        fixture,
        draw(st.sampled_from(["red", "blue"])),
        CONTRACT,
        draw(st.frozensets(st.sampled_from("ab"))),
        10,
        50,
        draw(st.floats(0, 1e6)),
        draw(st.dictionaries(st.sampled_from([f"{each} -> ok" for each in BEHAVIOURS]), st.just(1))),
        tuple(draw(st.lists(findings(fixture), max_size=2, unique_by=lambda each: each.group))),
        draw(st.sampled_from([(), ((1, 2), (3, 4))])),
        draw(st.floats(min_value=0)),
        draw(st.frozensets(st.sampled_from(BEHAVIOURS), max_size=2)),
        draw(st.dictionaries(st.just(f"{BEHAVIOURS[0]} -> ok"), st.just("box/a.toml"))),
        draw(st.sampled_from(["", "box:driver"])),
        draw(st.sampled_from([(), (Side("three", "blue", "box:driver"),)])),
        draw(st.sampled_from([(), (VARIATION,)])),
    )


@st.composite
def reports(draw: st.DrawFn) -> DivergenceReport:
    fixtures = draw(st.lists(st.sampled_from(FIXTURES), unique=True))
    return DivergenceReport(tuple(draw(explorations(fixture)) for fixture in fixtures))


PROGRAM = Program(CONTRACT, (Step("put", {"key": "a", "data": b"x"}), Step("get", {"key": "a"})))
EXPECTED = Expected(Outcome({"data": b"x"}))


def finding(fixture: str, *, actual: Outcome, elsewhere: dict[str, Outcome] | None = None) -> Finding:
    """Return a finding of a read that gives something else."""
    return Finding(
        CONTRACT, fixture, "get/here: data empty", Verdict.DIVERGES, PROGRAM, 2, (EXPECTED,), actual, 3,
        "get/here -> ok (data none)", 2, "", elsewhere or {},
    )  # fmt: skip


def exploration(fixture: str, service: str, *found: Finding, seen: str = "get/here -> ok (data some)") -> Exploration:
    """Return an exploration that saw one signature, and found something or nothing."""
    return Exploration(fixture, service, CONTRACT, frozenset(), 10, 50, 1.5, {seen: 4}, found)
