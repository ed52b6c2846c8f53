"""Runs traces on declared fixtures: notes what each does, and records it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from conformance.cassette import cassette_name, locked, remove_cassette, remove_left
from conformance.contract import call_of, run_program
from conformance.errors import RecordingError
from conformance.generate import Candidate, cover, observed_of, with_observed
from conformance.report import replay_fails
from conformance.trace import load_trace, load_traces, write_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from conformance.cassette import Interaction
    from conformance.contract import Contract, Played
    from conformance.fixtures import Mode, Opener
    from conformance.registry import FixtureSpec, Registry
    from conformance.trace import Trace

#: Answers that tell what a service does with a request that is wrong; one that is busy or down tells nothing.
TELLING = frozenset({400, 401, 403, 500, 501, 505})

#: Raises where what came of a trace says nothing about the subject.
Check: TypeAlias = "Callable[[Sequence[Played]], None]"


class Traces:
    """The traces of one contract, in their folder.

    Attributes:
        by_name: By name, which is the path below the folder without suffix.
    """

    def __init__(self, registry: Registry, contract: Contract) -> None:
        """Read them; those of other versions of the contract are left alone.

        Raises:
            TraceError: One is wrong.
        """
        self._registry = registry
        self._folder = registry.traces / contract.name
        self.by_name: dict[str, Trace] = {}
        for trace in load_traces(self._folder):
            if trace.program.contract == contract.id and trace.path is not None:
                self.by_name[trace.path.relative_to(self._folder).with_suffix("").as_posix()] = trace

    def id_of(self, name: str) -> tuple[str, str]:
        """Return the module and the test that the cassettes of a trace are of."""
        return self._registry.trace_id(self.path_of(name))

    def path_of(self, name: str) -> Path:
        """Return where a trace is, or is to be."""
        return self._folder / f"{name}.toml"

    @property
    def taken(self) -> set[str]:
        """The names that are taken, those included that another process took since the traces were read."""
        return {*self.by_name, *(path.stem for path in self._folder.glob("*.toml"))}

    def put(self, name: str, trace: Trace) -> None:
        """Write a new trace."""
        write_trace(self.path_of(name), trace)
        self.by_name[name] = replace(trace, path=self.path_of(name))

    def change(self, name: str, how: Callable[[Trace], Trace]) -> None:
        """Change a trace as it is on disk now, so that what another process has noted in it since stays."""
        path = self.path_of(name)
        with locked(path):
            trace = load_trace(path) if path.exists() else self.by_name[name]
            changed = how(trace)
            if changed != trace or not path.exists():
                write_trace(path, changed)
        self.by_name[name] = replace(changed, path=path)

    def join(self, name: str, family: str) -> None:
        """Have a trace that is kept for some families be kept for another one too."""
        if not self.by_name[name].is_for(family):
            self.change(name, lambda trace: replace(trace, families=tuple(sorted({*trace.families, family}))))

    def leave(self, name: str, families: Collection[str]) -> None:
        """Have a trace be kept for some families no more; one that is kept for no other is removed."""
        if set(self.by_name[name].families) <= set(families):
            self.path_of(name).unlink()
            del self.by_name[name]
            return

        def left(trace: Trace) -> Trace:
            observed = {family: found for family, found in trace.observed.items() if family not in families}
            return replace(trace, families=tuple(sorted(set(trace.families) - set(families))), observed=observed)

        self.change(name, left)


def prune(registry: Registry, contract: Contract, shown: Mapping[str, Mapping[str, frozenset[str]]]) -> list[str]:
    """Keep no trace for families on which it shows nothing that others do not; return the names of those that change.

    A trace that is kept for other families too stays for these, and goes where there are none. A guard stays, and so
    does a trace that names no families, as it is kept for every one.

    Args:
        registry: Where traces and cassettes are.
        contract: Whose traces.
        shown: By family, by name of a trace, what it shows.
    """
    traces = Traces(registry, contract)
    every = [
        Candidate(
            trace.program,
            frozenset(f"{family} {one}" for family, by_trace in shown.items() for one in by_trace.get(name, ())),
            len(trace.program.steps),
        )
        for name, trace in traces.by_name.items()
    ]
    kept = {each.program.id for each in cover(every, {one for each in every for one in each.signatures})}
    gone = [
        name
        for name, trace in traces.by_name.items()
        if trace.program.id not in kept and trace.bug is None and shown.keys() & set(trace.families)
    ]
    for name in gone:
        for family in shown.keys() & set(traces.by_name[name].families):
            path = registry.cassettes / cassette_name(family, *traces.id_of(name))
            if path.exists():
                remove_cassette(path)
        traces.leave(name, shown.keys())
    return gone


class TraceRunner:
    """Runs traces on one fixture."""

    def __init__(self, registry: Registry, opener: Opener, spec: FixtureSpec, contract: Contract) -> None:
        """Take what opens fixtures, which, and its contract."""
        self._registry = registry
        self._opener = opener
        self._contract = contract
        self.spec = spec

    @property
    def is_recorded(self) -> bool:
        """Whether a fixture replays this one."""
        return self.spec.name in self._registry.recorded

    def is_offered(self, trace: Trace) -> bool:
        """Return whether the trace is for the fixture, and it offers all that the trace needs."""
        return trace.is_for(self.spec.family) and self.can_run(trace)

    def can_run(self, trace: Trace) -> bool:
        """Return whether the fixture offers all that the trace needs."""
        needs = [self._contract.operation(step.op).needs_of(step.args) for step in trace.program.steps]
        return all(each <= self.spec.capabilities for each in needs)

    def observe(self, traces: Traces, name: str, *, check: Check = lambda _: None) -> Sequence[Played]:
        """Run a trace, record it where the fixture is replayed, and note in it where the subject differs.

        A recording is put in place when the program comes to the same on it, with the network closed.

        Args:
            traces: Where the trace is.
            name: Its name.
            check: Called with what came of it before anything is put in place; where it raises, nothing is.

        Raises:
            Unreachable: The service could not be reached.
            RecordingError: The recording does not replay.
            ConformanceError: The fixture cannot be opened.
        """
        module, test = traces.id_of(name)
        path = traces.path_of(name).relative_to(self._registry.path.parent).as_posix()
        mend = f"pytest {path} --stage={self.spec.stage} --record --fixture={self.spec.name}"
        mode: Mode = "record" if self.is_recorded else "direct"
        opened = self._opener.open(self.spec, mode, module=module, test=test, mend=mend, expects=TELLING)
        try:
            try:
                call = call_of(opened.subject, run=opened.run)
                program = traces.by_name[name].program
                played = run_program(self._contract, program, call, capabilities=self.spec.capabilities).played
            finally:
                opened.close()
            if opened.stops:
                raise opened.stops[0]
            check(played)
            noted = self._noted(traces.by_name[name], played)
            opened.place(check=lambda interactions: self._prove(noted, interactions, module=module, test=test))
        finally:
            opened.finish()
        self.note(traces, name, played)
        if self.is_recorded:
            remove_left(self._registry.cassettes / cassette_name(self.spec.family, module, test))
        return played

    def note(self, traces: Traces, name: str, played: Sequence[Played]) -> None:
        """Note in a trace where the subject differs."""
        traces.change(name, lambda trace: self._noted(trace, played))

    def _noted(self, trace: Trace, played: Sequence[Played]) -> Trace:
        family = self.spec.family
        return with_observed(trace, family, observed_of(trace, played, family))

    def _prove(self, trace: Trace, interactions: Sequence[Interaction], *, module: str, test: str) -> None:
        wrong = replay_fails(
            trace, self._contract, self.spec, interactions, registry=self._registry, module=module, test=test
        )
        if wrong:
            what = f"something else comes of the trace when it is played: {wrong}"
            cure = "Let the driver send the same requests each time: ask the opening for what differs between runs."
            raise RecordingError(what, cure, slug="unrepeatable", path=trace.path)
