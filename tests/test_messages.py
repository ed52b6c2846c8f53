"""Every slug that the source can raise has one entry in the reference, and the reference has no other."""

from __future__ import annotations

import ast
import itertools
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference" / "messages.md"


class Module:
    """One module of the source, read for what becomes a slug.

    That is: an argument for a parameter or field named ``slug``, by name or by position; its default; ``default_slug``;
    and what stands in brackets at the end of what ``pytest.fail`` is told. What cannot be followed to constants is an
    error, so that no slug is missed in silence.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.nodes = list(ast.walk(ast.parse(text)))
        self.parents = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}
        self.takers = dict(self._takers())

    def slugs(self, takers: dict[str, int]) -> Iterator[tuple[str, str]]:
        """Yield every slug and where it stands; ``takers`` are the callables that take one, with its position."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                values = self._arguments(node, takers | self.takers)
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.arguments):
                values = self._defaults(node)
            else:
                continue
            for value in values:
                for slug in self._words(value):
                    yield slug, f"{self.name}:{value.lineno}"

    def _takers(self) -> Iterator[tuple[str, int]]:
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef):
                owner = self.parents[node]
                is_method = isinstance(owner, ast.ClassDef)
                words = [argument.arg for argument in node.args.args][is_method:]
                name = owner.name if isinstance(owner, ast.ClassDef) and node.name == "__init__" else node.name
            elif isinstance(node, ast.ClassDef):
                words = [ast.unparse(field.target) for field in node.body if isinstance(field, ast.AnnAssign)]
                name = node.name
            else:
                continue
            if "slug" in words:
                yield name, words.index("slug")

    def _arguments(self, call: ast.Call, takers: dict[str, int]) -> list[ast.expr]:
        name = ast.unparse(call.func)
        if name == "pytest.fail":
            told = ast.unparse(call.args[0]).rstrip("\"'")
            found = re.search(r" \(([a-z-]+)\)$", told)
            return [ast.copy_location(ast.Constant(found[1]), call)] if found else []
        position = takers.get(name.rpartition(".")[2], len(call.args))
        return [*call.args[position : position + 1], *(word.value for word in call.keywords if word.arg == "slug")]

    def _defaults(self, node: ast.Assign | ast.AnnAssign | ast.arguments) -> list[ast.expr]:
        if isinstance(node, ast.arguments):
            words = [*node.args[len(node.args) - len(node.defaults) :], *node.kwonlyargs]
            values = zip(words, [*node.defaults, *node.kw_defaults], strict=True)
            return [value for word, value in values if word.arg == "slug" and value]
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        is_field = isinstance(self.parents[node], ast.ClassDef) and ast.unparse(target) in ("default_slug", "slug")
        return [node.value] if is_field and node.value else []

    def _words(self, value: ast.expr) -> list[str]:
        """Return the words that an expression can be; none for a slug that is only handed on."""
        match value:
            case ast.Constant(value=str(word)):
                words = [word]
            case ast.Constant(value=None) | ast.Attribute(attr="slug" | "default_slug"):
                words = []
            case ast.IfExp(body=one, orelse=other):
                words = self._words(one) + self._words(other)
            case ast.BoolOp(values=parts):
                words = [word for part in parts for word in self._words(part)]
            case ast.JoinedStr(values=parts):
                words = ["".join(words) for words in itertools.product(*map(self._words, parts))]
            case ast.FormattedValue(value=inner):
                words = self._words(inner)
            case ast.Name():
                words = self._words_of_name(value)
            case _:
                raise ValueError(self._lost(value))
        return words

    def _words_of_name(self, name: ast.Name) -> list[str]:
        """Return what is assigned to a variable, or what this module gives for a parameter."""
        function = self.parents[name]
        while not isinstance(function, ast.FunctionDef | ast.Module):
            function = self.parents[function]
        inside = (node for node in ast.walk(function) if isinstance(node, ast.Assign))
        values = [node.value for node in inside if ast.unparse(node.targets[0]) == name.id]
        if isinstance(function, ast.FunctionDef):
            parameters = [argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)]
            if name.id == "slug" and "slug" in parameters:
                return []
            if name.id in parameters:
                values += self._given(function.name, name.id, parameters.index(name.id) - (parameters[0] == "self"))
        if not values:
            raise ValueError(self._lost(name))
        return [word for value in values for word in self._words(value)]

    def _given(self, function: str, parameter: str, position: int) -> list[ast.expr]:
        calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        calls = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == function]
        by_position = [value for call in calls for value in call.args[position : position + 1]]
        return by_position + [word.value for call in calls for word in call.keywords if word.arg == parameter]

    def _lost(self, value: ast.expr) -> str:
        return f"{self.name}:{value.lineno}: {ast.unparse(value)} cannot be followed to constants"


