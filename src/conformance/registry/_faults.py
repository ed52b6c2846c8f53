"""Turns what pydantic found wrong into faults in the words of fixtures.toml."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from conformance.errors import nearest_word
from conformance.registry._schema import Document
from conformance.toml import Wrong, toml_of

if TYPE_CHECKING:
    from pydantic import ValidationError

    from conformance.toml import Key

TYPE_WORDS = {
    "string_type": "a string",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
EXAMPLES = {"name": '"a_rule"', "env": '"A_VARIABLE"'}
NAME_CURE = "Names are lower-case letters, digits and underscores, and start with a letter."
REFERENCE_CURE = "Write module:callable, for example tests.backends.s3:moto."


def faults_of(error: ValidationError) -> list[Wrong]:
    """Return what is wrong, one for each error."""
    return [_fault(tuple(item["loc"]), item) for item in error.errors()]


def _fault(key: Key, item: Any) -> Wrong:
    sort, value = item["type"], item["input"]
    if sort == "extra_forbidden":
        return Wrong(key, "is not a known key.", _known_keys(key), "unknown-key")
    if sort == "missing":
        return Wrong(key, "is missing.", f"Add {key[-1]} = {EXAMPLES.get(str(key[-1]), '...')}.", "missing-key")
    if sort == "literal_error":
        return _not_one_of(key, value, item["ctx"]["expected"])
    if sort == "string_pattern_mismatch":
        return _malformed(key, value, item["ctx"]["pattern"])
    if sort in ("too_short", "string_too_short"):
        return Wrong(key, f"= {toml_of(value)} is empty.", "Give a value, or leave the key out.", "empty-value")
    wanted = TYPE_WORDS.get(sort, item["msg"].removeprefix("Input should be ")).format(**item.get("ctx", {}))
    return Wrong(key, f"= {toml_of(value)} is not {wanted}.", _retyped(value, sort) or f"Give {wanted}.", "wrong-type")


def _malformed(key: Key, value: object, pattern: str) -> Wrong:
    if key[-1] == "[key]":
        return Wrong(key[:-1], "is not a name.", NAME_CURE, "bad-name")
    return Wrong(
        key, f"= {toml_of(value)} is not well formed.", REFERENCE_CURE if ":" in pattern else NAME_CURE, "bad-form"
    )


def _not_one_of(key: Key, value: object, expected: str) -> Wrong:
    what = f"= {toml_of(value)} is not one of {expected}."
    if key[-1] == "stage":
        cure = "Stages are 1 (this repository alone), 2 (a service on this machine) and 3 (a live account)."
        return Wrong(key, what, cure, "bad-stage")
    words = expected.replace(" or ", ", ").replace("'", "").split(", ")
    near = nearest_word(str(value), words)
    cure = f"Did you mean {toml_of(near)}?" if near else f"Choose one of {', '.join(words)}."
    return Wrong(key, what, cure, "bad-kind" if key[-1] == "kind" else "unknown-value")


def _retyped(value: object, sort: str) -> str | None:
    """Return the edit that gives a value the wanted type, where the value itself says it."""
    if sort == "list_type" and type(value) in {str, int}:
        return f"Write [{toml_of(value)}]."
    if sort == "string_type" and isinstance(value, (int, float)):
        return f'Write "{toml_of(value)}".'
    if sort == "bool_type" and value in ("true", "false"):
        return f"Write {value}, without quotes."
    return None


def _known_keys(key: Key) -> str:
    words = _fields_at(Document, key[:-1])
    near = nearest_word(str(key[-1]), words)
    return f"Did you mean {near}?" if near else f"Known here: {', '.join(words)}."


def _fields_at(model: type[BaseModel], key: Key) -> list[str]:
    """Follow a key through the models and return the keys that may stand there."""
    at: Any = model
    for word in key:
        if isinstance(at, type) and issubclass(at, BaseModel):
            at = at.model_fields[str(word)].annotation
        else:  # a dict by name or a list by position: its values are its last type argument
            at = typing.get_args(at)[-1]
        if isinstance(at, types.UnionType):
            at = next(choice for choice in typing.get_args(at) if choice is not type(None))
    return [field.alias or name for name, field in at.model_fields.items()]
