"""What transport/vcr takes for granted of vcr."""

from __future__ import annotations

import ast
from pathlib import Path

import vcr
from vcr.patch import PATCHER_NAMES

from conformance.transport._http import SEAMS
from conformance.transport.vcr import StubbedCassette


def test_the_stubs_ask_a_cassette_for_nothing_that_ours_lack() -> None:
    """Fails when a new vcrpy calls something else than what transport/vcr answers to."""
    package = Path(vcr.__file__).parent
    sources = [package / "patch.py", *(package / "stubs").glob("*.py")]
    asked = {
        node.attr
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and _is_cassette(node.value)
    }
    assert {"can_play_response_for", "play_response", "append", "write_protected"} <= asked
    assert asked <= set(dir(StubbedCassette("httplib2"))) | {"skip_patchers"}


def test_the_groups_of_stubs_that_we_ask_for_are_there() -> None:
    groups = {seam.partition(":")[2] for seam in SEAMS.values()} - {""}
    assert groups <= set(PATCHER_NAMES)


def _is_cassette(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in ("cassette", "_cassette")
