"""The embedded account as a server that is verified, without a socket."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from conformance.cassette import Response
from conformance.compare.verification._azure_storage import AzureStorage
from conformance.compare.verification._running import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cassette import Request
    from conformance.compare.verification._dialect import Account
    from conformance.emulators.hns import Account as Embedded

TOLD, ALWAYS = ("is_versioned", "kind", "replication", "sku", "tracks_access"), ("keeps_containers",)
"""What of an account the embedded one can be told, and what it is in any case."""


def embedded_server(accounts: Sequence[Account], *, is_hierarchical: bool) -> Server:
    """Return the embedded account, in this process; it is new for each file."""
    from conformance.emulators.hns import Account as Embedded  # noqa: PLC0415  (only where it is what is verified)

    account = replace(next(iter([*accounts, AzureStorage.emulator_account])), takes_tokens=True)
    make: Callable[..., Embedded] = partial(
        Embedded, account.name, account.key, is_hierarchical=is_hierarchical, allows_tokens=True
    )
    embedded = make()
    waited = [0.0]

    def reset() -> None:
        embedded.reset()
        waited[0] = 0.0

    def configure(settings: Mapping[str, str]) -> list[str]:
        nonlocal embedded
        told = {name: settings[name] for name in TOLD if name in settings}
        embedded = make(
            **{name: value == "true" if value in ("true", "false") else value for name, value in told.items()}
        )
        return [name for name in settings if name not in (*TOLD, *ALWAYS)]

    def wait(seconds: float) -> float:
        embedded.clock.advance(seconds)
        waited[0] += seconds
        return waited[0]

    def send(request: Request) -> Response:
        try:
            return embedded.handle(request)
        except Exception as error:  # noqa: BLE001  (a request that it does not survive is a difference, not the end)
            return Response(0, f"no answer: {error!r}")

    return Server(send, f"http://{account.name}.blob.localhost", [account], reset=reset, wait=wait, configure=configure)
