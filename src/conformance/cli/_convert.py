"""`conformance convert`: files of interactions from one format into another."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.errors import CassetteError, ConformanceError, UsageError, nearest_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.cassette.formats import Format, Reading


@dataclass(frozen=True, slots=True)
class Source:
    """One file to convert.

    Attributes:
        path: Where it is.
        below: Its path from the folder that was named, or its name.
        is_named: Whether it was named itself, and not found in a folder.
    """

    path: Path
    below: Path
    is_named: bool


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", type=click.Path(path_type=Path))
@click.option("--to", "to_name", required=True, metavar="FORMAT", help="The format to write.")
@click.option("--from", "from_name", metavar="FORMAT", help="The format of the sources; by default found by content.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help="Write below this folder.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write this file, from one source.")
@click.option("--force", is_flag=True, help="Overwrite targets that exist.")
def convert(  # noqa: PLR0913  (one argument an option)
    sources: Sequence[Path],
    *,
    to_name: str,
    from_name: str | None,
    into: Path | None,
    output: Path | None,
    force: bool,
) -> None:
    """Convert recordings; a SOURCE is a file, or a folder whose files are converted.

    Formats are vcr-yaml, vcr-json, har, test-proxy, seinfeld and interposition; httpreplay, network-call-records,
    placebo and snapshot are only read.
    Without --into and --output a target is written beside its source. What a target format cannot carry is refused;
    what is left behind and does no harm is listed on stderr. docs/reference/formats.md has what each format carries.
    Nothing is scrubbed: secrets in a source are in its target.

    Exit code 0; 1 when a file was not converted; 2 when options or paths are wrong.
    """
    wanted = _format(to_name, "--to")
    if wanted.render is None:
        raise UsageError(f"--to={to_name} is a format that is only read.", "Name another.", slug="unknown-format")
    expected = _format(from_name, "--from") if from_name else None
    found = [source for path in sources for source in _found(path, expected)]
    if output and (into or len(found) != 1):
        what = f"--output names one file, for one source and without --into; there are {len(found)} sources."
        raise UsageError(what, "Use --into for a folder.", slug="bad-usage")
    place = _place(into, output, wanted)
    done = [_convert(source, expected, wanted, place, force=force) for source in found]
    click.echo(f"{len(done)} files, {done.count(False)} not converted")
    sys.exit(not all(done))


def _format(name: str, option: str) -> Format:
    from conformance.cassette.formats import FORMATS  # noqa: PLC0415  (commands import what they need)

    if name not in FORMATS:
        near = nearest_word(name, FORMATS)
        cure = f'Did you mean "{near}"?' if near else f"Formats are {', '.join(FORMATS)}."
        raise UsageError(f"{option}={name} is no format that is known.", cure, slug="unknown-format")
    return FORMATS[name]


def _found(path: Path, expected: Format | None) -> Iterator[Source]:
    from conformance.cassette.formats import FORMATS  # noqa: PLC0415

    if path.is_file():
        yield Source(path, Path(path.name), is_named=True)
    elif path.is_dir():
        suffixes = tuple(word for item in ([expected] if expected else FORMATS.values()) for word in item.suffixes)
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.name.endswith(suffixes) and not file.name.startswith("."):
                yield Source(file, file.relative_to(path), is_named=False)
    else:
        raise UsageError(f"There is no {path}.", "Name a file or a folder of recordings.", slug="no-file")


def _convert(
    source: Source, expected: Format | None, wanted: Format, place: Callable[[Source, Reading], Path], *, force: bool
) -> bool:
    """Convert one file, say what came of it, and return whether all is well with it."""
    from conformance.cassette import FormatFault  # noqa: PLC0415
    from conformance.cassette.formats import read_any, write_as  # noqa: PLC0415

    try:
        reading = read_any(source.path, expected=expected)
        target = place(source, reading)
        if target == source.path and reading.format is wanted:
            click.echo(f"{source.path}: {wanted.name} already")
            return True
        if target.exists() and not force:
            raise UsageError(f"{target} exists.", "Overwrite it with --force, or use --into.", slug="target-exists")
        write_as(target, wanted, reading.interactions, notes=reading.notes)
    except FormatFault as fault:
        what = f"cannot be written as {wanted.name}: {fault}"
        click.echo(str(CassetteError(what, fault.cure, slug=fault.slug, path=source.path)), err=True)
        return False
    except ConformanceError as error:
        click.echo(str(error), err=True)
        return not source.is_named and error.fault.slug == "unknown-format"
    for note, count in sorted(reading.notes.items()):
        click.echo(f"{source.path}: {note}" + (f" ({count} times)" if count > 1 else ""), err=True)
    click.echo(f"{source.path}: {reading.format.name}, {len(reading.interactions)} interactions -> {target}")
    return True


def _place(into: Path | None, output: Path | None, wanted: Format) -> Callable[[Source, Reading], Path]:
    """Return what says where a source goes; two sources never go to one place."""
    from conformance.cassette.formats import renamed  # noqa: PLC0415

    taken: dict[Path, Path] = {}

    def place(source: Source, reading: Reading) -> Path:
        name = renamed(source.path.name, reading.format, wanted)
        target = output or (into / source.below.with_name(name) if into else source.path.with_name(name))
        other = taken.setdefault(target, source.path)
        if other != source.path:
            what = f"{source.path} would be written over what {other} became, {target}."
            raise UsageError(what, "Convert them into two folders.", slug="target-exists")
        return target

    return place
