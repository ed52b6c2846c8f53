"""Whether an outcome is one that the model allows, and in which words the two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conformance.trace import Chosen, Digest, Outcome, Value

MANY = 2


def agreed(allowed: Outcome, actual: Outcome, chosen: Mapping[str, str]) -> dict[str, str] | None:
    """Return what the model's names stand for when an outcome is an allowed one; None when it is not.

    Args:
        allowed: An outcome of the model.
        actual: What came of the step.
        chosen: What each name of the model was found to stand for so far.
    """
    if allowed.error or actual.error:
        return dict(chosen) if allowed.error == actual.error else None
    known = dict(chosen)
    return known if _agree(allowed.value, actual.value, known) else None


def _agree(allowed: Value, actual: Value, known: dict[str, str]) -> bool:
    if isinstance(allowed, Chosen):
        return isinstance(actual, Chosen) and known.setdefault(allowed.text, actual.text) == actual.text
    if isinstance(allowed, Mapping):
        return (
            isinstance(actual, Mapping)
            and allowed.keys() == actual.keys()
            and all(_agree(each, actual[name], known) for name, each in allowed.items())
        )
    if isinstance(allowed, (list, tuple)):
        return (
            isinstance(actual, (list, tuple))
            and len(allowed) == len(actual)
            and all(_agree(one, other, known) for one, other in zip(allowed, actual, strict=True))
        )
    return (type(allowed) is type(actual) or isinstance(allowed, Digest)) and bool(allowed == actual)


def class_of(outcome: Outcome) -> str:
    """Return the class of an outcome in few words: ``ok``, with the shape of what came back, or the error."""
    if outcome.error:
        return " ".join(str(word) for word in (outcome.error, outcome.status, outcome.code) if word)
    shapes = [f"{name} {shape}" for name, value in (outcome.value or {}).items() if (shape := shape_of(value))]
    return "ok" + (f" ({', '.join(shapes)})" if shapes else "")


def shape_of(value: Value) -> str:
    """Return a small bucket that a value is in; empty for what has no shape worth telling."""
    if isinstance(value, (bytes, list, tuple, Mapping)):
        count = len(value)
        if isinstance(value, bytes):
            return "some" if count else "none"
        return "none" if not count else "one" if count < MANY else "many"
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    return ""


def differences(expected: Outcome, actual: Outcome) -> str:
    """Return in few words how an outcome differs from an expected one, the same for the same sort of difference."""
    if expected.error or actual.error:
        return f"{class_of(actual)} instead of {expected.error or 'ok'}"
    one, other = expected.value or {}, actual.value or {}
    words = [f"no {name}" for name in one if name not in other]
    words += [f"also {name}" for name in other if name not in one]
    words += [f"{name} {how}" for name in one if name in other and (how := _how(one[name], other[name]))]
    return ", ".join(words) or "what it chose is not what it chose before"


def _how(expected: Value, actual: Value) -> str:
    if isinstance(expected, Chosen) and isinstance(actual, Chosen):
        return ""
    if type(expected) is not type(actual) and not (_is_list(expected) and _is_list(actual)):
        return f"is {_kind(actual)}, not {_kind(expected)}"
    if expected == actual:
        return ""
    if isinstance(expected, (bytes, str, Mapping)) or _is_list(expected):
        return _how_sized(expected, actual)
    return f"{actual} instead of {expected}" if isinstance(expected, bool) else "of another value"


def _how_sized(expected: Value, actual: Value) -> str:
    if not actual:
        return "empty"
    if not expected:
        return "not empty"
    if _is_list(expected) and len(expected) == len(actual):
        return "in another order" if _as_set(expected) == _as_set(actual) else "with other items"
    if len(expected) == len(actual):
        return "of other content"
    return "shorter" if len(actual) < len(expected) else "longer"


def _as_set(items: Sequence[Value]) -> list[str]:
    return sorted(map(repr, items))


def _is_list(value: Value) -> bool:
    return isinstance(value, (list, tuple))


def _kind(value: Value) -> str:
    return "none" if value is None else type(value).__name__.lower()
