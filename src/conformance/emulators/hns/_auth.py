"""Who may do what: Shared Key, and shared access signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State


def authorize(call: Call, *, name: str, key: str, state: State) -> None:
    """Raise a ServiceError where a request is not signed as it must be, or its signature does not allow it."""
