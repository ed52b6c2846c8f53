"""`conformance verify`: a server held against recordings."""

from __future__ import annotations

import os
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.progress import Progress

from conformance.cli._looking import PIPED_COLUMNS
from conformance.cli._recording_again import record_again
from conformance.errors import EnvironmentFault, Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.compare.verification import Account, Recording, Server, Verification

FILE = click.Path(path_type=Path, dir_okay=False)
AGAIN = "See to the server, and verify it again."
EMULATORS = ("hns", "blob")
S3_HOST = "A host of the recordings that is S3 although AWS has no such host, with buckets in the path (repeatable)."
WAIT = "Wait between two requests as long as the recording did, but no more than these seconds."


PATHS = click.option(
    "--cassettes",
    "paths",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A file or a folder of recordings, in any format (repeatable).",
)
NAMES = click.option(
    "--account", "names", multiple=True, metavar="[RECORDED=]NAME", help="Whom requests are sent as (repeatable)."
)
SHOWN = click.option(
    "--show",
    "shown",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="How many groups of differences are shown in full.",
)
REGISTRY = click.option(
    "--registry", type=FILE, default=Path("fixtures.toml"), show_default=True, help="Where fixtures are declared."
)


@click.command()
@PATHS
@click.option("--url", help="The address of the server, with or without the account in it.")
@click.option("--fixture", "fixture_name", help="A declared fixture whose service or live account is the server.")
@click.option(
    "--emulator",
    type=click.Choice(EMULATORS),
    help="The embedded account, with a hierarchical namespace or for blobs alone; a fresh one for each file.",
)
@NAMES
@click.option("--key", "keys", multiple=True, help="The key of each --account, in their order.")
@click.option("--only", default="*", show_default=True, help="Only the files whose path ends like this glob.")
@click.option("--accept", "accept_file", type=FILE, help="What is known to differ, and why: a TOML file.")
@click.option("--count-accepted", is_flag=True, help="Hold the threshold against the score with what is accepted.")
@click.option("--strict-accepted", is_flag=True, help="Fail where an entry of the accept file fits nothing.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="The least score.")
@click.option("--json", "json_file", type=FILE, help="Also write everything into this file.")
@click.option("--markdown", "markdown_file", type=FILE, help="Also write a table of what differs into this file.")
@SHOWN
@click.option("--s3-host", "s3_hosts", multiple=True, metavar="HOST[:PORT]", help=S3_HOST)
@click.option("--unique", is_flag=True, help="Give containers and buckets a name of their own in each file.")
@click.option("--keep", is_flag=True, help="Leave on the server what a file leaves there.")
@click.option("--wait", "longest_s", type=click.FloatRange(min=0), default=0, help=WAIT)
@click.option("--reset", "reset_url", help="POST to this address before each file, to empty the server.")
@click.option("--record", is_flag=True, help="With --fixture: write the live answers into cassettes that differ.")
@click.option("--yes", is_flag=True, help="With --record: do not ask.")
@REGISTRY
def verify(  # noqa: PLR0913  (one argument an option)
    paths: Sequence[Path],
    *,
    url: str | None,
    fixture_name: str | None,
    emulator: str | None,
    names: Sequence[str],
    keys: Sequence[str],
    only: str,
    accept_file: Path | None,
    count_accepted: bool,
    strict_accepted: bool,
    threshold: float,
    json_file: Path | None,
    markdown_file: Path | None,
    shown: int,
    s3_hosts: Sequence[str],
    unique: bool,
    keep: bool,
    longest_s: float,
    reset_url: str | None,
    record: bool,
    yes: bool,
    registry: Path,
) -> None:
    """Send recorded requests to a server, and compare its answers with the recorded ones by meaning.

    Values that the server chooses (ETags, ids of leases and uploads, what continues a listing) are put in the place of
    the recorded ones in later requests, dates are moved to today, and requests are signed anew. Each request is sent
    once. What a file uses and has not created is created before it, and what it leaves is removed after it.

    Held against the live service that was recorded, this shows drift; --record then records it, as if its client had.

    Exit code 0 at or above the threshold, 1 below it, 2 when options or files are wrong.
    """
    from conformance.compare.verification import (  # noqa: PLC0415
        DIALECTS,
        S3,
        apply_accepted,
        embedded_server,
        load_accepted,
        recordings_of,
        verify_server,
    )
    from conformance.registry import load_registry  # noqa: PLC0415
    from conformance.report import (  # noqa: PLC0415
        render_verification,
        render_verification_json,
        render_verification_table,
    )

    _check_one([url, fixture_name, emulator])
    if record and (not fixture_name or unique):
        what = "--record writes what a fixture answers, under the recorded names."
        raise UsageError(what, "Give --fixture, and leave --unique out.")
    _check_writable([file for file in (json_file, markdown_file) if file is not None])
    entries = load_accepted(accept_file) if accept_file else ()
    accounts = _accounts(names, keys)
    recordings = [each for path in paths for each in recordings_of(path, only)]
    _check_any(recordings, paths, only)
    with ExitStack() as stack:
        if emulator:
            server = embedded_server(accounts, is_hierarchical=emulator == "hns")
        elif url:
            server = stack.enter_context(_at(url, accounts, reset_url))
        else:
            server = stack.enter_context(_of_fixture(registry, str(fixture_name), accounts, reset_url))
        if longest_s:
            server = replace(server, wait=partial(_waited, longest_s))
        tell = stack.enter_context(_progress(len(recordings)))
        dialects = (*DIALECTS, S3(s3_hosts))
        found = verify_server(recordings, server, is_unique=unique, keeps=keep, dialects=dialects, tell=tell)
    found, unused = apply_accepted(found, entries)
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPED_COLUMNS
    console.print(render_verification(found, unused=unused, shown=shown))
    if json_file is not None:
        json_file.write_text(render_verification_json(found, unused=unused), "utf-8")
    if record:
        declared = load_registry(registry)
        record_again(found, declared.fixture(str(fixture_name)), declared, is_agreed=yes)
    if markdown_file is not None:
        markdown_file.write_text(render_verification_table(found), "utf-8")
    _check_compared(found)
    is_enough = found.score(with_accepted=count_accepted).ratio >= threshold
    sys.exit(not is_enough or bool(strict_accepted and unused))


def _check_one(servers: Sequence[str | None]) -> None:
    if sum(bool(each) for each in servers) != 1:
        raise UsageError("One of --url, --fixture and --emulator says what is verified.", "Give exactly one of them.")


def _check_writable(files: Sequence[Path]) -> None:
    """Raise before anything is sent, where a report has no folder."""
    for file in files:
        if not file.absolute().parent.is_dir():
            raise UsageError(f"{file} cannot be written: there is no folder for it.", "Make it, or name another.")


def _check_any(recordings: Sequence[Recording], paths: Sequence[Path], only: str) -> None:
    if not recordings:
        what = f"There is no recording in {', '.join(map(str, paths))} whose path ends like {only}."
        raise UsageError(what, "Name a folder that has some, and mend --only.", slug="nothing-verified")


def _check_compared(found: Verification) -> None:
    """Raise where nothing was compared: a score of nothing is none."""
    if not found.score(with_accepted=False).compared:
        what = "Of all recorded interactions none could be compared."
        raise UsageError(what, "Above is why each was left out; name other recordings.", slug="nothing-verified")


def _accounts(names: Sequence[str], keys: Sequence[str]) -> list[Account]:
    from conformance.compare.verification import Account  # noqa: PLC0415

    if len(names) != len(keys):
        what = f"There are {len(names)} --account and {len(keys)} --key."
        raise UsageError(what, "Give one --key for each --account, in the same order.")
    parted = [name.rpartition("=") for name in names]
    return [Account(name, key, recorded) for (recorded, _, name), key in zip(parted, keys, strict=True)]


@contextmanager
def _at(url: str, accounts: Sequence[Account], reset_url: str | None) -> Iterator[Server]:
    """Yield the server at an address."""
    from conformance.compare.verification import Server, open_sender  # noqa: PLC0415

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--url={url} is no address.", "Write http://HOST:PORT, or https://....")
    is_here = parts.hostname in ("127.0.0.1", "::1", "localhost") or parts.hostname.endswith(".localhost")
    if not accounts and not is_here:
        raise UsageError(f"Nothing says whom requests to {url} are sent as.", "Give --account and --key.")
    with open_sender() as send:
        yield Server(send, url, accounts, reset=(lambda: _post(reset_url)) if reset_url else None)


@contextmanager
def _of_fixture(registry: Path, name: str, accounts: Sequence[Account], reset_url: str | None) -> Iterator[Server]:
    """Yield the service of a declared fixture, or the live account that the environment names."""
    from conformance.compare.verification import DIALECTS, Account  # noqa: PLC0415
    from conformance.fixtures import ServicePool, lacking  # noqa: PLC0415
    from conformance.registry import load_registry  # noqa: PLC0415

    declared = load_registry(registry)
    spec = declared.fixture(name)
    missing = lacking(spec, root=registry.parent)
    if missing:
        raise Unavailable(*missing)
    if spec.service is not None:
        pool = ServicePool(declared)
        try:
            service = pool.get(spec)
            own = [Account(service.name, service.key)] if hasattr(service, "key") else []
            url = f"http://{service.netloc}"
            with _at(url, accounts or own, reset_url) as server:
                yield server
        finally:
            pool.close()
        return
    dialect = next((each for each in DIALECTS if set(each.environment) <= set(os.environ)), None)
    if dialect is None or spec.kind != "live":
        raise UsageError(f"The fixture {name} has no service, and is no live account.", "Name another, or use --url.")
    account, key = (os.environ[variable] for variable in dialect.environment)
    live = Account(account, key)
    with _at(dialect.public_base(live), accounts or [live], reset_url) as server:
        yield server


def _waited(longest_s: float, seconds: float) -> float:
    """Wait; the server's clock is that of this machine."""
    time.sleep(min(seconds, longest_s))
    return 0.0


def _post(url: str) -> None:
    try:
        urllib.request.urlopen(urllib.request.Request(url, data=b"", method="POST"), timeout=60).close()  # noqa: S310
    except OSError as error:
        raise EnvironmentFault(f"The server cannot be emptied: POST {url} fails with {error}.", AGAIN) from error


@contextmanager
def _progress(count: int) -> Iterator[Callable[[str], None]]:
    """Yield what shows the file that is run, on stderr, where that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=count)

        def tell(name: str) -> None:
            progress.update(task, description=Path(name).name[:60], advance=1)

        yield tell
