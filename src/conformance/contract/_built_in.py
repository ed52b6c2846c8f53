"""Which contract a word or a reference of fixtures.toml means."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from conformance.contract._api import Contract

if TYPE_CHECKING:
    from collections.abc import Callable

#: The built-in contracts, as ``module:attribute``, by the word for each.
BUILT_IN = {
    "file_system": "conformance.contract.file_system:FILE_SYSTEM",
    "object_store": "conformance.contract.object_store:OBJECT_STORE",
}


def contract_of(word: str, *, import_reference: Callable[[str], object]) -> Contract | None:
    """Return the contract that a fixture declares; None for a word of the project's own that names none.

    Args:
        word: ``contract`` of the fixture: a built-in name, ``module:attribute``, or another word.
        import_reference: Returns what a ``module:attribute`` names; asked for nothing else. What it raises is let
            through, and it is the one to refuse what is no contract.
    """
    if word in BUILT_IN:
        module, _, name = BUILT_IN[word].partition(":")
        found = getattr(importlib.import_module(module), name)
    elif ":" in word:
        found = import_reference(word)
    else:
        return None
    return found if isinstance(found, Contract) else None
