"""What an object store does, written once and run on every client and service of fixtures.toml."""

from __future__ import annotations

# 8 MiB that repeat a pattern whose length divides no part or block size, so that every shift shows.
EIGHT_MIB = 8 * 1024 * 1024
LARGE = (bytes(range(251)) * (EIGHT_MIB // 251 + 1))[:EIGHT_MIB]
