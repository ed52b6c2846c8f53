"""What the report of a run says."""

from __future__ import annotations

import json

from rich.console import Console

from conformance.laws import Broken, Run, Verdict
from conformance.report import render_laws, render_laws_json

BROKEN = Broken("sharp", "It sees.", "shop:matches", "an example", "the body differs", "  one  other\n≠ [1]  [2]")
RUN = Run(
    (
        Verdict("shop:scrubber", "idempotent", "Twice is once.", 7),
        Verdict("shop:scrubber", "sharp", "It sees.", 7, BROKEN, (("url fragment", "hex"), ("response header", "raw"))),
    ),
    {
        ("url fragment", "hex"): 3,
        ("url fragment", "raw"): 0,
        ("response header", "hex"): 3,
        ("response header", "raw"): 1,
    },
    seed=11,
    seconds=2.0,
)


def text_of(run: Run) -> str:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(render_laws(run, saved={0: "tests/laws/test_sharp_1.py"}))
    return captured.get()


def test_a_pair_that_was_never_planted_is_shown_and_the_run_says_so() -> None:
    text = text_of(RUN)
    assert "1 places and encodings were not reached: raise --plants or --time." in text
    assert "7 secrets planted in 4 places and encodings, 4 a second." in text
    row = next(line for line in text.splitlines() if "url fragment" in line and line.count("│") == 4)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["url fragment", "3", "0"]


def test_a_counter_example_is_shown_with_its_lines_and_the_command_that_finds_it_again() -> None:
    text = text_of(RUN)
    assert "shop:matches breaks sharp: It sees.\n  the body differs\n" in text
    assert "    ≠ [1]  [2]\n" in text
    assert "again     pytest tests/laws/test_sharp_1.py" in text
    assert "hex: url fragment; raw: response header" in text
    assert "1 of 2 laws hold; 2.0 s, seed 11." in text


def test_the_report_as_json_has_the_same() -> None:
    value = json.loads(render_laws_json(RUN))
    assert value["unplanted"] == [["url fragment", "raw"]]
    assert value["plantings"]["response header"] == {"hex": 3, "raw": 1}
    assert [verdict["holds"] for verdict in value["verdicts"]] == [True, False]
    assert value["verdicts"][1]["counter_example"]["where"] == "the body differs"
