"""Traces as items of pytest: each runs once for every fixture of the run that keeps its contract."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract import Contract, Unreachable, call_of, declined, judge, run_program
from conformance.errors import ConformanceError, Fault, RecordingError, ReplayStop, TraceError, nearest_word
from conformance.pytest_plugin._guards import keep_failed, mutant_items
from conformance.pytest_plugin._selection import Needs
from conformance.pytest_plugin._subjects import Case
from conformance.report import contract_of_fixture, replay_fails
from conformance.toml import line_of
from conformance.trace import load_trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.cassette import Interaction
    from conformance.contract import Run
    from conformance.fixtures import Opened
    from conformance.pytest_plugin._selection import Selection
    from conformance.pytest_plugin._subjects import Subjects
    from conformance.pytest_plugin._tally import Tally
    from conformance.registry import FixtureSpec
    from conformance.trace import Trace

#: Answers that a recording leaves out elsewhere; of a trace they are what it is about, as its outcomes are judged.
JUDGED = frozenset({400, 401, 403, 501})


class Traces:
    """The traces of one run."""

    def __init__(self, selection: Selection, subjects: Subjects, tally: Tally) -> None:
        """Read nothing yet."""
        self.registry = selection.registry
        self._selection = selection
        self._contracts: dict[str, Contract | None] = {}
        self.subjects = subjects
        self.tally = tally

    def keepers(self, trace: Trace) -> list[tuple[FixtureSpec, Contract]]:
        """Return the fixtures of the run that keep the contract of a trace, in the order of fixtures.toml.

        Raises:
            DriverError: A fixture declares a contract that cannot be found.
        """
        kept = ((spec, self._contract_of(spec)) for spec in self._selection.specs)
        return [
            (spec, found)
            for spec, found in kept
            if found is not None and found.id == trace.program.contract and trace.is_for(spec.family)
        ]

    def kept(self) -> str:
        """Return the contracts that the fixtures of the run keep, in words."""
        found = {contract.id for contract in self._contracts.values() if contract is not None}
        return f"they keep {', '.join(sorted(found))}" if found else "they keep none"

    def _contract_of(self, spec: FixtureSpec) -> Contract | None:
        word = spec.contract
        if word is None:
            return None
        if word not in self._contracts:
            self._contracts[word] = contract_of_fixture(spec, self.registry)
        return self._contracts[word]


class TraceFile(pytest.File):
    """One trace."""

    traces: Traces

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for every fixture that keeps its contract and offers what its steps need."""
        try:
            trace = load_trace(self.path)
            keepers = self.traces.keepers(trace)
            needs = Needs(capabilities=_needs_of(trace, keepers[0][1])) if keepers else Needs()
        except ConformanceError as error:
            raise self.CollectError(str(error)) from error
        offering = [(spec, contract) for spec, contract in keepers if needs.capabilities <= spec.capabilities]
        for spec, _ in keepers:
            self.traces.tally.count_not_offered(spec, needs)
        for spec, contract in offering:
            item: TraceItem = TraceItem.from_parent(self, name=spec.name)
            item.trace, item.contract, item.spec = trace, contract, spec
            yield item
        yield from mutant_items(self, trace, offering)
        if not offering:
            lacking = f"offers {needs.render()}" if keepers else f"keeps {trace.program.contract}: {self.traces.kept()}"
            nothing: pytest.Item = NoItem.from_parent(self, name="none")
            nothing.add_marker(pytest.mark.skip(reason=f"none of the fixtures of this run {lacking}"))
            yield nothing


