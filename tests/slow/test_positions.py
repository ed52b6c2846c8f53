"""Where a key stands, in documents whose writer noted it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.toml import holds, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.toml import Key

# Few words, so that the same one is a key here, a value there, and part of a string or a comment in between.
WORDS = ["a", "on", "name", "rules", "my-name", "name.a", "two words", "é"]
BARE = {"a", "on", "name", "rules", "my-name"}
DECOYS = ["name = 1", "[a]", "[[rules]]", "# on = 2", "#", "", "a.on = [", "{ name = 1 }", "], name = 3", "rules"]
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCALARS = ["1", "true", "2.5", "1979-05-27", *(f'"{decoy}"' for decoy in DECOYS)]


@dataclass
class Page:
    """A document while it is written, and the line on which each of its keys is first named.

    An element of a list is where the list is named, or at its own ``[[header]]``.
    """

    draw: st.DrawFn
    text: str = ""
    lines: dict[Key, int] = field(default_factory=dict)

    def put_tables(self, at: Key, *, depth: int) -> None:
        """Write the pairs of a table, then the tables in it."""
        names = self.names(4)
        split = self.draw(st.integers(0, len(names))) if depth else len(names)
        self.put_pairs(at, names[:split])
        for name in names[split:]:
            key = (*at, name)
            sort = self.draw(st.sampled_from(["table", "array of tables", "inner table first"]))
            if sort == "table":
                self.put_header("[", key)
                self.put_tables(key, depth=depth - 1)
            elif sort == "array of tables":
                for position in range(self.draw(st.integers(1, 3))):
                    self.put_header("[[", key)
                    self.lines[*key, position] = self.text.count("\n")
                    self.put_tables((*key, position), depth=depth - 1)
            else:
                inner, *others = self.draw(st.permutations(WORDS))
                self.put_header("[", (*key, inner))
                self.put_pairs((*key, inner), self.names(2))
                self.put_header("[", key)
                self.put_pairs(key, others[:1])

    def put_header(self, bracket: str, key: Key) -> None:
        self.put_idle_lines()
        self.text += bracket
        self.put_words(key)
        self.text += bracket.replace("[", "]") + "\n"

    def put_pairs(self, at: Key, names: list[str]) -> None:
        for name in names:
            self.put_idle_lines()
            self.put_pair(at, name, depth=2)
            self.text += self.draw(st.sampled_from(["\n", "  # name = 1\n"]))

    def put_pair(self, at: Key, name: str, *, depth: int) -> None:
        key = (*at, name, *self.draw(st.sampled_from([[], [], ["a"], ["name", "on"]])))
        self.put_words(key, above=len(at))
        self.text += " = "
        self.put_value(key, depth=depth)

    def put_words(self, key: Key, *, above: int = 0) -> None:
        """Write the names in a key, and note that what has no line yet is named here."""
        dot = ""
        for size in range(above + 1, len(key) + 1):
            word = key[size - 1]
            self.lines.setdefault(key[:size], self.text.count("\n") + 1)
            if isinstance(word, str):
                self.text += dot + (word if word in BARE else f'"{word}"')
                dot = "."

    def put_value(self, key: Key, *, depth: int) -> None:
        nested = ["array", "table"] if depth else []
        sort = self.draw(st.sampled_from(["scalar", "multi-line string", *nested]))
        if sort == "scalar":
            self.text += self.draw(st.sampled_from(SCALARS))
        elif sort == "multi-line string":
            quotes = self.draw(st.sampled_from(['"""', "'''"]))
            self.text += quotes + "\n".join(self.draw(st.lists(st.sampled_from(DECOYS), max_size=4))) + quotes
        elif sort == "array":
            self.text += "["
            for position in range(self.draw(st.integers(0, 3))):
                self.put_break()
                self.lines[*key, position] = self.lines[key]
                self.put_value((*key, position), depth=depth - 1)
                self.text += ", "
            self.put_break()
            self.text += "]"
        else:
            self.text += "{"
            for position, name in enumerate(self.names(3)):
                self.text += ", " * (position > 0)
                self.put_break()
                self.put_pair(key, name, depth=depth - 1)
            self.put_break()
            self.text += "}"

    def put_break(self) -> None:
        """Break the line within an array or inline table, or not."""
        self.text += self.draw(st.sampled_from(["", "", "\n    ", "  # name = 1\n", "\n# rules, a\n\n  "]))

    def put_idle_lines(self) -> None:
        for decoy in self.draw(st.lists(st.sampled_from(DECOYS), max_size=2)):
            self.text += f"  # {decoy}\n" if decoy else " \n"

    def names(self, most: int) -> list[str]:
        return self.draw(st.lists(st.sampled_from(WORDS), unique=True, max_size=most))


@st.composite
def pages(draw: st.DrawFn) -> Page:
    page = Page(draw)
    page.put_tables((), depth=2)
    return page


def keys_of(value: object, at: Key = ()) -> Iterator[Key]:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from keys_of(inner, (*at, name))


@given(pages())
@UNTIMED
def test_the_writer_of_these_documents_notes_every_key(page: Page) -> None:
    assert set(page.lines) == set(keys_of(tomli.loads(page.text)))


@given(pages(), st.sampled_from(["\n", "\r\n"]))
@UNTIMED
def test_the_line_of_a_key_is_the_line_that_names_it_first(page: Page, line_end: str) -> None:
    text = page.text.replace("\n", line_end)
    assert {key: line_of(text, key) for key in page.lines} == page.lines


@given(pages(), st.data())
@UNTIMED
def test_a_key_that_is_not_there_is_at_the_nearest_table_around_it(page: Page, data: st.DataObject) -> None:
    around = data.draw(st.sampled_from([(), *page.lines]))
    assert line_of(page.text, (*around, "absent", "too")) == page.lines.get(around)


@pytest.mark.parametrize("key", [("a", "b", "c"), ("list", 2), ("list", 0, "x"), ("a", 0)])
def test_a_document_does_not_hold_a_key_of_another_shape(key: Key) -> None:
    assert not holds({"a": {"b": 1}, "list": ["x", "y"]}, key)


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ('first = 1\n\n# a\nlist = [\n  { "\\u0061" = 1 },\n]', "a", 4),
        ("first = 1\nlist = [\n  { renamed = 1,\n    a = 1 },\n]", "a", 4),
        ("first = 1\nlist = [\n  { a = 1.5,\n    1 = 2 },\n]", "1", 4),
    ],
    ids=["written with an escape", "beside the name that stands in for it", "after a number that it begins"],
)
def test_a_key_in_a_statement_of_several_lines_is_found_or_at_its_start(text: str, word: str, line: int) -> None:
    assert line_of(text, ("list", 0, word)) == line
