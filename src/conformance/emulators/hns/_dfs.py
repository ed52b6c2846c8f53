"""The dfs endpoint: which operation a request is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.emulators.hns._errors import ServiceError

if TYPE_CHECKING:
    from conformance.emulators.hns._answer import Answer
    from conformance.emulators.hns._call import Call
    from conformance.emulators.hns._state import State


def carry_out_dfs(call: Call, state: State) -> Answer:  # noqa: ARG001
    """Return what the operation answers.

    Raises:
        ServiceError: The service refuses it.
    """
    raise ServiceError("NotImplemented")
