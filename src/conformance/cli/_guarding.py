"""The commands that make guards of filed bugs, list them, and see that each can fail."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from rich.console import Console
from rich.progress import Progress

from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.registry import Registry
    from conformance.trace import Bug, Mutant, Trace

PIPED_COLUMNS = 160
ANY = "\0any"
EDIT = re.compile(
    r"(?P<at>[0-9]+): *"
    r"(?:status=(?P<status>[0-9]+)|header (?P<name>[^=\s]+)=(?P<value>.*)|body (?P<find>.+?)=>(?P<put>.*))",
    re.DOTALL,
)
REGISTRY = click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry whose traces folder has the guards.",
)


@click.command()
@click.argument("bug")
@click.option("--from", "source", type=click.Path(path_type=Path, dir_okay=False), help="A trace, or a report in JSON.")
@click.option("--finding", type=click.IntRange(min=1), help="Which finding of the report, from 1.")
@click.option(
    "--from-failure",
    "nodeid",
    is_flag=False,
    flag_value=ANY,
    metavar="[TEST]",
    help="A trace that failed in the last run of pytest, with what was observed; TEST where several did.",
)
@click.option("--title", default="", help="What is wrong, in one line.")
@click.option(
    "--mutant", "drivers", multiple=True, metavar="MODULE:CALLABLE", help="A fault of the driver (repeatable)."
)
@click.option(
    "--edit",
    "edits",
    multiple=True,
    metavar="'N: CHANGE'",
    help="A fault in the answer N of the recording: status=500, header NAME=VALUE or body FIND=>PUT (repeatable).",
)
@click.option("--fixed", "state", flag_value="fixed", help="All subjects must do what is expected.")
@click.option("--open", "state", flag_value="open", help="The subjects of which it is observed must still show it.")
@REGISTRY
def guard(  # noqa: PLR0913  (one an option)
    bug: str,
    *,
    source: Path | None,
    finding: int | None,
    nodeid: str | None,
    title: str,
    drivers: Sequence[str],
    edits: Sequence[str],
    state: Literal["open", "fixed"] | None,
    registry: Path,
) -> None:
    """Make a guard of the filed BUG, or change the state of the one that there is.

    A guard is a trace in traces/guards that pytest runs with the others. It is open while a subject shows the bug, and
    fails when one no longer does; --fixed turns it around. Nothing is overwritten.

    Exit code 0; 2 when something is wrong with a file or an option.
    """
    from conformance.registry import load_registry  # noqa: PLC0415  (commands import what they need)
    from conformance.trace import Bug  # noqa: PLC0415

    if source and nodeid is not None:
        raise UsageError("--from and --from-failure contradict each other.", "Give one of them.", slug="bad-usage")
    if finding and not source:
        raise UsageError("--finding is of a report.", "Name it with --from.", slug="bad-usage")
    declared = load_registry(registry)
    root = registry.absolute().parent
    path = _path_of(bug, declared)
    mutants = (*map(_mutant, drivers), *map(_edit, edits))
    shown = _source(declared, root, source, finding, nodeid)
    if not path.exists():
        _create(path, shown, Bug(bug, title, state or "open", mutants))
    elif state is None or title or mutants or (shown is not None and state == "fixed"):
        what = f"{path} is there already."
        cure = "Edit it by hand, or change its state: --fixed, or --open with what a run showed (--from-failure)."
        raise UsageError(what, cure, slug="guard-exists")
    else:
        _settle(path, shown, state)
    click.echo(f"  run it    pytest {_shown(path, root)}\n  check it  conformance guards --check")


@click.command()
@click.option("--check", is_flag=True, help="Run each guard under each of its mutants: it must fail.")
@click.option("--fixture", "names", multiple=True, help="With --check, only on this fixture (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@REGISTRY
def guards(*, check: bool, names: Sequence[str], as_json: bool, registry: Path) -> None:
    """List the guards: bug, title, state, on which fixtures each is run, and its mutants.

    With --check each is run under each of its mutants, on every fixture of stage 1 that it is for, and fails if it
    stays green, if no mutant applies, or if it has none: what cannot fail guards nothing.

    Exit code 0; 1 when a guard cannot fail; 2 when something is wrong with a file or the registry.
    """
    from conformance.registry import load_registry  # noqa: PLC0415
    from conformance.report import (  # noqa: PLC0415
        check_guards,
        list_guards,
        render_checked,
        render_checked_json,
        render_guards_json,
        render_guards_table,
    )

    declared = load_registry(registry)
    if not check:
        rows = list_guards(declared)
        if as_json:
            click.echo(render_guards_json(rows))
        else:
            _console().print(render_guards_table(rows))
        return
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal, redirect_stdout=False) as progress:
        found = check_guards(declared, names, lambda runs: progress.track(runs, description="checking guards"))
    click.echo(render_checked_json(found) if as_json else render_checked(found))
    sys.exit(any(each.is_failure for each in found))


def _source(
    registry: Registry, root: Path, source: Path | None, finding: int | None, nodeid: str | None
) -> Trace | None:
    from conformance.report import trace_of_report  # noqa: PLC0415
    from conformance.trace import load_failure, load_trace  # noqa: PLC0415

    if nodeid is not None:
        return load_failure(root, "" if nodeid == ANY else nodeid)
    if source is None:
        return None
    if source.suffix == ".json":
        return trace_of_report(source, finding, registry=registry)
    return load_trace(source)


def _create(path: Path, shown: Trace | None, bug: Bug) -> None:
    from conformance.contract import title_of  # noqa: PLC0415
    from conformance.trace import guard_of, write_trace  # noqa: PLC0415

    if shown is None:
        cure = f"Make one: `conformance guard {bug.id} --from FILE`, or --from-failure after a run."
        raise UsageError(f"There is no guard of {bug.id} yet.", cure, slug="no-guard")
    guard = guard_of(replace(shown, bug=None), replace(bug, title=bug.title or title_of(shown)))
    write_trace(path, guard)
    click.echo(f"{path}: {_told(guard)}")


def _settle(path: Path, shown: Trace | None, state: Literal["open", "fixed"]) -> None:
    from conformance.cassette import put_in_place  # noqa: PLC0415
    from conformance.cli._guard_files import render_settled  # noqa: PLC0415
    from conformance.trace import fixed, load_trace, reopened  # noqa: PLC0415

    old = load_trace(path)
    guard = fixed(old) if state == "fixed" else reopened(old, shown)
    text = render_settled(path.read_bytes().decode("utf-8-sig"), guard, path=path)
    put_in_place(path, text.encode())
    click.echo(f"{path}: {_told(guard)}")


def _told(guard: Trace) -> str:
    from conformance.trace import shown_by  # noqa: PLC0415

    bug: Any = guard.bug
    where = ", ".join(family for family in guard.observed if shown_by(guard, family))
    return f"{bug.id} is {bug.state}{f' on {where}' if where else ''}: {bug.title}"


def _path_of(bug: str, registry: Registry) -> Path:
    """Return where the guard of a bug is or would be; one whose name differs in case alone is the same."""
    path = registry.traces / "guards" / f"{bug}.toml"
    alike = (each for each in sorted(path.parent.glob("*.toml")) if each.name.lower() == path.name.lower())
    return next(alike, path)


def _mutant(driver: str) -> Mutant:
    from conformance.trace import Mutant  # noqa: PLC0415

    if not all(driver.partition(":")):
        raise UsageError(f"--mutant {driver} names no callable.", "Write module:callable.", slug="bad-mutant")
    return Mutant(driver=driver)


def _edit(text: str) -> Mutant:
    from conformance.trace import Mutant  # noqa: PLC0415

    found = EDIT.fullmatch(text)
    if found is None:
        cure = "Write 'N: status=500', 'N: header NAME=VALUE' (an empty value removes it) or 'N: body FIND=>PUT'."
        raise UsageError(f"--edit {text!r} is no change of an answer.", cure, slug="bad-mutant")
    change: dict[str, object] = {"at": int(found["at"])}
    if found["status"]:
        change["status"] = int(found["status"])
    elif found["name"]:
        change["headers"] = {found["name"]: found["value"]}
    else:
        change["body"] = {"find": found["find"], "put": found["put"]}
    return Mutant(edit=change)


def _shown(path: Path, root: Path) -> str:
    resolved = path.absolute()
    return (resolved.relative_to(root) if resolved.is_relative_to(root) else path).as_posix()


def _console() -> Console:
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COLUMNS
    return console
