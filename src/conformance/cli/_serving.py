"""`conformance serve`: stand-ins for services, on a port of this machine."""

from __future__ import annotations

import re
import signal
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.text import Text

from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cassette import Request, Response
    from conformance.emulators.hns import ServedAccount

TICK_S = 0.2
"""How long a wait may be deaf to signals, where the system cannot interrupt one."""
ACCOUNT_NAME = re.compile("[a-z0-9]{3,24}")
SIGNATURE = re.compile(r"(?<=[?&]sig=)[^&]+", re.IGNORECASE)
COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}


@click.command()
@click.option("--hns", is_flag=True, help="Serve an ADLS Gen2 account with a hierarchical namespace, in memory.")
@click.option("--flat", is_flag=True, help="Without the hierarchy: an account for blobs.")
@click.option("--port", type=click.IntRange(0, 65535), default=10000, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--account", metavar="NAME", help="The name of the account; by default the one emulators have in common.")
@click.option("--key", metavar="BASE64", help="The key of the account; by default likewise.")
@click.option("--seed", type=int, help="Fix dates, ETags and ids.")
@click.option("--open", "is_open", is_flag=True, help="Leave signatures unchecked.")
@click.option("--quiet", is_flag=True, help="Print nothing per request.")
def serve(  # noqa: PLR0913  (one argument an option)
    *,
    hns: bool,
    flat: bool,
    port: int,
    host: str,
    account: str | None,
    key: str | None,
    seed: int | None,
    is_open: bool,
    quiet: bool,
) -> None:
    """Serve a stand-in for a service until Ctrl-C, and print each request.

    --hns is an account in memory that clients of any language reach by its connection string; both its endpoints
    (blob and dfs) are at one address. `POST /conformance-reset` empties it.

    Exit code 0 when it is stopped; 2 when the address cannot be had.
    """
    from conformance.emulators.hns import KEY, NAME, serve_account  # noqa: PLC0415  (commands import what they need)

    if not hns:
        raise UsageError("Nothing says what is served.", "Give --hns for an ADLS Gen2 account.")
    if account is not None and not ACCOUNT_NAME.fullmatch(account):
        what = f"{account!r} is no name of an account: it has 3 to 24 small letters and digits."
        raise UsageError(what, "Give another --account, or leave it out.", slug="bad-account")
    if key == "":
        raise UsageError("The key of the account is empty.", "Give another --key, or leave it out.", slug="bad-key")
    opened = serve_account(
        account or NAME,
        key or KEY,
        is_hierarchical=not flat,
        seed=seed,
        is_open=is_open,
        host=host,
        port=port,
        watch=None if quiet else _printed(Console(highlight=False, soft_wrap=True)),
    )
    with ExitStack() as stack:
        stopped = stack.enter_context(_stopping())
        try:
            served = stack.enter_context(opened)
        except OSError as error:
            what = f"{host}:{port} cannot be had: {(error.strerror or str(error)).partition(' (')[0]}."
            cure = "Give another --port (0 takes a free one), or a --host of this machine."
            raise UsageError(what, cure, slug="no-address") from error
        _say_where(served)
        while not stopped.wait(TICK_S):
            pass


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Yield what is set when the command is told to end."""
    stopped, before = threading.Event(), {}
    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, lambda *_: stopped.set())
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_where(served: ServedAccount) -> None:
    click.echo(
        f"url                {served.url}\n"
        f"account            {served.name}\n"
        f"key                {served.key}\n"
        f"connection string  {served.connection_string}\n\n"
        "from azure.storage.filedatalake import DataLakeServiceClient\n"
        f'client = DataLakeServiceClient.from_connection_string("{served.connection_string}")\n'
    )


def _printed(console: Console) -> Callable[[Request, Response], None]:
    """Return what prints a request in one line, without the signature in its query."""

    def show(request: Request, response: Response) -> None:
        uri = urlsplit(request.uri)
        target = SIGNATURE.sub("...", uri.path + (f"?{uri.query}" if uri.query else ""))
        code = next((value for name, value in response.headers if name.lower() == "x-ms-error-code"), "")
        line = Text(f"{response.status} ", COLOURS.get(response.status // 100, ""))
        line.append(f"{request.method} {target}".encode("ascii", "backslashreplace").decode(), "default")
        line.append(f" {code}" if code else "", "bold")
        with suppress(OSError, SystemExit):  # whoever reads it may be gone; the service goes on
            console.print(line)

    return show
