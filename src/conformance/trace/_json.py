"""Values, programs and outcomes as JSON, for journals and reports; what JSON has not is marked with a ``$``."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from conformance.trace._program import Outcome, Program, Step
from conformance.trace._values import Chosen, Ref, Value, pattern

SHORTEST_PATTERN = 64


def value_to_json(value: Value) -> Any:  # noqa: PLR0911  (one a sort of value)
    """Return a value as JSON has it."""
    if isinstance(value, bytes):
        if len(value) >= SHORTEST_PATTERN and value == pattern(len(value)):
            return {"$pattern": len(value)}
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, Ref):
        return {"$step": value.step, "field": value.field}
    if isinstance(value, Chosen):
        return {"$chosen": value.text}
    if isinstance(value, Mapping):
        plain = {str(name): value_to_json(each) for name, each in value.items()}
        return {"$map": plain} if any(name.startswith("$") for name in plain) else plain
    if isinstance(value, (list, tuple)):
        return [value_to_json(each) for each in value]
    return value


def value_from_json(told: Any) -> Value:  # noqa: PLR0911  (one a sort of value)
    """Return the value that JSON tells."""
    if isinstance(told, list):
        return [value_from_json(each) for each in told]
    if not isinstance(told, dict):
        return told
    match told:
        case {"$bytes": str(text)}:
            return base64.b64decode(text)
        case {"$pattern": int(size)}:
            return pattern(size)
        case {"$step": int(step), "field": str(field)}:
            return Ref(step, field)
        case {"$chosen": str(text)}:
            return Chosen(text)
        case {"$map": dict(plain)}:
            return {name: value_from_json(each) for name, each in plain.items()}
    return {name: value_from_json(each) for name, each in told.items()}


def program_to_json(program: Program) -> dict[str, Any]:
    """Return a program as JSON has it."""
    steps = [{"op": step.op, "args": value_to_json(step.args)} for step in program.steps]
    return {"contract": program.contract, "steps": steps}


def program_from_json(told: Mapping[str, Any]) -> Program:
    """Return the program that JSON tells.

    Raises:
        KeyError: It tells of none.
    """
    steps = tuple(Step(step["op"], value_from_json(step["args"])) for step in told["steps"])
    return Program(told["contract"], steps)


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON has it; what is empty is left out."""
    told: dict[str, Any] = {} if outcome.value is None else {"value": value_to_json(outcome.value)}
    words = {"error": outcome.error, "status": outcome.status, "code": outcome.code, "detail": outcome.detail}
    return told | {name: word for name, word in words.items() if word}


def outcome_from_json(told: Mapping[str, Any]) -> Outcome:
    """Return the outcome that JSON tells."""
    value = value_from_json(told["value"]) if "value" in told else None
    return Outcome(value, told.get("error", ""), told.get("status"), told.get("code", ""), told.get("detail", ""))
