"""Steps and outcomes as one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from conformance.report._text import one_line, size_text
from conformance.trace import Chosen, Ref, Value

if TYPE_CHECKING:
    from conformance.contract import Expected
    from conformance.trace import Outcome, Step

LONGEST = 60


def step_text(step: Step) -> str:
    """Return a step as a call: ``put(key='a', data=b'x')``."""
    args = ", ".join(f"{name}={value_text(value)}" for name, value in step.args.items())
    return one_line(f"{step.op}({args})")


def outcome_text(outcome: Outcome) -> str:
    """Return what came of a step: ``ok``, its fields, or the error with what the service said."""
    if outcome.error:
        said = " ".join(str(word) for word in (outcome.status, outcome.code) if word)
        text = outcome.error + (f" ({said})" if said else "") + (f": {outcome.detail}" if outcome.detail else "")
    else:
        text = ", ".join(f"{name} = {value_text(value)}" for name, value in (outcome.value or {}).items())
        text = f"ok: {text}" if text else "ok"
    return one_line(text)


def expected_text(expected: Expected) -> str:
    """Return an outcome that the model allows, with the reason."""
    return outcome_text(expected.outcome) + (f" [{one_line(expected.reason)}]" if expected.reason else "")


def value_text(value: Value) -> str:
    """Return a value as Python writes it; what is long is cut, and its size told."""
    if isinstance(value, Ref):
        return f"<{value.field} of step {value.step}>"
    if isinstance(value, Chosen):
        return f"<{value.text}>"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name!r}: {value_text(each)}" for name, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(value_text, value)) + "]"
    if isinstance(value, (bytes, str)) and len(value) > LONGEST:
        size = size_text(len(value)) if isinstance(value, bytes) else f"{len(value):,} characters"
        return f"{value[:LONGEST]!r}… ({size})"
    return repr(value)
