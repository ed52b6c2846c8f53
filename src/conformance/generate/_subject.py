"""What an exploration is given to run programs on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from conformance.contract import Call


class Meter(Protocol):
    """What a subject cost so far: requests sent, and bytes of bodies both ways; zeros where it speaks no HTTP."""

    requests: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A fresh subject.

    Attributes:
        call: Runs an operation on it.
        meter: What it cost so far.
    """

    call: Call
    meter: Meter


#: Opens a fresh subject each time it is called.
OpenSubject: TypeAlias = Callable[[], AbstractContextManager[Subject]]
