"""What a sweep finds in the bytes of any file, and what it passes over."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import (
    ENTRIES,
    Interaction,
    NamedSecret,
    Response,
    Scrubber,
    ShapedSecret,
    find_shapes,
    is_stand_in,
    preset_rules,
    render_cassette,
    stand_in_of,
)
from tests.cassette.strategies import INTERACTIONS

# Put together here, so that nothing in this file is itself a finding.
SECRETS = {
    "generic.password": "pass" + "word|opensesame",
    "generic.token": "refresh_" + "token|1//0gAbCdEf-1234",
    "generic.key": "api" + "Key|k3y-of-the-box-x9",
    "generic.secret": "tok" + "en|Zx81-ab77-Qq02",
    "generic.signature": "si" + "g|dGhpcyBpcyBubyBzaWduYXR1cmU5MTIz",
    "oauth.nonce": "non" + "ce|0.AbQ-x7Zk29Lm",
}
FORMS = {
    "oauth.code": "htt" + "ps://shop.test/back?co" + "de=0.AbQ-x7Zk29Lm",
    "generic.jwt": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiI0In0.c2lnbmF0dXJl",
    "generic.vendor_token": "ghp" + "_" + "1aB2" * 9,
    "generic.url_password": "https" + "://box:opensesame@box.test/",
    "generic.bearer": "Bear" + "er abcdefghij0123456789",
    "aws.access_key_id": "AKI" + "AQ3EXAMP1E5TOLEN7",
}
EMULATOR = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
KINDS = {
    "YAML": "a: 1\n{name}: {value}\nb: 2\n",
    "quoted YAML": "a: 1\n{name}: '{value}'\n",
    "TOML": 'a = 1\n{name} = "{value}"\nb = 2\n',
    "inline TOML": 'expect = {{ ok = {{ {name} = "{value}" }} }}\n',
    "JSON": '{{"a": 1, "{name}": "{value}"}}\n',
    "JSON in a string": '{{"body": "{{\\"{name}\\": \\"{value}\\"}}"}}\n',
    "XML": "<a><{name}>{value}</{name}></a>",
    "an address": "uri: http://box.test/?a=1&{name}={value}&b=2\n",
}


def found_in(data: bytes) -> list[tuple[str, bytes]]:
    return [(rule, data[start:end]) for rule, start, end in find_shapes(data)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", SECRETS)
def test_what_has_the_name_of_a_secret_is_found_in_any_file(rule: str, kind: str) -> None:
    name, _, value = SECRETS[rule].partition("|")
    value = quote(value, safe="") if kind == "an address" else value
    assert found_in(KINDS[kind].format(name=name, value=value).encode()) == [(rule, value.encode())]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", FORMS)
def test_what_has_the_form_of_a_secret_is_found_in_any_file(rule: str, kind: str) -> None:
    data = KINDS[kind].format(name="ordinary", value=FORMS[rule]).encode()
    assert [found for found, _ in found_in(data)] == [rule]


@given(st.binary(max_size=200), st.sampled_from(sorted(FORMS)))
def test_what_stands_in_a_blob_is_found(blob: bytes, rule: str) -> None:
    data = blob + b"\n\x00" + FORMS[rule].encode() + b"\x00" + blob
    assert rule in [found for found, _ in found_in(data)]


@given(INTERACTIONS, st.sampled_from(sorted(SECRETS | FORMS)), st.sampled_from(sorted(KINDS)))
def test_nothing_is_found_in_a_cassette_that_the_presets_scrubbed(item: Interaction, rule: str, kind: str) -> None:
    name, _, value = ("ordinary|" * (rule in FORMS) + (SECRETS | FORMS)[rule]).partition("|")
    body = KINDS[kind].format(name=name, value=value).encode()
    item = Interaction(replace(item.request, body=body), replace(item.response, body=body))
    assert found_in(body)
    scrubber = Scrubber(preset_rules(*(set(ENTRIES) - {"paranoid"})))
    assert found_in(render_cassette((scrubber.interaction(item),), None).encode()) == []


@pytest.mark.parametrize(
    "text",
    [
        "    status:\n      code: 200\n      message: OK\n",
        'state = "open"\ntoken = "open"\n',
        "    headers:\n      X-Amz-Security-Token:\n      - REDACTED\n",
        "      Authorization:\n      - SharedKey box:REDACTED\n",
        'secret: ""\npassword: null\ntoken: true\ncredentials: []\nauthorization: &a\n  - b\n',
        "password: |-\n  ${{ secrets.PASSWORD }}\nsecret_key: !!binary |\n",
        '{"password": "REDACTED", "access_token": "' + stand_in_of(FORMS["generic.jwt"]) + '"}',
        '{"client_id": "00000000-0000-0000-0000-000000000000", "max_tokens": 4096, "token_type": "Bearer"}',
        "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=REDACTED",
        "Authorization: Bearer " + "REDACTED",
        "Authorization: SharedKeyLite box:REDACTED",
        "secret = 'what 12 people know is none'",
        "uri: http://box.test/?st=2026-01-31T12%3A00%3A00Z&X-Amz-Date=20260131T120000Z",
        "aws_secret_access_key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'",
        f"AccountKey={EMULATOR}",
        f"AccountKey={quote(EMULATOR, safe='')}",
        f'connection_string = "AccountName=devstoreaccount1;AccountKey={EMULATOR};BlobEndpoint=http://127.0.0.1:10000/a"',
    ],
)
def test_what_is_no_secret_is_passed_over(text: str) -> None:
    assert found_in(text.encode()) == []


@pytest.mark.parametrize("value", ["!bang-1", "12", "[x]", "[x;y=z]"])
def test_a_password_in_quotes_is_found_whatever_it_is(value: str) -> None:
    assert [found for _, found in found_in(f"password: '{value}'".encode())] == [value.encode()]
    assert found_in(f"password: {value}".encode()) == []


def test_a_connection_string_is_taken_apart() -> None:
    key = base64.b64encode(bytes(range(64))).decode()
    text = f'connection_string = "AccountName=box;AccountKey={key};EndpointSuffix=box.test"'
    assert found_in(text.encode()) == [("generic.key", key.encode())]


@pytest.mark.parametrize(
    "text", ["REDACTED", "Bearer REDACTED", "SharedKey box:REDACTED", "sig=REDACTED", "REDACTE%44", EMULATOR]
)
def test_what_stands_for_a_secret_is_known_behind_its_scheme_and_escaped(text: str) -> None:
    assert is_stand_in(text)
    assert not is_stand_in(f"{text}.{'abcdefghij' * 4}")


@given(st.text(min_size=1))
def test_a_declared_stand_in_stands_for_a_secret(text: str) -> None:
    assert is_stand_in(text, {text})
    assert is_stand_in(stand_in_of(text))


def test_a_journal_line_is_swept_as_json() -> None:
    line = {"request": {"uri": f"http://box.test/{FORMS['aws.access_key_id']}"}, "pid": 4}
    assert [rule for rule, _ in found_in(json.dumps(line).encode())] == ["aws.access_key_id"]


def test_every_finder_of_the_presets_but_those_that_guess_is_in_the_sweep() -> None:
    for name, entries in ENTRIES.items():
        for entry in entries:
            rule = entry.rule
            if isinstance(rule, ShapedSecret) and rule.sort == "redactor" and name != "paranoid":
                message = Scrubber([rule]).response(Response(200, body=rule.example.encode()))
                assert rule.name in [found for found, _ in found_in(rule.example.encode())], rule.name
                assert found_in(message.body) == [], rule.name
            if isinstance(rule, NamedSecret) and rule.sort == "redactor" and name != "paranoid":
                data = json.dumps({rule.words[0].replace(" ", "_"): "Pr0be-Q7xK2mVt9Z"}).encode()
                assert [value for _, value in found_in(data)] == [b"Pr0be-Q7xK2mVt9Z"], rule.name
    assert found_in(b"jo@box.test") == []
