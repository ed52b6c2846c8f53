"""How every Azure Blob client of this repository is connected, and what it raises in the words of the suite."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import HttpResponseError

from tests.backends.object_store import (
    AlreadyExists,
    Info,
    InvalidRange,
    NotFound,
    NotModified,
    PreconditionFailed,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fixtures import Opening

# The account that every Azurite has; both are published in its documentation.
EMULATOR_ACCOUNT = "devstoreaccount1"
EMULATOR_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
BLOCK_BYTES = 4 * 1024 * 1024


def connection(opening: Opening) -> dict[str, Any]:
    """Return the arguments of a service client: one attempt, and uploads in blocks from 4 MiB on."""
    if "live" in opening.fixture.family:
        account = opening.env("AZURE_STORAGE_ACCOUNT", stand_in="conformanceaccount")
        key = opening.env("AZURE_STORAGE_KEY", stand_in=EMULATOR_KEY)
        url = f"https://{account}.blob.core.windows.net"
    else:
        key = EMULATOR_KEY
        netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in="127.0.0.1:10000")
        url = f"http://{netloc}/{EMULATOR_ACCOUNT}"
    sizes = {"max_single_put_size": BLOCK_BYTES, "max_block_size": BLOCK_BYTES}
    return {"account_url": url, "credential": key, "retry_total": 0, **sizes}


ERRORS: dict[int | None, type[StoreError]] = {
    304: NotModified,
    404: NotFound,
    409: AlreadyExists,
    412: PreconditionFailed,
    416: InvalidRange,
}


@contextmanager
def mapped() -> Iterator[None]:
    """Map azure-core's errors by status: the SDK raises ResourceModifiedError for 304 as well as for 412."""
    try:
        yield
    except HttpResponseError as error:
        raise ERRORS.get(error.status_code, StoreError)(str(error.message)) from error


def range_of(start: int | None, end: int | None) -> dict[str, int]:
    """Return the offset and length arguments of a half-open range."""
    if start is None and end is None:
        return {}
    length = {} if end is None else {"length": end - (start or 0)}
    return {"offset": start or 0, **length}


def info_of(found: Any) -> Info:
    """Return what the properties of a blob tell."""
    metadata = {name.lower(): value for name, value in found.metadata.items()}
    return Info(found.size, found.etag, found.content_settings.content_type, metadata)
