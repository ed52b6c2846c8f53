"""The rules of object_store: listing, pages, ranges, conditions and uploads, by the model alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.object_store import OBJECT_STORE
from conformance.trace import Chosen, Outcome, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract import Allowed

MIB = 1024 * 1024
KEYS = st.text("ab/é\U0001f600\uff5e", min_size=1, max_size=5)
SETS = st.sets(KEYS, max_size=8)


def start() -> Any:
    return OBJECT_STORE.start(frozenset())


def allowed(state: Any, op: str, **args: Any) -> tuple[Allowed, ...]:
    return OBJECT_STORE.allowed(state, Step(op, args), args)


def usual(state: Any, op: str, **args: Any) -> tuple[Any, Outcome]:
    first = allowed(state, op, **args)[0]
    return first.state, first.outcome


def value(state: Any, op: str, **args: Any) -> Mapping[str, Any]:
    found = usual(state, op, **args)[1].value
    assert found is not None
    return found


def errors(state: Any, op: str, **args: Any) -> list[str]:
    return [each.outcome.error for each in allowed(state, op, **args)]


def holding(keys: Sequence[str] | set[str], data: bytes = b"x") -> Any:
    state = start()
    for key in keys:
        state, _ = usual(state, "put", key=key, data=data)
    return state


@given(keys=SETS)
def test_a_listing_is_in_the_order_of_utf_8_bytes(keys: set[str]) -> None:
    assert value(holding(keys), "list") == {"keys": sorted(keys, key=str.encode), "prefixes": []}


@given(keys=SETS, prefix=st.text("ab/", max_size=3), delimiter=st.sampled_from(["", "/", "b", "//"]))
def test_a_listing_tells_every_key_once_by_itself_or_by_its_prefix(keys: set[str], prefix: str, delimiter: str) -> None:
    found = value(holding(keys), "list", prefix=prefix, delimiter=delimiter)
    assert len(set(found["prefixes"])) == len(found["prefixes"])
    for key in keys:
        above = [each for each in found["prefixes"] if key.startswith(each)]
        assert (key in found["keys"]) + len(above) == (1 if key.startswith(prefix) else 0)
    assert all(each.endswith(delimiter) and delimiter for each in found["prefixes"])


@given(keys=SETS, after=KEYS)
def test_start_after_leaves_out_what_is_not_after_it(keys: set[str], after: str) -> None:
    found = value(holding(keys), "list", start_after=after)
    assert found["keys"] == sorted((key for key in keys if key.encode() > after.encode()), key=str.encode)


@given(
    keys=SETS,
    size=st.integers(1, 3),
    prefix=st.text("ab/", max_size=2),
    delimiter=st.sampled_from(["", "/", "b"]),
)
def test_pages_joined_are_the_whole_listing(keys: set[str], size: int, prefix: str, delimiter: str) -> None:
    state = holding(keys)
    query = {"prefix": prefix, "delimiter": delimiter}
    names: list[str] = []
    token: dict[str, Any] = {}
    for _ in range(len(keys) + 1):
        state, outcome = usual(state, "page", size=size, **query, **token)
        page = outcome.value or {}
        assert len(page["keys"]) + len(page["prefixes"]) <= size
        names += sorted([*page["keys"], *page["prefixes"]], key=str.encode)
        if "next" not in page:
            break
        token = {"token": page["next"]}
    whole = value(state, "list", **query)
    assert names == sorted([*whole["keys"], *whole["prefixes"]], key=str.encode)


@given(data=st.binary(min_size=1, max_size=9), start_at=st.integers(0, 12), end=st.integers(0, 12))
def test_a_range_is_a_slice_where_it_holds_a_byte(data: bytes, start_at: int, end: int) -> None:
    state = holding(["a"], data)
    _, outcome = usual(state, "get", key="a", start=start_at, end=end)
    if end > start_at:
        expected = Outcome({"data": data[start_at:end]}) if start_at < len(data) else Outcome(error="invalid_range")
    else:
        expected = Outcome({"data": b""}) if end == start_at else Outcome(error="invalid_argument")
    assert outcome == expected


@given(data=st.binary(max_size=9), last=st.integers(0, 12))
def test_a_suffix_is_the_end_or_all_of_it(data: bytes, last: int) -> None:
    state = holding(["a"], data)
    _, outcome = usual(state, "get", key="a", last=last)
    assert outcome == (Outcome({"data": data[-last:]}) if data and last else Outcome(error="invalid_range"))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("", ["invalid_key"]),
        ("k" * 1024, [""]),
        ("k" * 1025, ["invalid_key"]),
        ("é" * 513, ["invalid_key", ""]),
        ("a\x01b", ["", "invalid_key"]),
        ("..", ["", "invalid_key"]),
        ("a/../b", [""]),
        ("a//b", [""]),
        ("/", [""]),
        ("/a/", [""]),
    ],
)
def test_a_key_is_taken_or_refused(key: str, expected: list[str]) -> None:
    assert errors(start(), "put", key=key, data=b"x") == expected


@pytest.mark.parametrize(
    ("content", "write", "read"),
    [(b"x", ["", "precondition_failed"], ["not_modified", ""]), (b"y", ["precondition_failed"], [""])],
)
def test_an_etag_of_before_may_match_where_the_content_is_the_same(
    content: bytes, write: list[str], read: list[str]
) -> None:
    state, first = usual(start(), "put", key="a", data=b"x")
    state, _ = usual(state, "put", key="a", data=content)
    etag = (first.value or {})["etag"]
    assert errors(state, "put", key="a", data=b"z", if_match=etag) == write
    assert errors(state, "get", key="a", if_none_match=etag) == read


def test_the_current_etag_matches_alone() -> None:
    state = holding(["a"])
    etag = value(state, "head", key="a")["etag"]
    assert errors(state, "get", key="a", if_match=etag) == [""]
    assert errors(state, "get", key="a", if_none_match=etag, start=9) == ["not_modified"]
    assert errors(state, "delete", key="a", if_match='"other"') == ["precondition_failed"]


def test_creating_only_what_is_there_fails_with_one_word() -> None:
    assert errors(holding(["a"]), "put", key="a", data=b"y", create_only=True) == ["already_exists"]
    assert errors(start(), "put", key="a", data=b"y", create_only=True) == [""]


def test_deleting_nothing_does_nothing_or_says_so() -> None:
    assert errors(start(), "delete", key="a") == ["", "not_found"]
    assert errors(holding(["a"]), "delete", key="a") == [""]


def test_copying_keeps_or_replaces_metadata() -> None:
    state, _ = usual(start(), "put", key="a", data=b"x", metadata={"k": "v"})
    kept, _ = usual(state, "copy", source="a", target="b")
    replaced, _ = usual(state, "copy", source="a", target="b", metadata={"n": "w"})
    assert value(kept, "metadata", key="b") == {"metadata": {"k": "v"}}
    assert value(replaced, "metadata", key="b") == {"metadata": {"n": "w"}}
    assert value(replaced, "metadata", key="a") == {"metadata": {"k": "v"}}


def test_copying_onto_itself_is_refused_unless_something_changes() -> None:
    state = holding(["a"])
    assert errors(state, "copy", source="a", target="a") == ["invalid_argument", ""]
    assert errors(state, "copy", source="a", target="a", metadata={"k": "v"}) == [""]


def uploading(*bodies: bytes) -> tuple[Any, Chosen, list[dict[str, Any]]]:
    state, outcome = usual(start(), "start_upload", key="a")
    upload = (outcome.value or {})["upload"]
    parts = []
    for number, body in enumerate(bodies, start=1):
        state, outcome = usual(state, "upload_part", key="a", upload=upload, number=number, data=body)
        parts.append({"number": number, "part": (outcome.value or {})["part"]})
    return state, upload, parts


def test_an_upload_becomes_an_object_when_it_is_completed_and_not_before() -> None:
    state, upload, parts = uploading(b"x" * 5 * MIB, b"y")
    assert errors(state, "get", key="a") == ["not_found"]
    assert value(state, "list_parts", key="a", upload=upload)["parts"] == [
        {"number": 1, "size": 5 * MIB},
        {"number": 2, "size": 1},
    ]
    state, _ = usual(state, "complete_upload", key="a", upload=upload, parts=parts)
    assert value(state, "get", key="a", last=2) == {"data": b"xy"}
    assert errors(state, "abort_upload", key="a", upload=upload) == ["no_upload"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([0, 1], ["part_too_small", ""]),
        ([1], [""]),
        ([1, 0], ["invalid_part", "invalid_argument", "part_too_small", ""]),
        ([], ["invalid_argument", ""]),
    ],
)
def test_parts_must_be_in_order_and_large_enough(order: list[int], expected: list[str]) -> None:
    state, upload, parts = uploading(b"x", b"y")
    found = errors(state, "complete_upload", key="a", upload=upload, parts=[parts[at] for at in order])
    assert found == expected


def test_the_part_of_another_number_is_no_part() -> None:
    state, upload, parts = uploading(b"x", b"y")
    swapped = [{"number": 1, "part": parts[1]["part"]}]
    assert errors(state, "complete_upload", key="a", upload=upload, parts=swapped) == ["invalid_part"]
    assert errors(state, "complete_upload", key="b", upload=upload, parts=parts) == ["no_upload"]


def test_a_part_that_was_uploaded_again_is_the_later_one() -> None:
    state, upload, parts = uploading(b"x")
    state, outcome = usual(state, "upload_part", key="a", upload=upload, number=1, data=b"later")
    later = [{"number": 1, "part": (outcome.value or {})["part"]}]
    assert errors(state, "complete_upload", key="a", upload=upload, parts=parts) == ["invalid_part", ""]
    state, _ = usual(state, "complete_upload", key="a", upload=upload, parts=later)
    assert value(state, "get", key="a") == {"data": b"later"}


def test_deleting_many_tells_missing_keys_or_not() -> None:
    found = allowed(holding(["a"]), "delete_many", keys=["a", "b"])
    assert [each.outcome.value for each in found] == [{"refused": {}}, {"refused": {"b": "not_found"}}]
    assert value(found[0].state, "list")["keys"] == []


def test_of_several_faults_any_may_be_told() -> None:
    args: dict[str, Any] = {"key": "a", "upload": "none"}
    assert errors(start(), "upload_part", **args, number=0, data=b"x") == ["no_upload", "invalid_argument"]
    assert errors(start(), "upload_part", **args, number=1, data=b"x") == ["no_upload"]
    assert errors(start(), "complete_upload", **args, parts=[]) == ["no_upload", "invalid_argument"]
    assert errors(start(), "copy", source="a", target="k" * 1025) == ["not_found", "invalid_key"]
