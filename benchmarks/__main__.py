"""Runs a benchmark by name."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import say
from benchmarks.files import measure_load, measure_open, measure_record
from benchmarks.marked import measure_marked
from benchmarks.plain import measure_plain
from benchmarks.plot import draw_replay
from benchmarks.replay import measure_replay
from benchmarks.scrub import measure_scrub
from benchmarks.serve import measure_serve

BENCHMARKS = {
    "load": measure_load,
    "marked": measure_marked,
    "open": measure_open,
    "plain": measure_plain,
    "record": measure_record,
    "replay": measure_replay,
    "scrub": measure_scrub,
    "serve": measure_serve,
}


def main() -> None:
    """Print the medians of one benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=BENCHMARKS)
    parser.add_argument(
        "--n", type=int, default=2000, help="how many tests or interactions, at most (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds, of which the median counts (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="also draw the rows of replay")
    arguments = parser.parse_args()
    rows = BENCHMARKS[arguments.name](arguments.n, arguments.rounds)
    say("")
    if arguments.plot:
        draw_replay(rows, arguments.plot)
    if arguments.json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print("  ".join(f"{key}: {value}" for key, value in row.items()))


main()
