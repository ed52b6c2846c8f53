"""What was learned, declared, makes the recordings of one program the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given

from conformance.cassette import Matcher
from conformance.compare import find_volatility, propose
from conformance.fixtures import scrubber_of
from conformance.registry import parse_registry
from conformance.report import render_normalizers
from tests.slow.compare.programs import programs
from tests.slow.compare.test_volatility import RUNS

if TYPE_CHECKING:
    from conformance.cassette import Fingerprint, Headers
    from conformance.compare import Run
    from conformance.registry import Registry
    from tests.slow.compare.programs import Program

FAMILY = """\
[backend.box]
driver = "box:store"
scrub.generic = false
"""
FIXTURE = '[fixture.box_live]\nbackend = "box"\nkind = "live"\n'
MATCHER = Matcher(["method", "host", "port", "path", "query", "body"], ["*"], by_meaning=["form", "multipart"])


def told(run: Run, registry: Registry) -> list[tuple[Fingerprint, Headers, bytes]]:
    scrubber = scrubber_of(registry.fixture("box_live"), registry=registry, is_live=False)
    scrubbed = [scrubber.interaction(item) for item in run["program.yaml"]]
    return [(MATCHER.fingerprint(each.request), each.response.headers, each.response.body) for each in scrubbed]


@given(programs(), RUNS)
def test_the_rules_that_were_learned_make_all_runs_the_same(program: Program, seeds: list[int]) -> None:
    runs = [program.run(seed) for seed in seeds]
    found = find_volatility(runs)
    rules = render_normalizers(found, propose(found, prefix="box", with_responses=True), fixture="box_live")
    registry = parse_registry(f"{FAMILY}{rules}\n{FIXTURE}", path=Path("fixtures.toml"))
    first, *others = [told(run, registry) for run in runs]
    assert all(each == first for each in others)
