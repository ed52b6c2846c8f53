"""What conformance costs, measured beside its peers in one run: ``python -m benchmarks NAME``."""

from __future__ import annotations

import sys


def say(what: str) -> None:
    """Show what is being measured, on standard error, over what was shown before."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)
