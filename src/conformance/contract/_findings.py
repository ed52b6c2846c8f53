"""What an exploration found out about one subject: behaviours, and where it differs from the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract._session import Verdict
    from conformance.trace import Outcome, Program

ARROW = " -> "


@dataclass(frozen=True, slots=True)
class Expected:
    """An outcome that the model allows.

    Attributes:
        outcome: Chosen values as the model or a numbering names them.
        reason: Why it is allowed beside the usual one; the usual one has none.
    """

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a subject differs from the model, with the smallest program that shows it.

    Attributes:
        contract: The contract and its version, as ``name@version``.
        fixture: The fixture whose subject it is.
        group: What sort of divergence it is, ``Played.group``: one finding a group, fixture and contract.
        verdict: ``DIVERGES``, ``FLAKY``, ``MODEL_SUSPECT`` or ``ENVIRONMENT``.
        program: The smallest program that was found to show it.
        step: The number of the step that differs, from 1.
        expected: What the model allows of that step, the usual first.
        actual: What came of it, chosen values numbered over the program.
        hits: How often the group was met while exploring.
        signature: The behaviour of that step, ``Played.signature``.
        reproduced: How often it was shown again, each time in a fresh process.
        trace: The path of the trace that holds it, relative to the traces folder; empty where there is none.
        elsewhere: What came of that step of the same program on other fixtures, by fixture, chosen values numbered.
    """

    contract: str
    fixture: str
    group: str
    verdict: Verdict
    program: Program
    step: int
    expected: tuple[Expected, ...]
    actual: Outcome
    hits: int
    signature: str
    reproduced: int = 0
    trace: str = ""
    elsewhere: Mapping[str, Outcome] = field(default_factory=dict)

    @property
    def behaviour(self) -> str:
        """The operation and variant that differ: what stands before the arrow of the signature."""
        return self.signature.partition(ARROW)[0]


@dataclass(frozen=True, slots=True)
class Side:
    """A fixture, and what tells it from others.

    Attributes:
        fixture: The fixture.
        service: What answers behind it, as of ``Exploration``.
        driver: What maps the contract to its client, as ``module:callable``; empty where that is not known.
    """

    fixture: str
    service: str
    driver: str


@dataclass(frozen=True, slots=True)
class Variation:
    """A step that the contract allows on two fixtures, and of which they make different things.

    Attributes:
        program: The shortest program that was found to show it; the step is its last.
        signature: The behaviour of the step on the fixture that is explored, ``Played.signature``.
        actual: What came of it there, chosen values numbered over the program.
        fixture: The other fixture.
        outcome: What came of it on that one.
    """

    program: Program
    signature: str
    actual: Outcome
    fixture: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Exploration:
    """What exploring one fixture has shown.

    Attributes:
        fixture: The fixture.
        service: What answers behind it: its service reference, or its backend. Fixtures of one service differ in their
            client alone; fixtures of two services are independent of each other.
        contract: The contract and its version, as ``name@version``.
        capabilities: What the fixture offers.
        programs: How many programs were run.
        steps: How many steps they had together.
        seconds: How long it took.
        signatures: Every behaviour seen (``Played.signature``), and how often.
        findings: Where the subject differs from the model, one a group.
        curve: How many behaviours were known after so many steps: pairs of (steps, behaviours), both growing.
        estimate_left: How many behaviours are estimated to be unseen.
        not_offered: Operations and variants that were drawn and are not offered: what stands before the arrow.
        covered: By signature, the path of the trace that shows it for ever, relative to the traces folder.
        driver: What maps the contract to its client, as ``module:callable``; empty where that is not known.
        beside: The other fixtures that traces and findings were run on.
        variations: What these make differently of what is allowed.
    """

    fixture: str
    service: str
    contract: str
    capabilities: frozenset[str]
    programs: int
    steps: int
    seconds: float
    signatures: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    curve: tuple[tuple[int, int], ...] = ()
    estimate_left: float = 0.0
    not_offered: frozenset[str] = frozenset()
    covered: Mapping[str, str] = field(default_factory=dict)
    driver: str = ""
    beside: tuple[Side, ...] = ()
    variations: tuple[Variation, ...] = ()

    @property
    def side(self) -> Side:
        """The fixture, and what tells it from others."""
        return Side(self.fixture, self.service, self.driver)

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The signatures that were seen and that no trace shows, in alphabetical order."""
        return tuple(sorted(self.signatures.keys() - self.covered.keys()))
