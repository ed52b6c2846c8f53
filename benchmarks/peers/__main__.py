"""Runs the test suite of another project without and with our cassettes behind it, and compares test by test.

``python -m benchmarks.peers vcrpy``. Exit code 1 when a test that passes without them fails with them and is not in
exceptions.toml, or when one that is there passes. A test that also fails without them, when it is run again by itself,
is flaky and no difference.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.peers.run import PEERS, run_peer


def main() -> None:
    """Run one peer's suite twice."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--source", type=Path, help="an unpacked sdist (default: downloaded from the package index)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=user_cache_path("conformance", appauthor=False) / "peers",
        help="where environments and sources are kept; made anew for each run (default: %(default)s)",
    )
    arguments = parser.parse_args()
    sys.exit(run_peer(PEERS[arguments.peer], arguments.folder / arguments.peer, arguments.source))


main()
