"""Programs and their outcomes, as values and as files; guards."""

from conformance.trace._guards import fixed, guard_of, reopened, shown_by, with_observed, without_bug
from conformance.trace._program import Outcome, Program, Step
from conformance.trace._trace import Bug, Mutant, Observed, Trace
from conformance.trace._values import Chosen, Ref, Value, numbered, refs_in

__all__ = [
    "Bug",
    "Chosen",
    "Mutant",
    "Observed",
    "Outcome",
    "Program",
    "Ref",
    "Step",
    "Trace",
    "Value",
    "fixed",
    "guard_of",
    "numbered",
    "refs_in",
    "reopened",
    "shown_by",
    "with_observed",
    "without_bug",
]
