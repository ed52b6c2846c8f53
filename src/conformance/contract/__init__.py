"""How subjects must behave: contracts, their models, and what runs programs on a subject and a model side by side."""

from conformance.contract._api import (
    Allowed,
    Contract,
    NotOffered,
    Operation,
    Refused,
    Unreachable,
    contract,
    ok,
    operation,
    refused,
)
from conformance.contract._built_in import contract_of
from conformance.contract._calling import Call, call_of, is_unreachable
from conformance.contract._comparing import agreed, class_of, differences, shape_of
from conformance.contract._draws import (
    ABSENT,
    Draw,
    Strategy,
    choice,
    earlier,
    lists,
    mappings,
    maybe,
    one_of,
    patterned,
    pooled,
    whole,
)
from conformance.contract._findings import Expected, Exploration, Finding
from conformance.contract._guarding import as_observed, differing, judge_guard, title_of, trace_of_finding
from conformance.contract._judging import judge, play_trace
from conformance.contract._named import contract_of
from conformance.contract._opening import Opening
from conformance.contract._session import (
    Played,
    Run,
    Session,
    UnresolvedError,
    Verdict,
    numbered_outcomes,
    run_program,
    usual_outcomes,
)

__all__ = [
    "ABSENT",
    "Allowed",
    "Call",
    "Contract",
    "Draw",
    "Expected",
    "Exploration",
    "Finding",
    "NotOffered",
    "Opening",
    "Operation",
    "Played",
    "Refused",
    "Run",
    "Session",
    "Strategy",
    "Unreachable",
    "UnresolvedError",
    "Verdict",
    "agreed",
    "as_observed",
    "call_of",
    "choice",
    "class_of",
    "contract",
    "contract_of",
    "differences",
    "differing",
    "earlier",
    "is_unreachable",
    "judge",
    "judge_guard",
    "lists",
    "mappings",
    "maybe",
    "numbered_outcomes",
    "ok",
    "one_of",
    "operation",
    "patterned",
    "play_trace",
    "pooled",
    "refused",
    "run_program",
    "shape_of",
    "title_of",
    "trace_of_finding",
    "usual_outcomes",
    "whole",
]
