"""Files that are broken: every fault has its line, its slug and a cure, and none is left out."""

from __future__ import annotations

import itertools
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.errors import DriverError, Fault, RegistryError, Unavailable
from conformance.fixtures._references import import_reference
from conformance.registry import _schema as schema
from conformance.registry import load_registry, parse_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from conformance.registry import Registry

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

FAMILY = """\
[backend.s3]
driver = "drivers.s3:store"

[fixture.s3_live]
backend = "s3"
kind = "live"
"""


@dataclass(frozen=True)
class Broken:
    """A file that is broken, and what is said of it.

    Attributes:
        name: What is wrong with it.
        text: The whole file.
        slug: Of every fault in it.
        keys: Of the faults, in the order of the lines; none where the file is no TOML.
        what: What the first fault says.
        cure: How that is mended.
    """

    name: str
    text: str
    slug: str
    keys: list[str]
    what: str
    cure: str

    @property
    def lines(self) -> list[int]:
        return [at for at, row in enumerate(self.text.split("\n"), start=1) if row.endswith("# here")]


def broken_files() -> Iterator[Broken]:
    for block in Path(__file__).with_name("broken.txt").read_text("utf-8").split("\n=== ")[1:]:
        name, _, rest = block.partition("\n")
        text, _, said = rest.partition("\n--- ")
        head, what, cure = said.strip().split("\n")
        slug, _, keys = head.partition(":")
        yield Broken(name, f"{FAMILY}{text}\n", slug, [key for key in keys.strip().split(", ") if key], what, cure)


EVERY = pytest.mark.parametrize("broken", [pytest.param(broken, id=broken.name) for broken in broken_files()])


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(RegistryError) as caught:
        parse_registry(text)
    return caught.value.faults


def last_word_there(text: str, key: str) -> str:
    """Return the last name in a key that the document has; a key may be wrong because it is missing."""
    try:
        value: Any = tomli.loads(text)
    except tomli.TOMLDecodeError:
        return [word for word in key.split(".") if not word.isdigit()][-1]
    name = ""
    for word in key.split("."):
        if isinstance(value, list):
            value = value[int(word)]
        elif word in value:
            name, value = word, value[word]
        else:
            break
    return name


@EVERY
def test_a_fault_names_its_line_its_key_its_slug_and_its_cure(broken: Broken) -> None:
    faults = faults_of(broken.text)
    assert [fault.line for fault in faults] == broken.lines
    assert [fault.key for fault in faults if fault.key] == broken.keys
    assert {fault.slug for fault in faults} == {broken.slug}
    assert (faults[0].what, faults[0].cure) == (broken.what, broken.cure)


@EVERY
def test_the_line_of_a_fault_holds_the_last_word_of_its_key(broken: Broken) -> None:
    rows = broken.text.split("\n")
    for fault in faults_of(broken.text):
        if fault.key is not None:
            assert last_word_there(broken.text, fault.key) in rows[(fault.line or 0) - 1]


@EVERY
def test_a_fault_begins_with_its_file_and_line_and_ends_with_its_slug(broken: Broken) -> None:
    for fault in faults_of(broken.text):
        first, *_, last = fault.render().split("\n")
        assert first.startswith(f"fixtures.toml:{fault.line}: ")
        assert last.startswith("  ")
        assert last.endswith(f" ({fault.slug})")