class TraceItem(pytest.Item):
    """A trace on a fixture.

    Attributes:
        trace: The trace.
        contract: Its contract.
        spec: The fixture.
    """

    parent: TraceFile
    trace: Trace
    contract: Contract
    spec: FixtureSpec

    @property
    def case(self) -> Case:
        """What its subject is opened for."""
        expected = (outcome.status for outcome in self.trace.expected_of(self.spec.family))
        expects = JUDGED | {status for status in expected if status is not None}
        module, name = self.parent.traces.registry.trace_id(self.path)
        return Case(self.nodeid, self.parent.nodeid, module, name, expects, is_strict=True)

    def runtest(self) -> None:
        """Open the subject, run the program, judge what came of it, and close."""
        subjects, case = self.parent.traces.subjects, self.case
        opened = subjects.open(self.spec, case)
        try:
            run = self._played(opened)
            wrong = judge(self.trace, run, self.spec.family)
            if wrong is not None:
                keep_failed(self.parent.traces.registry.path.parent, self.nodeid, self.trace, run, self.spec.family)
                pytest.fail(wrong, pytrace=False)
        except BaseException:
            with suppress(Exception, pytest.fail.Exception, pytest.skip.Exception):  # what came first is what counts
                subjects.close(opened, case, has_passed=False)
            raise
        subjects.close(opened, case, has_passed=True, check=self._check)
        self._skip_declined(run)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands, and its name in reports."""
        return self.path, 0, self.nodeid

    def _played(self, opened: Opened) -> Run:
        """Return what came of the program, or end the item with what kept it from being played."""
        call = call_of(opened.subject, run=opened.run)
        try:
            run = run_program(self.contract, self.trace.program, call, capabilities=self.spec.capabilities)
        except (ReplayStop, Unreachable) as error:
            if not opened.stops:
                told = f"{self.path}: {self.spec.name} could not be reached: {error}"
                cure = "Nothing is said of the subject: run it again when it works."
                pytest.fail(f"{told}\n  {cure} (unreachable)", pytrace=False)
        if opened.stops:
            raise self.parent.traces.subjects.outcome(opened.stops[0], self.spec) from None
        return run

    def _check(self, interactions: Sequence[Interaction]) -> None:
        """Run the program again on what is about to be stored.

        Raises:
            RecordingError: Something else comes of it.
        """
        registry = self.parent.traces.registry
        module, test = registry.trace_id(self.path)
        wrong = replay_fails(
            self.trace, self.contract, self.spec, interactions, registry=registry, module=module, test=test
        )
        if wrong:
            what = f"The recording is not put in place: something else comes of the trace when it is played. {wrong}"
            cure = "Let the driver send the same requests each time: ask the opening for what differs between runs."
            raise RecordingError(what, cure, slug="unrepeatable", path=self.path)

    def _skip_declined(self, run: Run) -> None:
        """Skip, after what was played of it, a program that the client cannot express."""
        played = declined(run)
        if played is not None:
            self.parent.traces.tally.count_declined(self.spec.name, played.step.op)
            pytest.skip(f"{self.spec.name} does not offer {played.step.op}: {played.outcome.detail}")


class NoItem(pytest.Item):
    """A trace that no fixture of the run is for; it is skipped, by name."""

    def runtest(self) -> None:  # pragma: no cover  (it is always skipped)
        """Do nothing."""

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where it stands, and its name in reports."""
        return self.path, 0, self.nodeid


def _needs_of(trace: Trace, contract: Contract) -> frozenset[str]:
    """Return the capabilities that the steps need.

    Raises:
        TraceError: A step names an operation or an argument that the contract does not have.
    """
    needed: set[str] = set()
    for at, step in enumerate(trace.program.steps):
        if step.op not in contract.operations:
            raise _unknown(trace, (at, "op"), f"names no operation of {contract.id}", step.op, contract.operations)
        operation = contract.operations[step.op]
        for name in step.args.keys() - operation.arguments.keys():
            said = f"is no argument of {step.op} in {contract.id}"
            raise _unknown(trace, (at, "args", name), said, name, operation.arguments)
        needed |= operation.needs_of(step.args)
    return frozenset(needed)


def _unknown(trace: Trace, key: tuple[int | str, ...], said: str, word: str, words: Any) -> TraceError:
    near = nearest_word(word, words)
    cure = f"Did you mean {near}?" if near else f"It has {', '.join(words)}."
    whole = ("step", *key)
    path = trace.path
    line = line_of(path.read_text("utf-8-sig"), whole) if path else None
    what = f"[[step]] {'.'.join(map(str, key[1:]))}: {word!r} {said}."
    return TraceError([Fault(what, cure, "unknown-word", path, line, ".".join(map(str, whole)))])
