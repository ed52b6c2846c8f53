"""What a fixture has in the end: its own, its family's, or that of the fixture it replays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.errors import RegistryError
from conformance.registry import MatchSpec, RuleSpec, parse_registry

if TYPE_CHECKING:
    from conformance.registry import FixtureSpec, Kind, Stage

# Lists, by key; scalars behave alike but have no empty value.
LISTS = {
    "requires.env": ["A", "B"],
    "requires.modules": ["boto3", "s3fs"],
    "requires.commands": ["weed", "azurite"],
    "scrub.presets": ["aws", "azure"],
    "match.on": ["method", "path", "body"],
    "match.headers": ["range", "x-meta-*"],
    "capabilities": ["copy", "paging"],
}
NOT_REPLAYED = ("requires.env", "requires.commands")
DEFAULTS: dict[str, list[str]] = {key: [] for key in LISTS} | {"match.on": list(MatchSpec().on)}


def subsets(key: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(LISTS[key]), unique=True, min_size=1 if key == "match.on" else 0)


TABLES = st.fixed_dictionaries({}, optional={key: subsets(key) for key in LISTS})


def lists_of(spec: FixtureSpec) -> dict[str, list[str]]:
    return {
        "requires.env": list(spec.requires.env),
        "requires.modules": list(spec.requires.modules),
        "requires.commands": list(spec.requires.commands),
        "scrub.presets": list(spec.scrub.presets),
        "match.on": list(spec.match.on),
        "match.headers": list(spec.match.headers),
        "capabilities": sorted(spec.capabilities),
    }


def pairs(table: dict[str, list[str]]) -> str:
    return "".join(f"{key} = {json.dumps(words)}\n" for key, words in table.items())


@given(TABLES, TABLES, TABLES)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_nearest_list_replaces_those_further_up_and_is_not_merged_with_them(
    family: dict[str, list[str]], own: dict[str, list[str]], replay: dict[str, list[str]]
) -> None:
    registry = parse_registry(f"""
        [backend.s3]
        driver = "drivers.s3:store"
        {pairs(family)}
        [fixture.s3_replay]
        replays = "s3_live"
        {pairs(replay)}
        [fixture.s3_live]
        backend = "s3"
        kind = "live"
        {pairs(own)}
    """)
    live = DEFAULTS | family | own
    played = live | {key: [] for key in NOT_REPLAYED} | replay
    for name, lists in (("s3_live", live), ("s3_replay", played)):
        assert lists_of(registry.fixture(name)) == lists | {"capabilities": sorted(lists["capabilities"])}


REGISTRY = parse_registry("""\
[backend.s3]
contract = "object_store"
driver = "drivers.s3:store"
service = "drivers.s3:server"
match = { headers = ["Range", "X-Meta-*"] }
requires = { modules = ["boto3"] }
[[backend.s3.scrub.rules]]
name = "s3.account"
value = { env = "ACCOUNT" }
stand_in = "000000000000"
expect = "must"

[fixture.s3_replay]
replays = "s3_live"

[fixture.s3_live]
backend = "s3"
kind = "live"
is_async = true
requires = { env = ["ACCOUNT"], commands = ["aws"] }

