"""What is noted of a client."""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.report._reproductions._source import InexpressibleError
from conformance.report._reproductions._spy import Notebook, Spy

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = st.text(max_size=12)


class Mode(Enum):
    """What a client takes."""

    ONCE = "once"


class Client:
    """Whatever a client may have."""

    mode = Mode.ONCE
    size = 3

    class Missing(Exception):
        """What it raises."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def call(self, *args: object, **kwargs: object) -> object:
        self.calls.append((args, kwargs))
        return {"tag": '"tag-1234"', "deep": [{"tag": '"tag-1234"'}]}

    def items(self) -> Iterator[str]:
        yield from ("first", "second")

    def missing(self) -> None:
        raise self.Missing

    def child(self) -> Client:
        return Client()

    @contextmanager
    def opened(self) -> Iterator[dict[str, str]]:
        yield {"name": "inner"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing."""

    def __getitem__(self, key: str) -> str:
        return f"item-{key}"


def noted_of(book: Notebook) -> list[str]:
    """Return the source of what was noted; results by their numbers."""
    numbers = {noted: f"<{number}>" for number, noted in enumerate(book.noted, start=1)}
    return ["".join(numbers.get(each, each) for each in noted.pieces) for noted in book.noted]  # type: ignore[call-overload]


def spied(**names: str) -> tuple[Notebook, Client, Any]:
    book, client = Notebook(set(), names), Client()
    return book, client, book.spied(client, "client")


@given(st.lists(TEXTS | st.binary(max_size=12) | st.integers()), st.dictionaries(st.sampled_from("abc"), TEXTS))
def test_what_is_noted_does_what_was_done(args: list[Any], kwargs: dict[str, Any]) -> None:
    book, client, spy = spied(bucket="b-42")
    spy.call(*args, **kwargs)
    again = Client()
    eval(noted_of(book)[0], {"client": again, "bucket": "b-42"})  # noqa: S307  (the source that was made here)
    assert again.calls == client.calls == [(tuple(args), kwargs)]


@given(st.lists(st.sampled_from(["x", "b-42", "http://end", "/"])).map("".join))
def test_names_stand_for_their_values_within_texts(text: str) -> None:
    book, _, spy = spied(bucket="b-42", end="http://end")
    spy.call(text)
    (source,) = noted_of(book)
    assert "b-42" not in source
    assert "http" not in source
    again = Client()
    eval(source, {"client": again, "bucket": "b-42", "end": "http://end"})  # noqa: S307
    assert again.calls == [((text,), {})]


def test_an_answer_that_is_passed_on_is_taken_from_the_answer_by_its_shortest_way() -> None:
    book, _, spy = spied()
    tag = spy.call()["tag"]
    spy.call([tag], bare=tag.strip('"'))
    assert noted_of(book)[1] == """client.call([<1>['tag']], bare=<1>['tag'].strip('"'))"""


def test_what_the_caller_gave_before_is_its_own() -> None:
    book, _, spy = spied()
    spy.call('"tag-1234"')
    spy.call('"tag-1234"')
    assert noted_of(book)[1] == "client.call('\"tag-1234\"')"


def test_everything_that_is_done_with_what_comes_back_is_noted() -> None:
    book, _, spy = spied()
    assert spy.size == 3
    assert spy.mode is Mode.ONCE
    assert isinstance(spy, Client)
    child = spy.child()
    assert [*child.items()] == ["first", "second"]
    assert next(child.items()) == "first"
    with child as same, child.opened() as found:
        assert isinstance(same, Spy)
        same.call(found["name"], same["k"], child, Mode.ONCE)
    assert noted_of(book) == [
        "client.child()",
        "<1>.items()",
        "list(<2>)",
        "<1>.items()",
        "next(<4>)",
        "<1>.opened()",
        "<6>.__enter__()",
        "<1>.call(<7>['name'], <1>['k'], <1>, Mode.ONCE)",
        "<6>.__exit__(None, None, None)",
        "<1>.__exit__(None, None, None)",
    ]
    assert [noted.is_exit for noted in book.noted] == [False] * 8 + [True] * 2
    assert book.imports == {f"from {__name__} import Mode"}


def test_what_is_raised_goes_on_and_is_noted() -> None:
    book, _, spy = spied()
    with pytest.raises(spy.Missing):
        spy.missing()
    assert isinstance(book.noted[0].error, Client.Missing)


def test_a_loop_that_is_left_has_not_failed() -> None:
    book, _, spy = spied()
    for each in spy.items():
        assert each == "first"
        break
    assert [noted.error for noted in book.noted] == [None, None]


def test_an_argument_without_source_stops_the_program() -> None:
    book, client, spy = spied()
    with pytest.raises(InexpressibleError):
        spy.call(object())
    assert client.calls == []
    assert book.noted == []
    assert not book.is_whole
