"""Programs and their outcomes, as values and as files; guards."""

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
    "numbered",
    "refs_in",
]
