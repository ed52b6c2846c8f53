"""Programs and what comes of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.trace._values import Chosen, Ref, Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step: a value, or a typed error; normalised once, by the driver.

    Attributes:
        value: The fields of what came back; None where it failed. An operation that returns nothing has no fields.
        error: The kind of the error: one of the contract's closed set, ``not_offered``, or ``leaked`` for anything that
            the driver does not know; empty where it did not fail.
        status: The status that the service answered with, where the driver knows it; not compared.
        code: The service's own word for the error, or the type of one that leaked; not compared.
        detail: What the client said, for people; not compared.
    """

    value: Mapping[str, Value] | None = None
    error: str = ""
    status: int | None = field(default=None, compare=False)
    code: str = field(default="", compare=False)
    detail: str = field(default="", compare=False)

    @property
    def is_ok(self) -> bool:
        """Whether the step did not fail."""
        return not self.error


@dataclass(frozen=True, slots=True)
class Step:
    """An operation with its arguments; what is not given is absent, not None."""

    op: str
    args: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Program:
    """Steps in order, on one fresh subject.

    Attributes:
        contract: The contract and its version, as ``name@version``.
        steps: At least one.
    """

    contract: str
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """The digest of the program: twelve hexadecimal characters, the same on every machine."""
        told = json.dumps([self.contract, [[step.op, _told(step.args)] for step in self.steps]], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def _told(value: Value) -> object:
    if isinstance(value, bytes):
        return {"bytes": hashlib.sha256(value).hexdigest()}
    if isinstance(value, Ref):
        return {"step": value.step, "field": value.field}
    if isinstance(value, Chosen):
        return {"chosen": value.text}
    if isinstance(value, Mapping):
        return {"map": sorted((name, _told(each)) for name, each in value.items())}
    if isinstance(value, (list, tuple)):
        return [_told(each) for each in value]
    return value
