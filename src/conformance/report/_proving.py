"""Runs a trace on what was recorded of it, before that takes its place."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cassette import cassette_name, write_cassette
from conformance.contract import call_of, judge, run_program
from conformance.errors import ReplayStop
from conformance.fixtures import Opener

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cassette import Interaction
    from conformance.contract import Contract
    from conformance.fixtures import Opened
    from conformance.registry import FixtureSpec, Registry
    from conformance.trace import Trace


def replay_fails(  # noqa: PLR0913  (what a trace on a fixture is, and where it is declared)
    trace: Trace,
    contract: Contract,
    spec: FixtureSpec,
    interactions: Sequence[Interaction],
    *,
    registry: Registry,
    module: str,
    test: str,
) -> str:
    """Return what goes wrong when a trace is played on some interactions, the network closed; empty where nothing.

    Args:
        trace: The trace, with what is observed of the fixture's family.
        contract: Its contract.
        spec: The fixture.
        interactions: What is about to be stored.
        registry: Where the fixture is declared.
        module: The module of the cassette, as ``Opener.open`` takes it.
        test: The test of the cassette.
    """
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = replace(registry, cassettes=Path(folder))
        write_cassette(Path(folder) / cassette_name(spec.family, module, test), tuple(interactions), None)
        try:
            opened = Opener(elsewhere).open(spec, "replay", module=module, test=test, mend="")
        except (Exception, ReplayStop) as error:  # noqa: BLE001  (whatever a driver does where it is replayed)
            return str(error)
        try:
            return _played(trace, contract, spec, opened)
        finally:
            with suppress(Exception, ReplayStop):
                opened.close()


def _played(trace: Trace, contract: Contract, spec: FixtureSpec, opened: Opened) -> str:
    call = call_of(opened.subject, run=opened.run)
    try:
        run = run_program(contract, trace.program, call, capabilities=spec.capabilities)
        opened.close()
    except (Exception, ReplayStop) as error:  # noqa: BLE001  (likewise)
        return str(opened.stops[0] if opened.stops else error)
    if opened.stops:
        return str(opened.stops[0])
    unplayed = f"{len(opened.unplayed)} interactions are unplayed." if opened.unplayed else ""
    return judge(trace, run, spec.family) or unplayed
