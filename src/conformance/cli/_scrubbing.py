"""The commands that keep secrets out of what is recorded already."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console
from rich.progress import Progress

from conformance.errors import ConformanceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.report import Rescrubbed

T = TypeVar("T")
REGISTRY = click.option(
    "--registry",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("fixtures.toml"),
    show_default=True,
    help="The registry with the rules.",
)


@click.command()
@click.argument("names", nargs=-1, metavar="[CASSETTE|FOLDER|FIXTURE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if something would change.")
@REGISTRY
def scrub(names: Sequence[str], registry: Path, *, check: bool) -> None:
    """Apply the scrub rules of today to cassettes: those named, or all of the registry.

    The folder below the cassettes folder names the fixture whose rules these are. Rules whose value is in the
    environment look for it too. What changes is proven as a recording is before it is put in place; a cassette that is
    damaged, or would not replay, is named and left alone.

    Exit code 0; 1 when --check finds something to change; 2 when something is wrong with a file or the registry.
    """
    from conformance.registry import load_registry  # noqa: PLC0415  (commands import what they need)
    from conformance.report import cassettes_of, rescrub  # noqa: PLC0415

    declared = load_registry(registry)
    done: list[Rescrubbed] = []
    wrong: list[ConformanceError] = []
    for path in _tracked(cassettes_of(declared, names), "scrubbing"):
        try:
            done.append(rescrub(path, registry=declared, is_check=check))
        except ConformanceError as error:
            wrong.append(error)
    changed = [each for each in done if each.change != "nothing"]
    for each in changed:
        click.echo(f"{each.path}: {_fired(each)}")
    for reason in wrong:
        click.echo(str(reason), err=True)
    scrubbed = sum(each.change == "interactions" for each in changed)
    click.echo(
        f"{len(done) + len(wrong)} cassettes, {sum(each.interactions for each in done)} interactions: "
        f"{scrubbed} {'to be scrubbed' if check else 'scrubbed'}, {len(changed) - scrubbed} rules only, "
        f"{len(wrong)} left alone because something is wrong"
    )
    sys.exit(2 if wrong else int(check and bool(changed)))


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@REGISTRY
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def audit(paths: Sequence[Path], registry: Path, *, as_json: bool) -> None:
    """Look for secrets in what is recorded: in PATHS, or in all cassettes and traces of the registry.

    A finding is what the rules of a cassette's fixture would still change, what has the name or the form of a secret,
    the live value of a rule, and what detect-secrets finds, where that is installed; without PATHS also a rule that
    fails its own test, or must fire and never did. A finding says where it is and how long, never what it is. Published
    examples are none.

    Exit code 0 when nothing is found, 1 when something is, 2 when something is wrong with a file or the registry.
    """
    from conformance.registry import load_registry  # noqa: PLC0415
    from conformance.report import audit_files, audited_files, render_audit, render_audit_json  # noqa: PLC0415

    declared = load_registry(registry)
    files = audited_files(declared, paths)
    found = audit_files(declared, _tracked(files, "auditing"), with_rules=not paths)
    for reason in found.wrong:
        click.echo(str(reason), err=True)
    click.echo(render_audit_json(found) if as_json else render_audit(found))
    sys.exit(2 if found.wrong else int(bool(found.findings)))


@click.command()
@click.argument("name", required=False)
@click.option("--markdown", is_flag=True, help="Print the page of the reference instead.")
def presets(name: str | None, *, markdown: bool) -> None:
    """List the ready-made scrub rules: those of the preset NAME, or all; what each removes, and why.

    Exit code 0; 2 when there is no such preset.
    """
    from conformance.report import render_presets_markdown, render_presets_table  # noqa: PLC0415

    if markdown:
        click.echo(render_presets_markdown(), nl=False)
    else:
        Console().print(render_presets_table(name))


def _fired(each: Rescrubbed) -> str:
    if each.change == "rules":
        return "rules only"
    return ", ".join(f"{rule} {count}" for rule, count in sorted(each.fired.items()))


def _tracked(items: Sequence[T], what: str) -> Iterator[T]:
    """Yield the items, and on a terminal show how far it is; on stderr, so that what is printed can be piped."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal, redirect_stdout=False) as progress:
        yield from progress.track(items, description=what)
