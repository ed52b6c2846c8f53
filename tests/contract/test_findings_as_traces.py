"""A finding of a report becomes a trace: what is expected of the whole program, and what came of its step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from conformance.contract import (
    Allowed,
    Expected,
    Finding,
    Verdict,
    contract,
    ok,
    operation,
    refused,
    trace_of_finding,
)
from conformance.trace import Observed, Outcome, Program, Step

if TYPE_CHECKING:
    from conformance.contract import Contract


@contract("box", errors=["not_found"])
class BOX:
    def start(self, capabilities: frozenset[str]) -> frozenset[str]:
        return capabilities - capabilities

    @operation()
    def put(self, state: frozenset[str], *, key: str) -> Allowed:
        return ok(state | {key})

    @operation()
    def delete(self, state: frozenset[str], *, key: str) -> Any:
        if key in state:
            return ok(state - {key})
        return [ok(state), refused(state, "not_found", because="some say that it was not there")]


PROGRAM = Program("box@1", (Step("put", {"key": "a"}), Step("delete", {"key": "b"})))
FINDING = Finding(
    "box@1",
    "box_bad",
    "delete: leaked instead of ok",
    Verdict.DIVERGES,
    PROGRAM,
    2,
    (Expected(Outcome({})), Expected(Outcome(error="not_found"), "some say that it was not there")),
    Outcome(error="leaked"),
    3,
    "delete -> leaked",
    elsewhere={"same": Outcome({}), "strict": Outcome(error="not_found"), "gone": Outcome(error="leaked")},
)


def test_a_finding_becomes_a_trace_with_what_came_on_every_known_fixture() -> None:
    families = {name: name for name in ("same", "strict", "replayed")} | {"box_bad": "box_service"}
    trace = trace_of_finding(FINDING, cast("Contract", BOX), capabilities=frozenset(), families=families)
    assert trace.program == PROGRAM
    assert trace.expect == (Outcome({}), Outcome({}))
    assert trace.covers == ("delete -> leaked",)
    assert trace.observed == {
        "strict": {2: Observed(Outcome(error="not_found"), "some say that it was not there")},
        "box_service": {2: Observed(Outcome(error="leaked"))},
    }
