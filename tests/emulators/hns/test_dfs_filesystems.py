"""Filesystems, through the dfs endpoint."""

from __future__ import annotations

import pytest

from tests.emulators.hns.checklist import NEVER
from tests.emulators.hns.dfs_client import Client, code, header

LAKE = "lake?resource=filesystem"


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_filesystem_has_properties(client: Client) -> None:
    made = client.send(
        "PUT", "pond?resource=filesystem", {"x-ms-properties": "a=Yg==", "x-ms-default-encryption-scope": "s"}
    )
    assert (made.status, header(made, "x-ms-namespace-enabled")) == (201, "true")
    got = client.send("HEAD", "pond?resource=filesystem")
    assert (header(got, "x-ms-properties"), header(got, "x-ms-default-encryption-scope")) == ("a=Yg==", "s")
    answer = client.send("PATCH", "pond?resource=filesystem", {"x-ms-properties": "c=ZA=="})
    got = client.send("HEAD", "pond?resource=filesystem")
    assert (header(got, "x-ms-properties"), header(got, "etag")) == ("c=ZA==", header(answer, "etag"))
    assert header(answer, "etag") != header(made, "etag")


def test_a_filesystem_may_have_no_properties(client: Client) -> None:
    assert header(client.send("HEAD", LAKE), "x-ms-properties") == ""


def test_a_filesystem_is_made_once_and_named_plainly(client: Client) -> None:
    assert code(client.send("PUT", LAKE)) == (409, "FilesystemAlreadyExists")
    assert code(client.send("PUT", "No?resource=filesystem")) == (400, "InvalidResourceName")


def test_a_filesystem_goes_with_all_that_is_in_it(client: Client) -> None:
    client.write("f", b"abc")
    assert code(client.send("DELETE", LAKE, {"If-Match": NEVER})) == (412, "ConditionNotMet")
    assert client.send("DELETE", LAKE).status == 202
    for method in ("DELETE", "HEAD", "PATCH", "GET"):
        assert code(client.send(method, f"{LAKE}&recursive=true")) == (404, "FilesystemNotFound")
    client.send("PUT", LAKE)
    assert client.names() == []


@pytest.mark.parametrize("said", ["a", "=Yg==", "a=%", "a=Yg==,b"])
def test_properties_are_names_and_base64(client: Client, said: str) -> None:
    assert code(client.send("PATCH", LAKE, {"x-ms-properties": said})) == (400, "InvalidHeaderValue")
