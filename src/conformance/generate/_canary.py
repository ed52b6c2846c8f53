"""The canary: a program that every healthy subject runs, so that a service that does not work is no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract import Unreachable, failed_canary
from conformance.errors import EnvironmentFault

if TYPE_CHECKING:
    from conformance.contract import Contract
    from conformance.generate._subject import OpenSubject


def check_canary(contract: Contract, open_subject: OpenSubject, *, capabilities: frozenset[str]) -> None:
    """Run the canary of a contract on a fresh subject.

    Raises:
        EnvironmentFault: It does not do what every healthy subject does.
    """
    try:
        with open_subject() as subject:
            failed = failed_canary(contract, subject.call, capabilities=capabilities)
    except Unreachable as error:
        raise EnvironmentFault(f"The service does not answer: {error}") from error
    if failed is not None:
        outcome = failed.outcome
        raise EnvironmentFault(f"The canary fails at {failed.step.op}: {outcome.error or 'ok'} {outcome.detail}")
