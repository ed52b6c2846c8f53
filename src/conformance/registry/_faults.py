"""Turns what pydantic found wrong into faults in the words of fixtures.toml."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from conformance.errors import nearest_word
from conformance.registry._schema import Document

if TYPE_CHECKING:
    from pydantic import ValidationError

    from conformance.registry._positions import Key

Wrong = tuple["Key", str, str, str]

TYPE_WORDS = {
    "string_type": "a string",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "int_type": "a whole number",
}
PATTERN_CURES = {
    ":": "Write module:callable, for example tests.backends.s3:moto.",
    "": "Names are lower-case letters, digits and underscores, and start with a letter.",
}


def faults_of(error: ValidationError) -> list[Wrong]:
    """Return (key, what, cure, slug) of each error."""
    return [_fault(tuple(item["loc"]), item) for item in error.errors()]


def _fault(loc: Key, item: Any) -> Wrong:
    sort, value, context = item["type"], item["input"], item.get("ctx", {})
    if sort == "extra_forbidden":
        return loc, "is not a known key.", _known_keys(loc), "unknown-key"
    if sort == "missing":
        return loc, "is missing.", f"Add {loc[-1]} = ....", "missing-key"
    if sort == "literal_error":
        return loc, f"= {_toml(value)} is not one of {context['expected']}.", _nearest(value, context), _slug(loc)
    if sort == "string_pattern_mismatch":
        if loc[-1] == "[key]":
            return loc[:-1], "is not a name.", PATTERN_CURES[""], "bad-name"
        return loc, f"= {_toml(value)} is not well formed.", PATTERN_CURES[":" * (":" in context["pattern"])], "bad-form"
    if sort in ("too_short", "string_too_short"):
        return loc, f"= {_toml(value)} is empty.", "Give a value, or leave the key out.", "empty-value"
    wanted = TYPE_WORDS.get(sort, "another value")
    return loc, f"= {_toml(value)} is not {wanted}.", f"Give {wanted}.", "wrong-type"


def _slug(loc: Key) -> str:
    return {"stage": "bad-stage", "kind": "bad-kind"}.get(str(loc[-1]), "unknown-value")


def _nearest(value: object, context: dict[str, str]) -> str:
    words = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
    near = nearest_word(str(value), words)
    if words == ["1", "2", "3"]:
        return "Stages are 1 (this repository alone), 2 (a service on this machine) and 3 (a live account)."
    return f"Did you mean {_toml(near)}?" if near else f"Choose one of {', '.join(words)}."


def _known_keys(loc: Key) -> str:
    words = _fields_at(Document, loc[:-1])
    near = nearest_word(str(loc[-1]), words)
    return f"Did you mean {near}?" if near else f"Known here: {', '.join(words)}."


def _fields_at(model: type[BaseModel], loc: Key) -> list[str]:
    """Follow a location through the models and return the keys that may stand there."""
    at: Any = model
    for word in loc:
        if isinstance(at, type) and issubclass(at, BaseModel):
            at = at.model_fields[str(word)].annotation
        else:  # a dict by name or a list by position: its values are its last type argument
            at = typing.get_args(at)[-1]
        if isinstance(at, types.UnionType):
            at = next(choice for choice in typing.get_args(at) if choice is not type(None))
    return list(at.model_fields)


def _toml(value: object) -> str:
    """Return a value the way the file would show it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
