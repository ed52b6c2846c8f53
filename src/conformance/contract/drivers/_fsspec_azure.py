"""What adlfs is opened with beside its own options, and how its containers are made and its connections end.

adlfs says that it has made a container where it has not (``makedirs``), so that one is made by the client below it.
"""

from __future__ import annotations

import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from fsspec.asyn import sync

from conformance.contract.drivers._azure import EMULATOR_ACCOUNT, EMULATOR_KEY, EMULATOR_NETLOC, Account

if TYPE_CHECKING:
    from conformance.contract import Opening


def options_of(opening: Opening) -> dict[str, Any]:
    """Return the storage options of adlfs: one request at a time, and where it connects to the fixture's service."""
    found: dict[str, Any] = {"max_concurrency": 1, "connection_timeout": 5, "read_timeout": 60}
    if opening.has_service:
        netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in=EMULATOR_NETLOC)
        account = Account(f"http://{netloc}/{EMULATOR_ACCOUNT}", EMULATOR_ACCOUNT, EMULATOR_KEY)
        found["connection_string"] = account.connection_string
    return found


def settle(files: Any) -> None:
    """Have the client below try each request once: a second attempt would hide what a service does."""
    files.service_client._config.retry_policy.total_retries = 0


def make(files: Any, root: str) -> None:
    """Make the container of a subject; what is below one that is given needs no making."""
    if "/" not in root:
        sync(files.loop, files.service_client.create_container, root)


async def amake(files: Any, root: str) -> None:
    """Make the container of a subject, on the loop of the caller."""
    if "/" not in root:
        await files.service_client.create_container(root)


def remove(files: Any, root: str) -> None:
    """Remove the container of a subject, or what is below the root."""
    if "/" in root:
        files.rm(root, recursive=True)
        return
    with suppress(Exception):  # a program may have removed it
        sync(files.loop, files.service_client.delete_container, root)


async def aremove(files: Any, root: str) -> None:
    """Remove the container of a subject likewise, on the loop of the caller."""
    if "/" in root:
        await files._rm(root, recursive=True)
        return
    with suppress(Exception):
        await files.service_client.delete_container(root)


def close(files: Any) -> None:
    """End the connections of a filesystem."""
    _release(files)
    sync(files.loop, files.service_client.close)


async def aclose(files: Any) -> None:
    """End the connections of a filesystem that runs on the loop of its caller."""
    _release(files)
    await files.service_client.close()


def _release(files: Any) -> None:
    """Detach what adlfs would close with the process: it keeps every filesystem till then, and fails without a loop."""
    registry: dict[Any, Any] = vars(weakref.finalize)["_registry"]
    for each in list(registry):
        found = each.peek()
        if found is not None and found[0] is files:
            each.detach()
