"""Runs the program of a finding on its fixture again: does the divergence show?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cli._subjects import Subjects
from conformance.contract import Unreachable, Verdict, careful, failed_canary, run_program
from conformance.errors import EnvironmentFault, Unavailable, UsageError
from conformance.fixtures import lacking
from conformance.report import contract_of_fixture

if TYPE_CHECKING:
    from conformance.contract import Contract, Finding, Run
    from conformance.fixtures import Opener
    from conformance.registry import FixtureSpec, Registry
    from conformance.trace import Program


class ProgramRunner:
    """Runs programs, each on a fresh subject."""

    def __init__(self, registry: Registry, opener: Opener) -> None:
        """Run nothing yet."""
        self._registry = registry
        self._opener = opener

    def run(self, program: Program, fixture: str) -> Run:
        """Run a program on a fresh subject of a fixture.

        Raises:
            EnvironmentFault: The service does not work, which says nothing about the subject.
            ConformanceError: The fixture cannot be opened, or keeps another contract.
        """
        spec = self._registry.fixture(fixture)
        contract = self._contract_of(spec, program.contract)
        subjects = Subjects(self._opener, spec)
        try:
            return _run(program, contract, subjects)
        except Unreachable:
            _check_canary(contract, subjects)
            return _run(program, contract, subjects, is_careful=True)

    def _contract_of(self, spec: FixtureSpec, wanted: str) -> Contract:
        contract = contract_of_fixture(spec, self._registry)
        if contract is None or contract.id != wanted:
            what = f"[fixture.{spec.name}] keeps {contract.id if contract else 'no contract'}, not {wanted}."
            line = self._registry.line_of("fixture", spec.name)
            cure = "Write the report again with `conformance generate`."
            raise UsageError(what, cure, path=self._registry.path, line=line, slug="other-contract")
        missing = lacking(spec, root=self._registry.path.parent)
        if missing:
            raise Unavailable(*missing)
        return contract


def shows(finding: Finding, run: Run) -> bool:
    """Return whether a run of the program of a finding shows its divergence."""
    played = run.played[finding.step - 1]
    return played.verdict is Verdict.DIVERGES and played.group == finding.group


def _run(program: Program, contract: Contract, subjects: Subjects, *, is_careful: bool = False) -> Run:
    with subjects.open() as subject:
        call = careful(subject.call) if is_careful else subject.call
        return run_program(contract, program, call, capabilities=subjects.spec.capabilities)


def _check_canary(contract: Contract, subjects: Subjects) -> None:
    spec = subjects.spec
    try:
        with subjects.open() as subject:
            failed = failed_canary(contract, subject.call, capabilities=spec.capabilities)
    except Unreachable as error:
        raise EnvironmentFault(f"The service of {spec.name} does not answer: {error}") from error
    if failed is not None:
        raise EnvironmentFault(f"The canary fails on {spec.name} at {failed.step.op}.")
