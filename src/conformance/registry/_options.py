"""``options``: what a driver is told, in keys of its own; values of the environment among them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from conformance.errors import nearest_word
from conformance.registry._specs import EnvironmentValue
from conformance.toml import Wrong, toml_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.toml import Key

OF_ENVIRONMENT = ("env", "stand_in")


def wrong_in_options(document: dict[str, Any]) -> Iterator[Wrong]:
    """Yield what is wrong in the options of backends and fixtures; what is no table at all is left to the schema."""
    for sort in ("backend", "fixture"):
        for name, table in _items(document.get(sort)):
            for option, value in _items(table.get("options") if isinstance(table, dict) else None):
                yield from _wrong_in(value, (sort, name, "options", option))


def option_of(value: Any) -> Any:
    """Return a value of an option with the tables that stand for values of the environment as such."""
    if isinstance(value, list):
        return [option_of(each) for each in value]
    if not isinstance(value, dict):
        return value
    if _is_of_environment(value):
        return EnvironmentValue(value["env"], value["stand_in"])
    return {name: option_of(each) for name, each in value.items()}


def _wrong_in(value: Any, key: Key) -> Iterator[Wrong]:
    if isinstance(value, (dt.date, dt.time)):
        yield Wrong(key, f'= "{value}" is a date or time.', "Put it in quotes.", "wrong-type")
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _wrong_in(each, (*key, at))
    elif isinstance(value, dict) and _is_of_environment(value):
        yield from _wrong_of_environment(value, key)
    else:
        for name, each in _items(value):
            yield from _wrong_in(each, (*key, name))


def _wrong_of_environment(table: dict[str, Any], key: Key) -> Iterator[Wrong]:
    for name in table.keys() - set(OF_ENVIRONMENT):
        near = nearest_word(name, OF_ENVIRONMENT)
        cure = f"Did you mean {near}?" if near else f"Known here: {', '.join(OF_ENVIRONMENT)}."
        yield Wrong((*key, name), "is not a known key.", cure, "unknown-key")
    for name in OF_ENVIRONMENT:
        here = (*key, name)
        if name not in table:
            yield Wrong(here, "is missing.", f"Add {name} = ...: a value of the environment has both.", "missing-key")
        elif not isinstance(table[name], str):
            yield Wrong(here, f"= {toml_of(table[name])} is not a string.", "Give a string.", "wrong-type")
        elif not table[name]:
            yield Wrong(here, '= "" is empty.', "Give a value.", "empty-value")


def _is_of_environment(table: dict[str, Any]) -> bool:
    return bool(table.keys() & set(OF_ENVIRONMENT))


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    yield from value.items() if isinstance(value, dict) else ()
