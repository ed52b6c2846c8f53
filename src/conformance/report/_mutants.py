"""Runs guards under their mutants: one that stays green where the driver or the recording is wrong guards nothing."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from conformance.cassette import cassette_name, edited, load_cassette, write_cassette
from conformance.contract import NotOffered, call_of, judge, judge_guard, run_program
from conformance.errors import DriverError, Fault, MissingCassette, ReplayStop, UsageError
from conformance.fixtures import Blocking, Opener, import_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.cassette import Interaction
    from conformance.contract import Contract
    from conformance.fixtures import Mode, Opened
    from conformance.registry import FixtureSpec, Registry
    from conformance.trace import Mutant, Trace

Colour = Literal["red", "green", "does not apply", "fails already", "cannot say"]


@dataclass(frozen=True, slots=True)
class GuardRun:
    """What a guard, or any trace, is run on.

    Attributes:
        guard: The guard, or a trace that is none.
        contract: Its contract.
        spec: The fixture.
        module: The module of its cassette, as ``Opener.open`` takes it.
        test: The test of its cassette.
    """

    guard: Trace
    contract: Contract
    spec: FixtureSpec
    module: str
    test: str

    def cassette(self, registry: Registry) -> Path:
        """Return where its recording is, or would be."""
        return registry.cassettes / cassette_name(self.spec.family, self.module, self.test)


@dataclass(frozen=True, slots=True)
class Shade:
    """What became of a guard under a mutant.

    Attributes:
        colour: ``red``: it failed, as it must; ``green``: it passed all the same; ``does not apply``: there is nothing
            on this fixture that the edit would change, or the mutant is for subjects of another client; ``fails
            already``: it fails without the mutant too; ``cannot say``: it came to no judgement under the mutant,
            because the fixture did not open, or the mutant itself failed.
        why: What the guard said, or why there is nothing to say.
    """

    colour: Colour
    why: str


def check_mutant(run: GuardRun, number: int, *, registry: Registry, opener: Opener) -> Shade:
    """Run a guard as it is, then under one of its mutants.

    An edit is made in a copy of the recording, which is replayed as the recording itself is.

    Args:
        run: The guard, and what it is run on.
        number: The number of the mutant, from 1.
        registry: Where the fixture is declared.
        opener: Opens the fixture.

    Raises:
        ConformanceError: The mutant is none, or the fixture cannot be opened without it.
        MissingCassette: Nothing was recorded yet.
    """
    mutant = run.guard.bug.mutants[number - 1] if run.guard.bug else None
    if mutant is None:
        raise UsageError(
            "This trace is no guard.", "Name a file of traces/guards.", slug="no-guard", path=run.guard.path
        )
    recorded = registry.fixtures[run.spec.family]
    mend = f"pytest --stage={recorded.stage} --record --fixture={recorded.name}"
    if mutant.driver:
        break_subject = _callable_of(mutant, run, registry)
        plain = failure_of(run, opener, mend)
        return _shade(plain, lambda: failure_of(run, opener, mend, break_subject=break_subject))
    if run.spec.kind != "replay":
        return Shade("does not apply", f"{run.spec.name} plays no recording that could be edited")
    cassette = load_cassette(run.cassette(registry)) if run.cassette(registry).exists() else None
    plain = failure_of(run, opener, mend)  # stops where there is no recording
    changed = _edited(cassette.interactions if cassette else (), mutant, run)
    if cassette is None or changed is None:
        return Shade("does not apply", f"the edit changes nothing of {run.cassette(registry)}")
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = replace(registry, cassettes=Path(folder))
        write_cassette(run.cassette(elsewhere), changed, cassette.provenance)
        other = Opener(elsewhere)
        try:
            return _shade(plain, lambda: failure_of(run, other, mend))
        finally:
            other.close()


def _shade(plain: str, run: Callable[[], str]) -> Shade:
    if plain:
        return Shade("fails already", plain)
    try:
        failure = run()
    except NotOffered as reason:
        return Shade("does not apply", str(reason))
    except (Exception, ReplayStop) as error:  # noqa: BLE001  (whatever a mutant breaks before the guard can judge)
        return Shade("cannot say", f"there is nothing to judge under the mutant: {error}")
    return Shade("red", failure) if failure else Shade("green", "it passes under the mutant")


def failure_of(run: GuardRun, opener: Opener, mend: str, *, break_subject: Callable[[Any], Any] | None = None) -> str:
    """Return why a guard, or any trace, fails; empty where it passes.

    Args:
        run: The trace, and what it is run on.
        opener: Opens the fixture.
        mend: The command that records what a replay lacks.
        break_subject: Takes the subject, and returns one with a fault; what the trace leaves unplayed under it is a
            failure too.

    Raises:
        ConformanceError: The fixture cannot be opened.
        MissingCassette: Nothing was recorded yet.
        Unreachable: The service could not be reached.
    """
    mode: Mode = "replay" if run.spec.kind == "replay" else "direct"
    opened = opener.open(run.spec, mode, module=run.module, test=run.test, mend=mend)
    try:
        failure = _failure_of_steps(run, opened, break_subject)
    except BaseException:
        with suppress(Exception, ReplayStop):
            opened.close()
        raise
    with suppress(Exception, ReplayStop):
        opened.close()
    if failure or break_subject is None:
        return failure
    if opened.stops:
        return _told(opened.stops[0])
    return f"interactions are unplayed: {len(opened.unplayed)}" if opened.unplayed else ""


def _failure_of_steps(run: GuardRun, opened: Opened, break_subject: Callable[[Any], Any] | None) -> str:
    subject = Blocking(opened.subject, opened.run) if opened.run else opened.subject
    call = call_of(break_subject(subject) if break_subject else subject)
    try:
        played = run_program(run.contract, run.guard.program, call, capabilities=run.spec.capabilities)
    except ReplayStop as stop:
        return _told(stop)
    if opened.stops:
        return _told(opened.stops[0])
    if run.guard.bug is None:
        return judge(run.guard, played, run.spec.family) or ""
    fault = judge_guard(run.guard, played, run.spec.family)
    return fault.what if fault else ""


def _told(stop: ReplayStop) -> str:
    """Return what a replay stopped at; where nothing is recorded yet, the guard has not failed."""
    if isinstance(stop, MissingCassette):
        raise stop
    return str(stop)


def _edited(interactions: Sequence[Interaction], mutant: Mutant, run: GuardRun) -> tuple[Interaction, ...] | None:
    try:
        return edited(interactions, mutant.edit)
    except UsageError as error:
        raise UsageError(error.fault.what, error.fault.cure, slug=error.fault.slug, path=run.guard.path) from error


def fault_of(run: GuardRun, number: int, shade: Shade) -> Fault | None:
    """Return why a guard is not shown to fail under a mutant on a fixture; None where it is, or does not apply."""
    if shade.colour in ("red", "does not apply"):
        return None
    what = f"mutant {number} on {run.spec.name}: {shade.colour}: {shade.why}."
    cure = "Name a mutant under which the guard fails, or make its program show more."
    if shade.colour == "fails already":
        cure = "See to the guard itself first."
    return Fault(what, cure, "cannot-fail", run.guard.path, key="bug.mutants")


def _callable_of(mutant: Mutant, run: GuardRun, registry: Registry) -> Callable[[Any], Any]:
    try:
        found: Callable[[Any], Any] = import_reference(
            mutant.driver, registry=registry, key=("bug", "mutants", "driver")
        )
    except DriverError as error:
        raise DriverError(error.fault.what, error.fault.cure, path=run.guard.path, key="bug.mutants") from error
    return found
