"""Faults of the driver, for guards: each must turn a guard red, or the guard guards nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from driver import KeyValue


def forgets_the_condition(subject: KeyValue) -> KeyValue:
    """Return a subject that never asks for a version: a guard that is about versions must notice."""
    store = subject.set

    def set_always(key: str, value: bytes, **_: object) -> Mapping[str, Any]:
        return store(key, value)

    subject.set = set_always
    return subject
