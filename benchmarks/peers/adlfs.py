"""Runs the suite of adlfs, a filesystem for fsspec, on a server of blobs: ``python -m benchmarks.peers.adlfs -h``."""

from __future__ import annotations

from benchmarks.peers.on_server import Suite, main
from benchmarks.peers.run import Peer

SUITE = Suite(
    Peer(
        "adlfs",
        "2026.8.0",
        "tests",
        requirements=("pytest<8", "pytest-asyncio==0.21.1", "pyarrow"),
        keep=("adlfs", "setup.cfg"),
        arguments=("adlfs/tests",),
    ),
    plugin="on_adlfs",
    is_hierarchical=False,
)

if __name__ == "__main__":
    main(SUITE)
