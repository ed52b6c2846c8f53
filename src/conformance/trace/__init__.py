"""Programs and their outcomes, as values and as files; guards."""

from conformance.trace._json import (
    outcome_from_json,
    outcome_to_json,
    program_from_json,
    program_to_json,
    value_from_json,
    value_to_json,
)
from conformance.trace._program import Outcome, Program, Step
from conformance.trace._trace import Bug, Mutant, Observed, Trace
from conformance.trace._values import Chosen, Ref, Value, numbered, pattern, refs_in

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
    "outcome_from_json",
    "outcome_to_json",
    "pattern",
    "program_from_json",
    "program_to_json",
    "refs_in",
    "value_from_json",
    "value_to_json",
]
