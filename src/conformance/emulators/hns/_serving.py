"""An account on a loopback port, for clients of any language."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.cassette import Response
from conformance.emulators.hns._account import KEY, NAME, Account
from conformance.transport import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cassette import Request

RESET = "/conformance-reset"
"""A POST to this path resets the account; no account can have such a name."""


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """An account that a server answers for.

    Attributes:
        netloc: Where it listens, as ``host:port``.
        account: What it holds.
    """

    netloc: str
    account: Account

    @property
    def name(self) -> str:
        """The name of the account."""
        return self.account.name

    @property
    def key(self) -> str:
        """The key of the account, in base64."""
        return self.account.key

    @property
    def url(self) -> str:
        """The URL of the account, for the clients of both endpoints; without a slash at the end."""
        return f"http://{self.netloc}/{self.name}"

    @property
    def connection_string(self) -> str:
        """What clients of both endpoints take for their ``from_connection_string``."""
        said = {
            "DefaultEndpointsProtocol": "http",
            "AccountName": self.name,
            "AccountKey": self.key,
            "BlobEndpoint": self.url,
            "DfsEndpoint": self.url,
        }
        return ";".join(f"{name}={value}" for name, value in said.items())

    def reset(self) -> None:
        """Forget all that the account holds."""
        self.account.reset()


@contextmanager
def serve_account(  # noqa: PLR0913  (each is of its own, and all are optional)
    name: str = NAME,
    key: str = KEY,
    *,
    is_hierarchical: bool = True,
    seed: int | None = None,
    is_open: bool = False,
    allows_tokens: bool = False,
    is_versioned: bool = False,
    host: str = "127.0.0.1",
    port: int = 0,
    watch: Callable[[Request, Response], object] | None = None,
) -> Iterator[ServedAccount]:
    """Serve a new, empty account until the block ends.

    Args:
        name: Of the account.
        key: Of the account, in base64.
        is_hierarchical: Whether it has a hierarchical namespace; without one it is an account for blobs.
        seed: Fixes dates, ETags and ids.
        is_open: Whether signatures are left unchecked.
        allows_tokens: Whether bearer tokens are accepted, whichever they are.
        is_versioned: Whether every write of a blob makes a version; of no effect with a hierarchy.
        host: The address to listen on.
        port: 0 takes a free one.
        watch: Is called with each request and its answer, in the thread of the server.

    Raises:
        OSError: The address cannot be had.
        UsageError: The key is not base64.
    """
    account = Account(
        name,
        key,
        is_hierarchical=is_hierarchical,
        seed=seed,
        is_open=is_open,
        allows_tokens=allows_tokens,
        is_versioned=is_versioned,
    )

    def handle(request: Request) -> Response:
        if request.method == "POST" and urlsplit(request.uri).path == RESET:
            account.reset()
            response = Response(204)
        else:
            response = account.handle(request)
        if watch is not None:
            watch(request, response)
        return response

    with serve(handle, host=host, port=port) as server:
        yield ServedAccount(server.netloc, account)


@contextmanager
def service() -> Iterator[ServedAccount]:
    """Serve an account for fixtures: ``service = "conformance.emulators.hns:service"`` in fixtures.toml."""
    with serve_account() as account:
        yield account
