"""Finds a contract by the name that fixtures.toml has for it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from conformance.contract._api import Contract
from conformance.errors import UsageError, nearest_word

if TYPE_CHECKING:
    from collections.abc import Callable

BUILT_IN = {
    "file_system": "conformance.contract.file_system:FILE_SYSTEM",
    "object_store": "conformance.contract.object_store:OBJECT_STORE",
}


def contract_of(name: str, *, load: Callable[[str], object] | None = None) -> Contract:
    """Return a contract that ships, or one of the user's own.

    Args:
        name: ``object_store``, ``file_system``, or ``module:attribute``.
        load: Imports what ``module:attribute`` names, and says what is wrong where it cannot.

    Raises:
        UsageError: There is none of this name, or what it names is no contract.
    """
    reference = BUILT_IN.get(name, name)
    module, colon, attribute = reference.partition(":")
    if not colon:
        near = nearest_word(name, BUILT_IN)
        cure = f"Did you mean {near!r}?" if near else f"Write {', '.join(BUILT_IN)}, or module:attribute of your own."
        raise UsageError(f"There is no contract {name!r}.", cure, slug="unknown-contract")
    own = load is not None and name not in BUILT_IN
    found = load(reference) if own and load else getattr(importlib.import_module(module), attribute)
    if not isinstance(found, Contract):
        cure = "Decorate the class with conformance.contract.contract, and name what that returns."
        raise UsageError(f"{name} is {type(found).__name__}, not a contract.", cure, slug="bad-contract")
    return found
