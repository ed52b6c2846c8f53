"""Every rule of every preset passes its own test; a rule that is broken fails it, and the message says how."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import (
    ENTRIES,
    Asleep,
    BlankBody,
    BodyPlace,
    Condition,
    DropHeaders,
    FormPlace,
    Function,
    HeaderPlace,
    JsonPlace,
    KeepHeaders,
    NamedSecret,
    PartPlace,
    QueryPlace,
    Replace,
    ReplaceValue,
    Rule,
    ShapedSecret,
    StripSigned,
    Unstored,
    UrlPlace,
    XmlPlace,
    self_test,
)
from conformance.cassette.scrubbing import number_query

RULES = {entry.rule.name: entry.rule for entries in ENTRIES.values() for entry in entries}
KEY = re.compile(rb"key-([a-z]+)")


@pytest.mark.parametrize("name", RULES)
def test_every_rule_of_every_preset_passes(name: str) -> None:
    assert self_test(RULES[name]) is None


@pytest.mark.parametrize(
    "rule",
    [
        Replace("box.header", HeaderPlace("x-key")),
        Replace("box.headers", HeaderPlace("x-*-key"), on="response", is_dropped=True),
        Replace("box.header_part", HeaderPlace("link", re.compile("key=([^;]+)")), example="a=1; key=opensesame; b=2"),
        Replace("box.query", QueryPlace("a key")),
        Replace("box.query_dropped", QueryPlace("key"), is_dropped=True),
        number_query("box.block", "blockid"),
        Replace("box.tenant", UrlPlace(re.compile("/t/([^/]+)")), example="/t/acme/x"),
        Replace("box.tenant_of", UrlPlace(re.compile("//([^.]+)[.]box")), example="https://acme.box.test/x"),
        Replace("box.body", BodyPlace(KEY), example="one key-abc two"),
        *(Replace("box.json", JsonPlace(path)) for path in ("$.a.b", "$[2].a", "$.a[*].b", "$..key", "$.*")),
        *(Replace("box.xml", XmlPlace(path)) for path in ("/a/b", "//b", "//a/*/c", "//a/@b", "/a//c", "//@b")),
        Replace("box.form", FormPlace("a key")),
        Replace("box.form_dropped", FormPlace("key"), is_dropped=True),
        Replace("box.part", PartPlace("key")),
        Replace("box.empty", HeaderPlace("x-key"), stand_in=""),
        Replace("box.somewhere", JsonPlace("$.a"), when=Condition(method="POST", content_type="application/json")),
        NamedSecret("box.named", ("door key", "pass-phrase"), is_suffix=True),
        StripSigned("box.signed", ("sig", "x-box-signature")),
        Asleep("box.asleep", "KEY"),
        Unstored("box.unstored", Condition(path="/health")),
        Function("box.function", lambda message: message),
        KeepHeaders("box.kept", frozenset({"content-*"})),
    ],
    ids=lambda rule: rule.name,
)
def test_a_sound_rule_of_any_sort_passes(rule: Rule) -> None:
    assert self_test(rule) is None


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=8, max_size=24))
def test_the_rule_of_any_value_passes_or_says_nothing_of_the_value(value: str) -> None:
    wrong = self_test(ReplaceValue("box.key", value, "STAND-IN"))
    assert wrong is None or value not in wrong


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (DropHeaders("box.case", frozenset({"X-Key"})), "does not fire on the header X-Key of a request"),
        (Replace("box.case", HeaderPlace("X-Key")), "does not fire on the header X-Key of a request"),
        (Replace("box.grows", HeaderPlace("x-key", re.compile("(P[^-]*)")), "Pr-"), "fires again on"),
        (Replace("box.part", HeaderPlace("x-key", re.compile("k=(.)"))), "has a part that finds nothing in"),
        (Replace("box.leaves", BodyPlace(KEY), "an-abc", example="key-abc"), "leaves what it removes in its example"),
        (Replace("box.start", UrlPlace(re.compile("^(acme)")), example="acme"), "where its example is a part of"),
        (Replace("box.host", UrlPlace(re.compile("^(https?)")), example="https://acme.test/"), "breaks the address"),
        (Replace("box.asleep", BodyPlace(KEY, b"Key-"), example="key-abc"), "does not fire on its example"),
        (Replace("box.body", BodyPlace(KEY)), "has no example"),
        (Replace("box.body", BodyPlace(KEY), example="a lock"), "finds nothing in its example"),
        (Replace("box.body", BodyPlace(re.compile(b"key-([a-z])")), "bb", example="key-a"), "fires again on what it"),
        (
            Replace("box.quote", BodyPlace(re.compile(b"key-[a-z]+")), 'a"b', example='{"a": "key-c"}'),
            "breaks the JSON",
        ),
        (Replace("box.angle", BodyPlace(KEY), "<", example="<a>key-abc</a>"), "breaks the XML"),
        (NamedSecret("box.quote", ("door key",), stand_in='a"b'), "breaks the JSON of JSON, under door_key"),
        (NamedSecret("box.spaced", ("door  ke\u00fd",)), "does not fire"),
        (ShapedSecret("box.anchor", (b"Key-",), re.compile(rb"key-[a-z]+"), example="key-abc"), "does not fire"),
        (ShapedSecret("box.example", (b"key-",), re.compile(rb"key-[a-z]+")), "has no example"),
        (ShapedSecret("box.all", (b"ord",), re.compile(rb"ord[a-z]+"), example="ordering"), "has not its place"),
        (BlankBody("box.group", re.compile(rb"key-[a-z]+"), example="key-abc"), "has a pattern without a group"),
        (BlankBody("box.blank", KEY, b"lock", example="key-abc"), "does not fire on its example"),
        (Replace("box.lines", HeaderPlace("x-key"), "a\r\nb"), "breaks the headers of the header x-key"),
        (KeepHeaders("box.all", frozenset({"*"})), "does not fire on a header that is not kept of a request"),
        (ReplaceValue("box.http", "http", "STAND-IN"), "breaks the address"),
        (ReplaceValue("box.grows", "opensesame", "opensesame-2"), "leaves"),
    ],
    ids=lambda value: value.name if hasattr(value, "name") else "",
)
def test_a_broken_rule_fails_and_is_told_how(rule: Rule, wrong: str) -> None:
    assert wrong in str(self_test(rule))
