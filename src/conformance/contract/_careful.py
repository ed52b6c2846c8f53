"""Tells a service that does not work from a subject that breaks the connection: what the latter does is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract._api import LEAKED, Unreachable
from conformance.contract._session import Session, Verdict
from conformance.trace import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract._api import Contract
    from conformance.contract._calling import Call
    from conformance.contract._session import Played
    from conformance.trace import Value

UNREACHABLE = "Unreachable"
FINE = (Verdict.OK, Verdict.ALLOWED)


def careful(call: Call) -> Call:
    """Return what calls as ``call`` does, and takes a connection that is lost for what came of the step."""

    def calling(op: str, args: Mapping[str, Value]) -> Outcome:
        try:
            return call(op, args)
        except Unreachable as error:
            return Outcome(error=LEAKED, code=UNREACHABLE, detail=str(error))

    return calling


def failed_canary(contract: Contract, call: Call, *, capabilities: frozenset[str]) -> Played | None:
    """Run the canary of a contract on a fresh subject; return the first step that fails, None where it holds.

    Raises:
        Unreachable: The service could not be reached.
    """
    session = Session(contract, call, capabilities=capabilities)
    return next((each for step in contract.canary if (each := session.play(step)).verdict not in FINE), None)
