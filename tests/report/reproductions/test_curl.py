"""Commands of curl."""

from __future__ import annotations

import itertools
import shlex
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Headers, Interaction, Request, Response
from conformance.report import curl_script
from tests.cassette.strategies import INTERACTIONS

if TYPE_CHECKING:
    from pathlib import Path

SIGNED = (("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-3/s3/aws4_request, Signature=0"),)
CHARACTERS = st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])
BODIES = st.one_of(
    st.binary(max_size=40), st.text(max_size=40).map(str.encode), st.just(b'"$KEY"'), st.just(b"x" * 3000)
)
PATHS = st.text(st.sampled_from("a/.'\"$`\\ !*?[]{}#&;|<>%~\n"), max_size=12)


def words_of(*interactions: Interaction) -> list[list[str]]:
    """Return the words of each command, as a shell splits them."""
    text = curl_script(interactions).text
    words = shlex.split(text, comments=True)
    starts = [at for at, word in enumerate(words) if word == "curl"]
    return [words[at:end] for at, end in pairwise([*starts, len(words)])]


def given_with(words: list[str], option: str) -> list[str]:
    return [after for word, after in itertools.pairwise(words) if word == option]


def sent(request: Request) -> list[str]:
    return words_of(Interaction(request, Response(200)))[0]


@given(st.text(CHARACTERS, min_size=1, max_size=20).filter(str.strip), BODIES, PATHS)
def test_a_shell_reads_the_very_values_back(value: str, body: bytes, path: str) -> None:
    headers: Headers = (("x-note", value), ("content-type", "text/plain"))
    request = Request("POST", f"http://box.test/{path}", headers, body)
    script = curl_script([Interaction(request, Response(200))])
    (words,) = words_of(Interaction(request, Response(200)))
    assert words[-1] == request.uri
    assert given_with(words, "--request") == ["POST"]
    assert f"x-note: {value}" in given_with(words, "--header")
    literal, files = given_with(words, "--data-raw"), given_with(words, "--data-binary")
    assert len(literal) + len(files) == bool(body)
    if body:
        assert (literal[0].encode() if literal else script.files[files[0].removeprefix("@")]) == body


@given(st.lists(INTERACTIONS, max_size=4))
def test_there_is_a_command_for_each_request_in_order(items: list[Interaction]) -> None:
    assert [words[-1] for words in words_of(*items)] == [item.request.uri for item in items]


def test_a_signature_is_made_again_and_keys_come_from_the_environment() -> None:
    headers = (*SIGNED, ("x-amz-date", "20260101T000000Z"), ("x-amz-content-sha256", "0a"), ("x-amz-meta-a", "b"))
    words = sent(Request("GET", "http://box.test/a", headers))
    assert given_with(words, "--aws-sigv4") == ["aws:amz:eu-west-3:s3"]
    assert given_with(words, "--user") == ["$KEY:$SECRET"]
    assert given_with(words, "--header") == ["x-amz-meta-a: b"]
    streamed = (*SIGNED, ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"))
    assert given_with(sent(Request("GET", "http://box.test/a", streamed)), "--header") == [
        "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    ]


def test_any_other_authorisation_is_a_variable() -> None:
    words = sent(Request("GET", "http://box.test/a", (("Authorization", "Bearer secret"), ("Accept", "*/*"))))
    assert given_with(words, "--header") == ["Authorization: $AUTHORIZATION"]
    assert "secret" not in " ".join(words)


def test_headers_that_are_empty_or_of_another_host_are_sent() -> None:
    headers = (("x-empty", ""), ("Host", "other.test"), ("If-None-Match", "\"$1`'"))
    words = sent(Request("GET", "http://box.test/a", headers))
    assert given_with(words, "--header") == ["x-empty;", "If-None-Match: \"$1`'", "Host: other.test"]


def test_what_curl_would_add_is_taken_back() -> None:
    assert "--head" in sent(Request("HEAD", "http://box.test/a"))
    assert given_with(sent(Request("PUT", "http://box.test/a")), "--header") == ["Content-Length: 0"]
    assert given_with(sent(Request("PUT", "http://box.test/a", body=b"x")), "--header") == ["Content-Type:"]


def test_a_shell_takes_the_script(tmp_path: Path) -> None:
    request = Request("PUT", "http://box.test/a//b/../c?x=[1]", (*SIGNED, ("x-it's", '"$HOME"')), b'it\'s\n"$HOME"')
    script = curl_script([Interaction(request, Response(200, "O\nK")), Interaction(request, Response(404))])
    (tmp_path / "curl").write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done\n')
    (tmp_path / "curl").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "KEY": "a b", "SECRET": "c'd"}
    done = subprocess.run(["sh"], input=script.text.encode(), capture_output=True, check=True, env=environment)
    once = sent(request)[1:]
    once[once.index("--user") + 1] = "a b:c'd"
    assert done.stdout.decode().split("\0")[:-1] == once * 2


@given(st.lists(PATHS, min_size=1, max_size=3))
def test_another_address_can_be_put_in_the_place_of_the_service(paths: list[str]) -> None:
    sent = [Interaction(Request("GET", f"http://box.test:80/{path}"), Response(200)) for path in paths]
    text = curl_script(sent, stem="01-body", is_movable=True).text
    assert "ENDPOINT=${ENDPOINT:-http://box.test:80}\n" in text
    words = shlex.split(text, comments=True)
    assert [word for word in words if word.startswith("$ENDPOINT")] == [f"$ENDPOINT/{path}" for path in paths]


def test_what_goes_to_another_service_stays_and_bodies_have_names_of_their_own() -> None:
    other = Request("PUT", "http://other.test/a", (), b"\xff")
    sent = [Interaction(each, Response(200)) for each in (Request("GET", "http://me@box.test/a"), other)]
    script = curl_script(sent, stem="01-body", is_movable=True)
    assert "ENDPOINT=${ENDPOINT:-http://box.test}\n" in script.text
    assert script.text.rstrip().endswith("@01-body-2 http://other.test/a")
    assert 'cd "$(dirname "$0")" || exit\n' in script.text
    assert script.files == {"01-body-2": b"\xff"}
