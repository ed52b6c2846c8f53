"""Finds out what a subject offers that nobody has declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract import Session, Unreachable, Verdict
from conformance.errors import EnvironmentFault
from conformance.generate._canary import check_canary

if TYPE_CHECKING:
    from conformance.contract import Contract
    from conformance.generate._subject import OpenSubject

LACKING = ("not_offered", "unsupported")


def offered_by(contract: Contract, open_subject: OpenSubject) -> frozenset[str]:
    """Return the capabilities of a contract that a subject offers, by running the probes of each.

    What an operation needs is offered unless the operation is not; what none needs, a property of the subject, is
    offered where the probe does what the model says of a subject that has it.

    Raises:
        EnvironmentFault: The service does not work before or after: what it offers cannot be said.
    """
    check_canary(contract, open_subject, capabilities=contract.capabilities)
    try:
        found = _probed(contract, open_subject)
    except Unreachable as error:
        raise EnvironmentFault(f"The service does not answer: {error}") from error
    check_canary(contract, open_subject, capabilities=contract.capabilities)
    return found


def _probed(contract: Contract, open_subject: OpenSubject) -> frozenset[str]:
    needed = {word for each in contract.operations.values() for word in (*each.needs, *each.needs_for.values())}
    found = set()
    for capability, steps in contract.probes.items():
        with open_subject() as subject:
            session = Session(contract, subject.call, capabilities=contract.capabilities)
            played = [session.play(step) for step in steps]
        is_lacking = any(each.outcome.error in LACKING for each in played)
        is_other = any(each.verdict is Verdict.DIVERGES for each in played)
        if not is_lacking and (capability in needed or not is_other):
            found.add(capability)
    return frozenset(found)