def slugs_of(texts: dict[str, str]) -> dict[str, list[str]]:
    """Return where each slug stands, in modules by name."""
    modules = [Module(name, text) for name, text in texts.items()]
    public = {name: at for module in modules for name, at in module.takers.items() if not name.startswith("_")}
    found: dict[str, list[str]] = {}
    for module in modules:
        for slug, place in module.slugs(public):
            found.setdefault(slug, []).append(place)
    return found


@pytest.fixture(scope="module")
def raised() -> dict[str, list[str]]:
    paths = sorted((ROOT / "src" / "conformance").rglob("*.py"))
    return slugs_of({path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths})


@pytest.fixture(scope="module")
def entries() -> dict[str, str]:
    """The text of each entry, by its heading; headings that are there twice are joined."""
    found: dict[str, str] = {}
    for entry in re.split(r"^### ", REFERENCE.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, text = entry.partition("\n")
        found[heading] = found.get(heading, "") + text
    return found


def test_every_slug_has_an_entry_in_the_reference(raised: dict[str, list[str]], entries: dict[str, str]) -> None:
    missing = {slug: places for slug, places in raised.items() if slug not in entries}
    assert not missing, f"docs/reference/messages.md has no entry for {missing}"


def test_every_entry_of_the_reference_is_a_slug_of_the_source(
    raised: dict[str, list[str]], entries: dict[str, str]
) -> None:
    stale = sorted(set(entries) - set(raised))
    assert not stale, f"nothing raises {stale}, which docs/reference/messages.md explains"


def test_no_slug_has_two_entries() -> None:
    headings = Counter(re.findall(r"^### (.+)$", REFERENCE.read_text("utf-8"), flags=re.MULTILINE))
    assert [heading for heading, count in headings.items() if count > 1] == []


def test_every_slug_is_lower_case_words_with_hyphens(raised: dict[str, list[str]]) -> None:
    assert [slug for slug in raised if not re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)] == []


def test_every_entry_says_why_and_how_to_mend_it(entries: dict[str, str]) -> None:
    silent = [slug for slug, text in entries.items() if "\nWhy: " not in text or "\nMend: " not in text]
    assert not silent, f"docs/reference/messages.md says not why, or not how to mend: {silent}"


def test_every_example_message_is_of_its_own_slug(entries: dict[str, str]) -> None:
    ends = {slug: re.findall(r"\((\S+)\)\n```", text) for slug, text in entries.items() if "```" in text}
    assert ends == {slug: [slug] * (entries[slug].count("```") // 2) for slug in ends}


FAULT = "class Fault:\n    what: str\n    slug: str\n"


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("raise Error('what', slug='by-name')", {"by-name"}),
        ("Fault('what', 'by-position')", {"by-position"}),
        ("def _refuse(what, slug): ...\n_refuse('what', 'by-position')", {"by-position"}),
        ("class A:\n def refuse(self, slug): ...\n def b(self): self.refuse('of-a-method')", {"of-a-method"}),
        ("class A:\n def __init__(self, what, slug='by-default'): ...\nA('', 'given')", {"by-default", "given"}),
        ("def refuse(*, slug='by-default'): ...", {"by-default"}),
        ("class A(Error):\n default_slug: str = 'of-a-class'", {"of-a-class"}),
        ("raise Error(slug='this' if a else 'that')", {"this", "that"}),
        ("def f(sort): raise Error(slug=f'bad-{sort}')\nf('name')\nf(sort='key')", {"bad-name", "bad-key"}),
        ("def f():\n slug = 'assigned'\n raise Error(slug=slug)", {"assigned"}),
        ("pytest.fail(f'{path}: it is late. (too-late)', pytrace=False)", {"too-late"}),
        ("def f(slug):\n raise Error(slug=slug or self.default_slug)", set()),
        ("raise Error(slug=fault.slug)", set()),
        ("pytest.fail('without one')", set()),
    ],
)
def test_a_slug_is_found_however_it_is_given(text: str, slugs: set[str]) -> None:
    assert set(slugs_of({"errors.py": FAULT, "module.py": text})) == slugs


@pytest.mark.parametrize("value", ["SLUGS[key]", "slug_of(key)", "unknown"])
def test_a_slug_that_cannot_be_found_is_an_error_with_its_place(value: str) -> None:
    with pytest.raises(ValueError, match=r"^module.py:2: .* cannot be followed to constants$"):
        slugs_of({"module.py": f"def f():\n raise Error(slug={value})"})
