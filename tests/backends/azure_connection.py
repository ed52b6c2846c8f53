"""How every Azure Blob client of this repository is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
