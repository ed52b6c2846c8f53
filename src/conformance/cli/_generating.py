"""`conformance generate`: from a fixture to the few programs that show all it does."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from conformance.cli._fuzzing import Duration
from conformance.cli._interrupts import Interrupts
from conformance.cli._plan import Plan
from conformance.errors import EnvironmentFault, Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cli._fixture_run import Generated
    from conformance.contract import Contract
    from conformance.registry import FixtureSpec, Registry

PIPED_COLUMNS = 200
LIVE_STAGE = 3
INTERRUPTED = 130
ENVIRONMENT = 3
REQUESTS_A_SECOND = 60


@click.command()
@click.option("--fixture", "names", multiple=True, metavar="FIXTURE", help="Explore this fixture (repeatable).")
@click.option(
    "--url", metavar="URL", help="Explore a URL of fsspec, and declare a fixture for it: memory://box, s3://b."
)
@click.option(
    "--option", "options", multiple=True, metavar="NAME=VALUE", help="A storage option of --url (repeatable)."
)
@click.option(
    "--beside",
    "beside",
    multiple=True,
    metavar="FIXTURE",
    help="Also run the traces and findings on this fixture of the same contract (repeatable).",
)
@click.option(
    "--time", "seconds", type=Duration(), default="1m", show_default=True, help="Explore for so long: 90s, 5m, 1h."
)
@click.option("--requests", type=click.IntRange(1), help="Explore with at most so many requests.")
@click.option("--bytes", "size_bytes", type=click.IntRange(1), help="Explore with at most so many bytes of bodies.")
@click.option("--programs", type=click.IntRange(1), help="Explore with at most so many programs.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Draw other programs.")
@click.option("--fresh", is_flag=True, help="Throw away what an interrupted run left.")
@click.option(
    "--prune",
    is_flag=True,
    help="Keep no trace for a fixture explored here on which it shows nothing that others do not.",
)
@click.option("--yes", is_flag=True, help="Do not ask before a live account is explored.")
@click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry that declares the fixtures.",
)
def generate(  # noqa: PLR0913  (one argument an option)
    names: Sequence[str],
    *,
    url: str | None,
    options: Sequence[str],
    beside: Sequence[str],
    seconds: float,
    requests: int | None,
    size_bytes: int | None,
    programs: int | None,
    seed: int,
    fresh: bool,
    prune: bool,
    yes: bool,
    registry: Path,
) -> None:
    """Explore fixtures, keep the few programs that show all they did, and record them.

    Programs are drawn with Hypothesis and run against the fixture and the model of its contract. What is kept is shrunk
    and written below traces/, with a cassette where a replay fixture names this one; the report is below
    .conformance/reports. Traces that are there are run first, and stay. An interrupted run goes on where it was.

    Each finding is run again in two fresh processes, and has a script beside the report. With several fixtures of one
    contract, and with --beside, the report says what comes of it on the others.

    With --url nothing need be prepared: what the filesystem offers is tried, and a fixture is added to fixtures.toml,
    with another that replays it where it is HTTP. A secret is given as --option NAME=env:VARIABLE.

    Exit code 0 when it is done, whatever was found; 2 when an option or the registry is wrong; 3 when the service does
    not work; 130 when it was interrupted.
    """
    if options and not url:
        raise UsageError("--option is of --url.", "Write options into fixtures.toml, or add --url.")
    plan = Plan(seconds, requests, size_bytes, programs, seed, fresh, prune, not yes, tuple(beside))
    interrupts = Interrupts()
    try:
        with interrupts.watched():
            found = [*names, *([_declare(registry, url, options)] if url else [])]
            _explore(registry, found, plan, interrupts)
    except (Exception, KeyboardInterrupt) as error:
        if interrupts.came or isinstance(error, KeyboardInterrupt):
            click.echo("Interrupted: what was found is kept; the same command goes on, --fresh starts anew.", err=True)
            sys.exit(INTERRUPTED)
        if isinstance(error, EnvironmentFault):
            click.echo(str(error), err=True)
            sys.exit(ENVIRONMENT)
        raise


def _explore(path: Path, names: Sequence[str], plan: Plan, interrupts: Interrupts) -> None:
    from conformance.cli._fixture_run import FixtureRun  # noqa: PLC0415  (commands import what they need)
    from conformance.fixtures import Opener  # noqa: PLC0415
    from conformance.registry import load_registry  # noqa: PLC0415

    registry = load_registry(path)
    if not names:
        cure = f"Name one with --fixture: {', '.join(registry.fixtures)}; or give a --url."
        raise UsageError("No fixture is named.", cure)
    specs = [registry.fixture(name) for name in names]
    contracts = [_contract_of(registry, spec) for spec in specs]
    others = [registry.fixture(name) for name in plan.beside]
    for other in others:
        _check_beside(registry, other, contracts)
    console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_COLUMNS)
    shown: dict[tuple[str, str], Mapping[str, frozenset[str]]] = {}
    opener = Opener(registry)
    try:
        for spec, contract in zip(specs, contracts, strict=True):
            for each in (spec, *others):
                if each.stage == LIVE_STAGE and plan.is_asked:
                    _ask(each, plan)
            run = FixtureRun(registry, opener, spec, contract, plan, Console(stderr=True), interrupts)
            found = run.run(beside=others, along=specs)
            console.print(_summary(found))
            shown[contract.id, spec.family] = found.by_trace
        if plan.is_pruned:
            _prune(registry, contracts, shown, console)
    finally:
        opener.close()


def _declare(registry: Path, url: str, options: Sequence[str]) -> str:
    from conformance.cli._from_url import declare_url  # noqa: PLC0415

    name, done = declare_url(registry, url, options)
    for line in done:
        click.echo(line)
    return name


def _contract_of(registry: Registry, spec: FixtureSpec) -> Contract:
    """Return the contract of a fixture that can be explored here.

    Raises:
        UsageError: It has none, or replays another one.
        Unavailable: This machine lacks something.
    """
    from conformance.fixtures import lacking  # noqa: PLC0415
    from conformance.report import contract_of_fixture  # noqa: PLC0415

    line = registry.line_of("fixture", spec.name)
    if spec.replays:
        what = f"{spec.name} replays {spec.replays}: there is nothing to explore."
        raise UsageError(what, f"Explore {spec.replays}.", path=registry.path, line=line, slug="nothing-to-explore")
    contract = contract_of_fixture(spec, registry)
    if contract is None:
        what = f"[backend.{spec.backend}] has no contract to explore {spec.name} by."
        cure = 'Add contract = "object_store", "file_system" or "module:attribute" of your own.'
        raise UsageError(what, cure, path=registry.path, line=line, slug="nothing-to-explore")
    missing = lacking(spec, root=registry.path.parent)
    if missing:
        raise Unavailable(*missing)
    return contract


def _check_beside(registry: Registry, spec: FixtureSpec, contracts: Sequence[Contract]) -> None:
    """Refuse a fixture that is to be run beside others, and cannot be.

    Raises:
        UsageError: It keeps none of their contracts, or replays another one.
        Unavailable: This machine lacks something.
    """
    own = _contract_of(registry, spec)
    if own.id not in {each.id for each in contracts}:
        what = f"--beside={spec.name} keeps {own.id}, and no fixture that is explored does."
        cure = "Name a fixture of the same contract; `conformance fixtures` lists them."
        line = registry.line_of("fixture", spec.name)
        raise UsageError(what, cure, path=registry.path, line=line, slug="other-contract")


def _prune(
    registry: Registry,
    contracts: Sequence[Contract],
    shown: Mapping[tuple[str, str], Mapping[str, frozenset[str]]],
    console: Console,
) -> None:
    from conformance.cli._tracing import prune  # noqa: PLC0415

    for contract in {each.id: each for each in contracts}.values():
        gone = prune(registry, contract, {family: by for (name, family), by in shown.items() if name == contract.id})
        console.print(f"{contract.name}: {len(gone)} traces removed that showed nothing of their own")


def _ask(spec: FixtureSpec, plan: Plan) -> None:
    """Show what exploring a live account may cost, and ask."""
    requests = plan.requests or round(plan.seconds * REQUESTS_A_SECOND)
    size = f"at most {plan.size_bytes:,} bytes" if plan.size_bytes else "no bound on bytes (--bytes)"
    bound = "at most" if plan.requests else "about"
    click.echo(f"{spec.name} is a live account: {bound} {requests:,} requests while exploring, {size},", err=True)
    click.echo("and as many again to shrink, confirm and record what is kept.", err=True)
    click.confirm("Go on?", abort=True, err=True)


def _summary(found: Generated) -> str:
    """Return what a run came to, in a few lines."""
    told = found.exploration
    lines = [
        f"{told.fixture}: {told.programs:,} programs, {told.steps:,} steps in {told.seconds:.0f} s",
        f"  {len(told.signatures)} behaviours, about {told.estimate_left:.0f} not seen yet",
        f"  {len(told.signatures) - len(told.uncovered)} of them shown by traces, {len(found.new)} traces are new",
        f"  {len(told.findings)} divergences: conformance report {found.report}",
    ]
    lines += [f"  not confirmed: {found.unconfirmed}"] if found.unconfirmed else []
    lines += [f"  not shown again: {each}" for each in told.uncovered]
    lines += [f"  not recorded: {name}: {why}" for name, why in found.unrecorded.items()]
    return "\n".join(lines)
