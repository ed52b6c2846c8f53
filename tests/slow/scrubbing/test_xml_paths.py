"""Places in XML, against ElementTree."""

from __future__ import annotations

from xml.etree import ElementTree as ET  # the documents are of this module
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Response, XmlPlace
from conformance.cassette.scrubbing._xml_paths import parse_path, places

NAMES = st.sampled_from(["a", "b", "c", "n:a", "n:b"])
TEXT = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x2FF, categories=("L", "N", "P", "S", "Zs")), max_size=8
)
Tree = tuple[str, dict[str, str], str, list["Tree"]]
LEAVES: st.SearchStrategy[Tree] = st.tuples(
    NAMES, st.dictionaries(st.sampled_from(["x", "y", "n:x"]), TEXT, max_size=2), TEXT, st.just([])
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    LEAVES,
    lambda inner: st.tuples(NAMES, st.just({"x": "1"}), st.just(""), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)
PATHS = st.lists(st.tuples(st.sampled_from(["/", "//"]), st.sampled_from(["a", "b", "*"])), min_size=1, max_size=3)


def written(tree: Tree, *, is_root: bool = True) -> str:
    """Return a document."""
    name, attributes, text, children = tree
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    told += ' xmlns:n="urn:n"' if is_root else ""
    inner = escape(text) + "".join(written(child, is_root=False) for child in children)
    return f"<{name}{told}>{inner}</{name}>"


def canonical(document: bytes) -> str:
    return ET.canonicalize(document.decode(), rewrite_prefixes=True)


def local(name: str) -> str:
    return name.rpartition("}")[2]


def is_at(way: list[str], steps: list[tuple[str, str]]) -> bool:
    if not steps:
        return not way
    (mark, name), rest = steps[0], steps[1:]
    firsts = range(len(way)) if mark == "//" else range(min(1, len(way)))
    return any(name in {"*", way[at]} and is_at(way[at + 1 :], rest) for at in firsts)


def model(document: bytes, steps: list[tuple[str, str]], attribute: str = "") -> bytes:
    """Return a document with what stands at a path replaced, by definition."""
    root = ET.fromstring(document)  # noqa: S314  (drawn here)

    def visit(element: ET.Element, above: list[str]) -> None:
        way = [*above, local(element.tag)]
        if not is_at(way, steps):
            for child in element:
                visit(child, way)
        elif not attribute:
            if element.text or len(element):
                for child in list(element):
                    element.remove(child)
                element.text = "S"
        else:
            for key in element.attrib:
                if local(key) == attribute and element.get(key):
                    element.set(key, "S")
            for child in element:
                visit(child, way)

    visit(root, [])
    return ET.tostring(root)


@given(TREES, PATHS)
def test_exactly_what_the_elements_at_a_path_hold_changes(tree: Tree, steps: list[tuple[str, str]]) -> None:
    document = written(tree).encode()
    path = "".join(mark + name for mark, name in steps)
    found = XmlPlace(path).changed(Response(200, "", (), document), lambda _: "S")
    assert canonical(found.body) == canonical(model(document, steps))


@given(TREES.filter(lambda tree: "n:x" not in written(tree)), PATHS)
def test_exactly_the_attributes_at_a_path_change(tree: Tree, steps: list[tuple[str, str]]) -> None:
    document = written(tree).encode()
    path = "".join(mark + name for mark, name in steps) + "/@x"
    found = XmlPlace(path).changed(Response(200, "", (), document), lambda text: "S" if text else text)
    assert canonical(found.body) == canonical(model(document, steps, "x"))


@given(TREES, PATHS, st.integers(1, 60))
def test_truncated_text_has_the_places_that_were_complete(tree: Tree, steps: list[tuple[str, str]], cut: int) -> None:
    document, path = written(tree).encode(), parse_path("".join(mark + name for mark, name in steps))
    assert set(places(document[:-cut], path)) <= set(places(document, path))


@given(st.binary(max_size=60) | st.text("<>/a=&;! ", max_size=60).map(str.encode))
def test_what_is_no_xml_is_left_alone(body: bytes) -> None:
    response = Response(200, "", (), b"no xml " + body)
    assert XmlPlace("//a").changed(response, lambda _: "S") is response


@pytest.mark.parametrize("path", ["/a", "//a//b//c", "//b/@x"])
def test_deep_text_does_not_recurse(path: str) -> None:
    document = b"<a>" * 100_000 + b"</a>" * 100_000
    assert len(list(places(document, parse_path(path)))) == (path == "/a")


def test_a_document_that_was_in_utf_16_is_read() -> None:
    document = '<?xml version="1.0" encoding="utf-16"?><a><b>secret</b></a>'
    response = XmlPlace("//b").changed(Response(200, "", (), document.encode()), lambda _: "S")
    assert response.body.decode() == document.replace("secret", "S")


@pytest.mark.parametrize("text", ["a", "", "/", "/a/", "//a b", "/a/@", "/@a/b"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="path"):
        parse_path(text)
