"""The servers that a peer's suite can be run against."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.emulators.hns import KEY, NAME

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Target:
    """Where a storage account is.

    Attributes:
        name: What the run is called.
        url: Of the account; its blob and its dfs endpoint are both there, or where ``.blob.`` and ``.dfs.`` stand for
            each other.
        account: Its name.
        key: Its key, in base64.
    """

    name: str
    url: str
    account: str = NAME
    key: str = KEY


@contextmanager
def open_azurite() -> Iterator[Target]:
    """Run Azurite while the block lasts; it knows no dfs endpoint.

    Raises:
        Unavailable: It is not installed.
    """
    from tests.backends.services import azurite  # noqa: PLC0415  (only for this target)

    with azurite() as endpoint:
        yield Target("azurite", f"http://{endpoint.netloc}/{NAME}")


@contextmanager
def open_emulator(*, is_hierarchical: bool) -> Iterator[Target]:
    """Run our emulator while the block lasts, with a hierarchical namespace or as an account for blobs."""
    from conformance.emulators.hns import serve_account  # noqa: PLC0415  (only for this target)

    with serve_account(is_hierarchical=is_hierarchical) as account:
        yield Target("emulator", account.url, account.name, account.key)
