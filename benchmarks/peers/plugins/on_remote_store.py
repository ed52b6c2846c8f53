"""A plugin for pytest that points the live suites of remote-store at the account of PEER_URL, PEER_ACCOUNT, PEER_KEY.

The suites take the account from the environment. They refuse the account name that emulators have, since other
emulators have no hierarchical namespace; that refusal is taken out. They leave out large uploads, which cost money at a
live account; those are run. The filesystem that they expect is created.
"""

from __future__ import annotations

import contextlib
import os

import pytest
from azure.core.exceptions import ResourceExistsError
from azure.storage.filedatalake import DataLakeServiceClient

URL = os.environ["PEER_URL"]
CONNECTION = (
    f"DefaultEndpointsProtocol={URL.partition(':')[0]};"
    f"AccountName={os.environ['PEER_ACCOUNT']};AccountKey={os.environ['PEER_KEY']};"
    f"BlobEndpoint={URL.replace('.dfs.', '.blob.')};DfsEndpoint={URL.replace('.blob.', '.dfs.')}"
)
FILESYSTEM = "peer-live-hns"
os.environ |= {
    "AZURE_STORAGE_CONNECTION_STRING": CONNECTION,
    "RS_TEST_LIVE_HNS": "1",
    "RS_TEST_LIVE_HNS_CONTAINER": FILESYSTEM,
}


def pytest_configure(config: pytest.Config) -> None:  # noqa: ARG001
    """Let the suites take the account, and create their filesystem."""
    from tests.backends.fixtures import _live_env  # noqa: PLC0415  (theirs; importable from now on)

    _live_env._AZURITE_FRAGMENTS = ()
    with DataLakeServiceClient.from_connection_string(CONNECTION) as service, contextlib.suppress(ResourceExistsError):
        service.create_file_system(FILESYSTEM)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take the skip off large uploads."""
    for item in items:
        if item.get_closest_marker("large_payload"):
            item.own_markers = [
                mark for mark in item.own_markers if "large_payload" not in mark.kwargs.get("reason", "")
            ]