[fixture.s3_moto]
backend = "s3"
stage = 1
contract = "flat_store"
driver = "drivers.moto:store"
service = "drivers.moto:server"
scrub = { rules = [{ name = "s3.region", value = { env = "REGION" } }] }
match = { on = ["method", "path"] }
""")
LIVE, REPLAY, MOTO = (REGISTRY.fixture(name) for name in ("s3_live", "s3_replay", "s3_moto"))


def test_a_fixture_has_what_its_family_sets() -> None:
    assert (LIVE.contract, LIVE.driver, LIVE.service) == ("object_store", "drivers.s3:store", "drivers.s3:server")
    assert LIVE.scrub.rules == (RuleSpec("s3.account", "value", "ACCOUNT", "000000000000", expect="must"),)


def test_a_fixture_sets_for_itself_what_it_has_otherwise_than_its_family() -> None:
    assert (MOTO.contract, MOTO.driver, MOTO.service) == ("flat_store", "drivers.moto:store", "drivers.moto:server")
    assert MOTO.scrub.rules == (RuleSpec("s3.region", "value", "REGION", "REDACTED"),)


def test_a_table_of_a_fixture_is_merged_with_that_of_its_family_key_by_key() -> None:
    assert MOTO.match == MatchSpec(("method", "path"), ("range", "x-meta-*"))


def test_a_replay_has_everything_of_its_fixture_but_what_needs_a_machine() -> None:
    assert (REPLAY.stage, REPLAY.kind, REPLAY.service, REPLAY.replays) == (1, "replay", None, "s3_live")
    assert (LIVE.requires.env, LIVE.requires.commands) == (("ACCOUNT",), ("aws",))
    assert (REPLAY.requires.env, REPLAY.requires.commands) == ((), ())
    assert REPLAY.requires.modules == LIVE.requires.modules == ("boto3",)
    for word in ("backend", "contract", "driver", "capabilities", "is_async", "scrub", "match"):
        assert getattr(REPLAY, word) == getattr(LIVE, word)


def test_a_replay_and_its_fixture_are_one_family_of_cassettes() -> None:
    assert {spec.name: spec.family for spec in REGISTRY.fixtures.values()} == {
        "s3_replay": "s3_live",
        "s3_live": "s3_live",
        "s3_moto": "s3_moto",
    }
    assert REGISTRY.recorded == {"s3_live"}


def test_fixtures_are_in_the_order_of_the_file() -> None:
    assert list(REGISTRY.fixtures) == ["s3_replay", "s3_live", "s3_moto"]


@pytest.mark.parametrize(("kind", "stage"), [("local", 1), ("service", 2), ("live", 3)])
def test_kind_and_stage_say_the_same(kind: Kind, stage: Stage) -> None:
    family = '[backend.s3]\ndriver = "drivers.s3:store"\n[fixture.s3]\nbackend = "s3"\n'
    for pair in (f'kind = "{kind}"', f"stage = {stage}", f'kind = "{kind}"\nstage = {stage}'):
        spec = parse_registry(family + pair).fixture("s3")
        assert (spec.kind, spec.stage) == (kind, stage)


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("fixture.s3_moto.driver", 26),
        ("fixture.s3_live.driver", 3),
        ("fixture.s3_replay.driver", 3),
        ("fixture.s3_replay.is_async", 19),
        ("fixture.s3_replay.requires.env", 20),
        ("fixture.s3_replay.requires.modules", 6),
        ("fixture.s3_moto.match.headers", 5),
        ("fixture.s3_moto.match.on", 29),
        ("fixture.s3_moto.is_async", 22),
        ("fixture.s3_moto", 22),
        ("backend.s3.contract", 2),
    ],
)
def test_the_line_of_a_key_is_where_the_fixture_takes_it_from(key: str, line: int) -> None:
    assert REGISTRY.line_of(*key.split(".")) == line


@pytest.mark.parametrize("family", [None, True, False])
@pytest.mark.parametrize("own", [None, True, False])
@pytest.mark.parametrize("replay", [None, True, False])
def test_the_nearest_is_async_counts_even_where_it_is_false(
    family: bool | None, own: bool | None, replay: bool | None
) -> None:
    rows = ["" if value is None else f"is_async = {json.dumps(value)}" for value in (family, own, replay)]
    registry = parse_registry(f"""
        [backend.s3]
        driver = "drivers.s3:store"
        {rows[0]}
        [fixture.s3_live]
        backend = "s3"
        kind = "live"
        {rows[1]}
        [fixture.s3_replay]
        replays = "s3_live"
        {rows[2]}
    """)
    expected = [False, *(value for value in (family, own) if value is not None)][-1]
    assert registry.fixture("s3_live").is_async is expected
    assert registry.fixture("s3_replay").is_async is (expected if replay is None else replay)


def test_a_replay_may_say_that_it_is_one() -> None:
    said = 'replays = "s3_live"\nkind = "replay"\nstage = 1\n'
    registry = parse_registry(REGISTRY.text.replace('replays = "s3_live"\n', said))
    assert registry.fixture("s3_replay") == REPLAY


def test_a_backend_takes_nothing_from_a_fixture_of_its_name() -> None:
    text = '[backend.s3]\ndriver = "a:b"\n[fixture.s3]\nbackend = "s3"\nkind = "local"\nservice = "a:c"\n'
    registry = parse_registry(text)
    assert (registry.line_of("backend", "s3", "service"), registry.line_of("fixture", "s3", "service")) == (1, 6)


def test_folders_have_names_where_the_file_gives_none() -> None:
    assert (REGISTRY.cassettes, REGISTRY.traces, REGISTRY.strict) == (Path("cassettes"), Path("traces"), False)


def test_folders_are_beside_the_file() -> None:
    text = '[conformance]\ncassettes = "tests/recordings"\nstrict = true'
    registry = parse_registry(text, path=Path("project/fixtures.toml"))
    assert registry.cassettes == Path("project/tests/recordings")
    assert registry.traces == Path("project/traces")
    assert registry.strict


@pytest.mark.parametrize(
    ("sort", "name", "cure"),
    [
        ("fixture", "s3_liv", "Did you mean s3_live?"),
        ("fixture", "azurite", "It declares s3_replay, s3_live, s3_moto."),
        ("backend", "s4", "Did you mean s3?"),
        ("backend", "blob", "It declares s3."),
    ],
)
def test_a_name_that_is_not_declared_is_answered_with_those_that_are(sort: str, name: str, cure: str) -> None:
    ask = REGISTRY.fixture if sort == "fixture" else REGISTRY.backend
    with pytest.raises(RegistryError) as caught:
        ask(name)
    fault = caught.value.fault
    assert (fault.what, fault.cure, fault.slug) == (f"declares no {sort} {name!r}.", cure, f"unknown-{sort}")
