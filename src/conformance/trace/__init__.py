"""Programs and their outcomes, as values and as files; guards."""

from conformance.trace._failures import clear_failures, failures, keep_failure, load_failure, own_folder
from conformance.trace._files import load_trace, load_traces, write_trace
from conformance.trace._guards import fixed, guard_of, reopened, shown_by, with_observed, without_bug
from conformance.trace._json import (
    outcome_from_json,
    outcome_to_json,
    program_from_json,
    program_to_json,
    value_from_json,
    value_to_json,
)
from conformance.trace._parsing import parse_trace
from conformance.trace._program import Outcome, Program, Step
from conformance.trace._rendering import render_observed, render_step, render_trace
from conformance.trace._trace import Bug, Mutant, Observed, Trace
from conformance.trace._values import Chosen, Digest, Ref, Value, numbered, pattern, refs_in

__all__ = [
    "Bug",
    "Chosen",
    "Digest",
    "Mutant",
    "Observed",
    "Outcome",
    "Program",
    "Ref",
    "Step",
    "Trace",
    "Value",
    "clear_failures",
    "failures",
    "fixed",
    "guard_of",
    "keep_failure",
    "load_failure",
    "load_trace",
    "load_traces",
    "numbered",
    "outcome_from_json",
    "outcome_to_json",
    "own_folder",
    "parse_trace",
    "pattern",
    "program_from_json",
    "program_to_json",
    "refs_in",
    "render_observed",
    "render_step",
    "render_trace",
    "reopened",
    "shown_by",
    "value_from_json",
    "value_to_json",
    "with_observed",
    "without_bug",
    "write_trace",
]
