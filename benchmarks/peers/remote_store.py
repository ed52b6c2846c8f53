"""Runs what remote-store runs against a live account: ``python -m benchmarks.peers.remote_store -h``.

These are its conformance tests of the backends with a hierarchical namespace, sync and async, and its tests of where
such a namespace deviates.
"""

from __future__ import annotations

from benchmarks.peers.on_server import Suite, main
from benchmarks.peers.run import Peer

SUITE = Suite(
    Peer(
        "remote-store",
        "0.33.0",
        "azure",
        requirements=(
            "pytest",
            "pytest-asyncio",
            "pytest-recording==0.14.1",
            "hypothesis",
            "python-dotenv",
            "pytest-httpserver",
        ),
        keep=("infra", "sdd", "tests", "pyproject.toml"),
        arguments=(
            *("tests/backends/conformance", "tests/backends/azure", "--stage=3", "-m", "live", "-k", "azure"),
            *("-o", "asyncio_default_fixture_loop_scope=function"),
            *("-W", "ignore:unclosed:ResourceWarning"),  # answers that the suite leaves unread are closed at some time
        ),
    ),
    plugin="on_remote_store",
    is_hierarchical=True,
)

if __name__ == "__main__":
    main(SUITE)
