"""What fixtures.toml takes for a path is what the engine reads as one: two grammars, one language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.cassette.scrubbing import _json_paths, _xml_paths
from conformance.errors import RegistryError
from conformance.registry import parse_registry

if TYPE_CHECKING:
    from collections.abc import Callable

JSON_PIECES = [
    ".",
    "..",
    "[",
    "]",
    "*",
    "'",
    '"',
    "a",
    "b-1",
    "é",
    "0",
    "12",
    "_",
    " ",
    ".a",
    "['a b']",
    "[0]",
    "[*]",
    "..*",
]
XML_PIECES = ["/", "//", "@", "*", "a", "b-1", "é", "0", ".", ":", " ", "[", "/a", "//b", "/@c"]


def is_declared(place: str, path: str) -> bool:
    """Return whether a registry takes a path; one that is wrong in any other way is an error."""
    text = f"[[backend.box.scrub.rules]]\nname = 'box.key'\n{place} = {json.dumps(path)}\n"
    try:
        parse_registry(text)
    except RegistryError as error:
        assert [fault.slug for fault in error.faults] == ["bad-path"]
        return False
    return True


def is_parsed(parse: Callable[[str], object], path: str) -> bool:
    try:
        parse(path)
    except ValueError:
        return False
    return True


@given(st.lists(st.sampled_from(JSON_PIECES), max_size=6).map(lambda pieces: "$" + "".join(pieces)))
@example("$")
@example("$..*")
@example("$...a")
@example("$a")
@example("$.a\n")
def test_a_path_of_json_is_declared_where_it_is_parsed(path: str) -> None:
    assert is_declared("json", path) is is_parsed(_json_paths.parse_path, path)


@given(st.lists(st.sampled_from(XML_PIECES), min_size=1, max_size=6).map("".join))
@example("//@a")
@example("/a/@b/c")
@example("/a\n")
def test_a_path_of_xml_is_declared_where_it_is_parsed(path: str) -> None:
    assert is_declared("xml", path) is is_parsed(_xml_paths.parse_path, path)


@pytest.mark.parametrize("path", ["a", ".a", "", "a.$"])
def test_a_path_of_json_begins_with_its_root(path: str) -> None:
    with pytest.raises(ValueError, match="begins with"):
        _json_paths.parse_path(path)


def test_a_star_in_quotes_is_a_name() -> None:
    assert _json_paths.parse_path("$['*'][*]") == (("name", "*"), ("any", ""))