@EVERY
@pytest.mark.parametrize("form", ["CRLF line ends", "a byte order mark"])
def test_a_file_from_an_editor_of_windows_has_the_same_faults(broken: Broken, form: str, tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    is_marked = form == "a byte order mark"
    data = broken.text.encode("utf-8-sig") if is_marked else broken.text.replace("\n", "\r\n").encode()
    path.write_bytes(data)
    with pytest.raises(RegistryError) as caught:
        load_registry(path)
    read = [(fault.what, fault.line, fault.key, fault.slug, fault.cure) for fault in caught.value.faults]
    parsed = [(fault.what, fault.line, fault.key, fault.slug, fault.cure) for fault in faults_of(broken.text)]
    assert read == parsed


def test_faults_of_several_sorts_are_all_reported_in_the_order_of_the_lines() -> None:
    faults = faults_of(f"""{FAMILY}
        [fixture.again]
        replays = "replay"
        [fixture.local]
        stage = 2
        kind = "local"
        backend = "s4"
        [fixture.replay]
        replays = "nothing"
        [[backend.s3.scrub.rules]]
        name = "a"
        value.env = "A"
        [[backend.s3.scrub.rules]]
        name = "a"
        value.env = "B"
    """)
    assert [(fault.line, fault.slug) for fault in faults] == [
        (9, "replay-of-replay"),
        (11, "bad-stage"),
        (13, "unknown-backend"),
        (15, "replay-of-nothing"),
        (20, "duplicate-rule"),
    ]
    assert faults[0].cure == "Name the fixture that is recorded."  # not the one that is nothing


@pytest.mark.parametrize("table", ["conformance", "backend", "fixture"])
def test_a_value_in_place_of_a_whole_table_is_refused(table: str) -> None:
    (fault,) = faults_of(f'# nothing else\n{table} = "s3"\n')
    assert (fault.what, fault.cure) == (f'[{table}] = "s3" is not a table.', "Give a table.")
    assert (fault.line, fault.key, fault.slug) == (2, table, "wrong-type")


def test_a_comment_with_a_control_character_has_its_line() -> None:
    (fault,) = faults_of("# one\n# two\x01\n# three\n")
    assert (fault.line, fault.slug, fault.key) == (2, "bad-toml", None)


@pytest.mark.parametrize("text", ["", "\ufeff", "# nothing\r\n"], ids=["empty", "marked", "commented"])
def test_a_file_that_declares_nothing_is_whole(text: str, tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    path.write_bytes(text.encode())
    assert load_registry(path).fixtures == {}


def test_a_file_that_is_missing_is_named_with_the_setting_that_finds_it(tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    with pytest.raises(RegistryError, match="cannot be read: No such file") as caught:
        load_registry(path)
    fault = caught.value.fault
    assert (fault.slug, fault.path, fault.line) == ("unreadable-registry", path, None)
    assert "`conformance_fixtures`" in fault.cure


def test_a_folder_in_place_of_the_file_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RegistryError) as caught:
        load_registry(tmp_path)
    assert caught.value.fault.slug == "unreadable-registry"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["unmarked", "marked"])
def test_a_file_that_is_not_utf_8_has_the_line_of_the_first_wrong_byte(mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    path.write_bytes(mark + FAMILY.encode() + "# Größe\n# größer".encode("latin-1"))
    with pytest.raises(RegistryError) as caught:
        load_registry(path)
    fault = caught.value.fault
    assert (fault.what, fault.slug, fault.line) == ("is not UTF-8.", "unreadable-registry", FAMILY.count("\n") + 1)
    assert fault.cure == "Save the file as UTF-8."


# One key a line, and every key that there is.
WHOLE = """\
[conformance]
cassettes = "recordings"
traces = "programs"
strict = true
retry_budget_s = 30.5
[backend.s3]
contract = "object_store"
driver = "drivers.s3:store"
service = "drivers.s3:server"
capabilities = ["copy"]
is_async = false
requires.env = ["A"]
requires.modules = ["boto3"]
requires.commands = ["weed"]
scrub.generic = true
scrub.presets = ["aws"]
match.on = ["method", "path"]
match.headers = ["range"]
match.ignore_query = ["nonce"]
match.by_meaning = ["json"]
match.elastic = true
match.ordered = false
record.skip = [503]
record.waits_s = [1.5]
record.throttle_s = 0.5
passthrough = ["127.0.0.1:*"]
options.key.env = "KEY"
options.key.stand_in = "key"
[[backend.s3.scrub.rules]]
name = "s3.account"
value.env = "ACCOUNT"
stand_in = "000000000000"
expect = "must"
[[backend.s3.scrub.rules]]
name = "s3.owner"
header = "x-owner"
drop = true
on = "response"
when.method = "GET"
when.host = "*.s3.test"
when.path = "/keys/*"
when.status = [200]
when.content_type = "text/*"
[[backend.s3.scrub.rules]]
name = "s3.nonce"
query = "nonce"
numbered = true
sort = "normalizer"
[[backend.s3.scrub.rules]]
name = "s3.tenant"
url = "/tenants/([^/]+)"
example = "/tenants/a"
[[backend.s3.scrub.rules]]
name = "s3.session"
body = "session=([0-9]+)"
example = "session=1"
[[backend.s3.scrub.rules]]
name = "s3.token"
json = "$..token"
[[backend.s3.scrub.rules]]
name = "s3.id"
xml = "//Owner/ID"
[[backend.s3.scrub.rules]]
name = "s3.grant"
form = "grant"
[[backend.s3.scrub.rules]]
name = "s3.policy"
part = "policy"
[[backend.s3.scrub.rules]]
name = "s3.signed"
presigned = "strip"
[[backend.s3.scrub.rules]]
name = "s3.own"
function = "drivers.s3:clean"
[[backend.s3.scrub.rules]]
name = "s3.polling"
interaction = "drop"
when.path = "/operations/*"
[fixture.s3_live]
backend = "s3"
stage = 3
kind = "live"
[fixture.s3_replay]
replays = "s3_live"
"""
WHOLE_ROWS = WHOLE.split("\n")
PAIRS = [at for at, row in enumerate(WHOLE_ROWS) if " = " in row]

Toml = None | bool | int | float | str | list[Any] | dict[str, Any]
NAMES = st.sampled_from(["a", "name", "env", "on", "kind"])
TEXTS = st.text('ab_:.é"\\#=[{ ', max_size=5)  # no capitals: a message has those of Python only if it shows Python
VALUES = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.floats() | TEXTS | st.sampled_from(["local", "s3", "a:b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=4,
)


def fields_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the name of every key in a model and the models in it."""
    for name, field in model.model_fields.items():
        yield field.alias or name
        for inner in re.findall(r"[A-Z]\w+Table", repr(field.annotation)):
            yield from fields_of(getattr(schema, inner))


def toml_of(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(toml_of, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {toml_of(inner)}' for name, inner in value.items())}}}"
    return str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def with_values(values: dict[int, str]) -> str:
    """Return the whole document with other values on some lines."""
    rows = [f"{row.partition(' = ')[0]} = {values[at]}" if at in values else row for at, row in enumerate(WHOLE_ROWS)]
    return "\n".join(rows)


def test_the_whole_document_is_whole() -> None:
    assert list(parse_registry(WHOLE).fixtures) == ["s3_live", "s3_replay"]
    assert set(fields_of(schema.Document)) <= set(re.findall(r"\w+", WHOLE))


def test_the_reference_has_every_key() -> None:
    reference = Path(__file__).parents[2] / "docs" / "reference" / "fixtures-toml.md"
    assert set(fields_of(schema.Document)) <= set(re.findall(r"\w+", reference.read_text("utf-8")))


@pytest.mark.parametrize("place", ["url", "body"])
def test_a_pattern_may_find_anything_but_the_empty_text(place: str) -> None:
    rule = f"[[backend.s3.scrub.rules]]\nname = 's3.any'\n{place} = '.'\nexample = 'x'\n"
    (spec,) = parse_registry(FAMILY + rule).fixtures["s3_live"].scrub.rules
    assert (spec.place, spec.at) == (place, ".")


@given(st.sets(st.sampled_from(PAIRS), min_size=1))
@UNTIMED
def test_every_wrong_value_of_a_file_is_reported_in_the_order_of_the_lines(places: set[int]) -> None:
    faults = faults_of(with_values(dict.fromkeys(places, "[[]]")))
    assert [fault.line for fault in faults] == [place + 1 for place in sorted(places)]


@given(st.sampled_from(PAIRS), VALUES)
@UNTIMED
def test_any_value_has_the_right_type_or_is_refused_in_the_words_of_the_file(place: int, value: Toml) -> None:
    text = with_values({place: toml_of(value)})
    try:
        parse_registry(text)
    except RegistryError as error:
        for fault in error.faults:
            assert fault.line is not None
            assert fault.key is not None
            assert last_word_there(text, fault.key) in text.split("\n")[fault.line - 1]
            assert not re.search(r"[Ii]nput should|valid dictionary|None|True|False", fault.what + fault.cure)
    else:
        given = tomli.loads(f"value = {WHOLE_ROWS[place].partition(' = ')[2]}")["value"]
        assert type(value) is type(given) or (type(value), type(given)) == (int, float)


@given(st.sampled_from(PAIRS), st.data())
@UNTIMED
def test_a_key_with_two_letters_swapped_is_answered_with_the_key(place: int, data: st.DataObject) -> None:
    dotted, _, value = WHOLE_ROWS[place].partition(" = ")
    key = dotted.rpartition(".")[2]
    at = data.draw(st.integers(0, len(key) - 2))
    swapped = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    if swapped == key:
        return
    row = f"{dotted.removesuffix(key)}{swapped} = {value}"
    faults = faults_of("\n".join([*WHOLE_ROWS[:place], row, *WHOLE_ROWS[place + 1 :]]))
    assert (f"Did you mean {key}?", place + 1) in [(fault.cure, fault.line) for fault in faults]


NUMBERS = itertools.count()
DRIVERS = {
    "store.py": "def moto(opening): ...\nENDPOINT = 'http://127.0.0.1'\n",
    "needy.py": "import a_client_that_no_one_has\n",
    "upset.py": "raise ModuleNotFoundError('the client wants a newer Python')\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project with a package of drivers that no other test has imported; Python forgets it afterwards."""
    path, modules = list(sys.path), set(sys.modules)
    package = tmp_path / f"drivers_{next(NUMBERS)}"
    package.mkdir()
    (package / "__init__.py").touch()
    for name, text in DRIVERS.items():
        (package / name).write_text(text)
    yield package
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def declared_in(project: Path, reference: str) -> Registry:
    text = FAMILY.replace("drivers.s3:store", reference) + '[fixture.s3_replay]\nreplays = "s3_live"\n'
    return parse_registry(text, path=project.parent / "fixtures.toml")


@pytest.mark.parametrize(
    ("reference", "near", "what"),
    [
        ("PACKAGE.stor:moto", "PACKAGE.store:moto", "there is no module PACKAGE.stor."),
        ("PACKAGEs.store:moto", "PACKAGE.store:moto", "there is no module PACKAGEs."),
        ("PACKAGE.store:mot", "PACKAGE.store:moto", "PACKAGE.store has no callable mot."),
        ("PACKAGE.store:ENDPOINT", None, "PACKAGE.store has no callable ENDPOINT."),
        ("PACKAGE.store.moto:moto", None, "there is no module PACKAGE.store.moto."),
        ("PACKAGE.azurite:open_it", None, "there is no module PACKAGE.azurite."),
    ],
    ids=["a module", "a package", "a callable", "no callable", "no package", "near to none"],
)
@pytest.mark.parametrize("fixture", ["s3_live", "s3_replay"])
def test_a_driver_that_cannot_be_found_has_the_line_that_declares_it_and_the_nearest_name(
    project: Path, fixture: str, reference: str, near: str | None, what: str
) -> None:
    reference = reference.replace("PACKAGE", project.name)
    registry = declared_in(project, reference)
    with pytest.raises(DriverError) as caught:
        import_reference(reference, registry=registry, key=("fixture", fixture, "driver"))
    fault = caught.value.fault
    assert fault.what == f'[fixture.{fixture}] driver = "{reference}": {what.replace("PACKAGE", project.name)}'
    assert (fault.slug, fault.path, fault.line) == ("bad-driver", registry.path, 2)
    if near:
        assert fault.cure == f'Did you mean "{near.replace("PACKAGE", project.name)}"?'
    else:
        assert fault.cure == "Name a module that can be imported, and a callable in it."


@pytest.mark.parametrize(
    ("module", "lacking"),
    [("needy", "Python module a_client_that_no_one_has"), ("upset", "the client wants a newer Python")],
)
def test_a_driver_whose_module_imports_what_is_not_installed_is_unavailable(
    project: Path, module: str, lacking: str
) -> None:
    reference = f"{project.name}.{module}:moto"
    with pytest.raises(Unavailable) as caught:
        import_reference(reference, registry=declared_in(project, reference), key=("fixture", "s3_live", "driver"))
    assert caught.value.lacking == (lacking,)
    assert caught.value.fault.cure == "Install it, and declare it under requires.modules."


def test_a_driver_beside_the_file_is_found_from_any_folder(project: Path) -> None:
    reference = f"{project.name}.store:moto"
    registry = declared_in(project, reference)
    found = import_reference(reference, registry=registry, key=("fixture", "s3_live", "driver"))
    assert (found.__module__, found.__name__) == (f"{project.name}.store", "moto")
    assert import_reference(reference, registry=registry, key=("fixture", "s3_replay", "driver")) is found
