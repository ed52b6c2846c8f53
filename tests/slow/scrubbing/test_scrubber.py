"""The order of rules, and what a scrubber promises whatever they are."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import (
    PRESETS,
    BodyPlace,
    HeaderPlace,
    Interaction,
    JsonPlace,
    Replace,
    ReplaceValue,
    Request,
    Response,
    Scrubber,
    preset_rules,
)
from conformance.cassette.scrubbing import FormPlace, NamedSecret, QueryPlace, ShapedSecret, XmlPlace
from tests.cassette.strategies import INTERACTIONS

if TYPE_CHECKING:
    from conformance.cassette.scrubbing import Place

SECRET = "s3cr3t-Value-99"
URI = "http://box.test/"
NAMED = NamedSecret("box.named", ("password",), stand_in="NAMED")
SHAPED = [rule for name in PRESETS for rule in preset_rules(name) if isinstance(rule, ShapedSecret)]
PIECES = st.sampled_from(
    [
        "password", "access_token", "AccountKey", "=", ":", '"', "'", "<", ">", "&", ";", "?", "sig=", "%3D", "\\", " ",
        "Bearer ", "Basic ", "eyJhbGciOiJ9aa.eyJhbGciOiJ9aa.abc", "AKIAABCDEFGHIJKLMNOP", "s3cr3tValue99=", "a@b.test",
        "://user:pass@host", "-----BEGIN PRIVATE KEY-----\nabc\n-----END", "ghp_" + "a1" * 18, "\n", "SharedKey a:b=",
        "0123-4567", "12345678-1234-1234-1234-123456789abc", "ABCDEFGHIJabcdefghij0123456789abcdefghij",
    ]
)  # fmt: skip


def body_of(text: str) -> Response:
    return Response(200, "", (), text.encode())


def test_values_come_before_places() -> None:
    value = ReplaceValue("box.value", SECRET, "VALUE")
    scrubber = Scrubber([Replace("box.place", BodyPlace(rules_pattern(SECRET)), "PLACE"), value])
    assert scrubber.response(body_of(SECRET)).body == b"VALUE"
    assert scrubber.fired == {"box.value": 1, "box.place": 0}


def test_places_come_before_finders() -> None:
    scrubber = Scrubber([NAMED, Replace("box.place", JsonPlace("$.password"), "PLACE", is_learned=False)])
    assert scrubber.response(body_of(f'{{"password": "{SECRET}"}}')).body == b'{"password": "NAMED"}'
    assert scrubber.fired == {"box.place": 1, "box.named": 1}


def test_places_come_in_the_order_in_which_they_were_added() -> None:
    first, second = Replace("box.a", HeaderPlace("x"), "FIRST"), Replace("box.b", HeaderPlace("x"), "SECOND")
    for rules, found in (([first, second], "SECOND"), ([second, first], "FIRST")):
        assert Scrubber(rules).request(Request("GET", URI, (("X", SECRET),))).headers == (("X", found),)


def test_finders_come_before_what_was_learned() -> None:
    scrubber = Scrubber([NAMED, Replace("box.place", HeaderPlace("x"), "LEARNED")])
    found = scrubber.response(Response(200, "", (("X", SECRET),), f"password={SECRET} {SECRET}".encode()))
    assert found.body == b"password=NAMED LEARNED"


def test_what_was_learned_comes_before_normalizers() -> None:
    volatile = Replace("box.volatile", BodyPlace(rules_pattern("99")), "00", sort="normalizer")
    scrubber = Scrubber([volatile, Replace("box.place", HeaderPlace("x"), "LEARNED")])
    assert scrubber.response(Response(200, "", (("X", SECRET),), SECRET.encode())).body == b"LEARNED"


def rules_pattern(text: str) -> re.Pattern[bytes]:
    return re.compile(re.escape(text.encode()))


@given(INTERACTIONS)
def test_what_holds_nothing_is_the_very_object(item: Interaction) -> None:
    scrubber = Scrubber([ReplaceValue("box.key", "not-in-any-request", "S"), Replace("box.x", HeaderPlace("no one"))])
    assert scrubber.interaction(item) is item
    assert sum(scrubber.fired.values()) == 0


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_rule_fires_once_a_message(times: int, messages: int) -> None:
    scrubber = Scrubber([ReplaceValue("box.key", SECRET, "S")])
    for _ in range(messages):
        scrubber.request(Request("PUT", URI + SECRET, (("A", SECRET),) * times, f"{SECRET} ".encode() * times))
    assert scrubber.fired == {"box.key": messages}


def test_a_scrubber_may_be_used_from_several_threads() -> None:
    scrubber = Scrubber([Replace("box.token", HeaderPlace("x"), "S")])
    found: list[Interaction] = []

    def work(number: int) -> None:
        for at in range(50):
            secret = f"Secret-{number}-{at:03}-x"
            item = Interaction(Request("GET", URI, (("X", secret),)), Response(200, "", (), secret.encode()))
            found.append(scrubber.interaction(item))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {item.response.body for item in found} == {b"S"}
    assert scrubber.fired["box.token"] == 4 * 50 * 2


@given(st.lists(PIECES, max_size=12).map("".join))
def test_all_that_a_pattern_finds_holds_one_of_its_anchors(text: str) -> None:
    for rule in SHAPED:
        for found in rule.pattern.finditer(text.encode()):
            assert any(anchor in found.group().lower() for anchor in rule.anchors), rule.name


PLACES = [
    HeaderPlace("x-key"), HeaderPlace("x-*"), QueryPlace("key"), FormPlace("key"), JsonPlace("$.key"),
    XmlPlace("//key"),
    BodyPlace(re.compile(rb"key=(\w+)"), b"key"),
]  # fmt: skip
MESSAGES = st.builds(
    Request,
    st.just("PUT"),
    st.sampled_from([URI, URI + "?key=1", URI + "?a=1&key=2#f", URI + "?%6Bey=3"]),
    st.lists(st.sampled_from([("X-Key", "1"), ("x-other", "2"), ("Y", "3")]), max_size=3).map(tuple),
    st.sampled_from([b"", b'{"key": "1"}', b"<key>1</key>", b"key=1&key=2", b"other"]),
)


@given(MESSAGES, st.sampled_from(PLACES), st.booleans())
def test_no_place_is_passed_over_that_would_change(message: Request, place: Place, is_form: bool) -> None:
    kind = (("Content-Type", "application/x-www-form-urlencoded"),) if is_form else ()
    message = replace(message, headers=message.headers + kind)
    rule = Replace("box.key", place, "STAND-IN")
    changed = rule.request(message)
    names = frozenset(name.lower() for name, _ in message.headers)
    assert changed == message or rule.may_change(names)
    assert Scrubber([rule]).request(message) == changed
