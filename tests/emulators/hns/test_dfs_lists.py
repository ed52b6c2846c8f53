"""Lists of paths and of filesystems, through the dfs endpoint."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.emulators.hns import NAME, Account
from tests.emulators.hns.dfs_client import Client, code, header

ROW = {
    "2019-12-12": ["contentLength", "etag", "group", "lastModified", "name", "owner", "permissions"],
    "2020-02-10": ["contentLength", "creationTime", "etag", "group", "lastModified", "name", "owner", "permissions"],
    "2026-04-06": [
        "contentLength", "creationTime", "etag", "expiryTime", "group", "lastModified", "name", "owner", "permissions",
    ],
}  # fmt: skip


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.parametrize("version", ROW)
def test_a_row_says_what_its_version_knows(version: str) -> None:
    client = Client(version)
    etag = header(client.write("f", b"abc"), "etag")
    client.send("PUT", "lake/d?resource=directory")
    directory, file = client.rows()
    assert list(file) == ROW[version]
    assert list(directory) == sorted([*ROW[version], "isDirectory"])
    assert {"contentLength": "3", "etag": etag.strip('"'), "permissions": "rw-r-----"}.items() <= file.items()
    assert {"contentLength": "0", "isDirectory": "true", "owner": "$superuser"}.items() <= directory.items()


def test_a_row_says_scope_context_and_end(client: Client) -> None:
    client.send(
        "PUT", "lake/f?resource=file",
        {"x-ms-encryption-scope": "s", "x-ms-encryption-context": "c", "x-ms-expiry-option": "RelativeToNow",
         "x-ms-expiry-time": "1000"},
    )  # fmt: skip
    (row,) = client.rows()
    assert (row["EncryptionScope"], row["EncryptionContext"]) == ("s", "c")
    assert int(row["expiryTime"]) - int(row["creationTime"]) == 10_000_000


def test_a_list_is_json_with_a_line_end(client: Client) -> None:
    answer = client.send("GET", "lake?resource=filesystem&recursive=false&directory=%2F")
    assert answer.body == b'{"paths":[]}\n'
    assert header(answer, "content-type") == "application/json;charset=utf-8"


def test_a_file_is_listed_by_its_own_path(client: Client) -> None:
    client.write("d/f", b"abc")
    assert client.names("recursive=true&directory=d/f") == ["d/f"]


def test_what_has_expired_is_not_listed(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file", {"x-ms-expiry-option": "RelativeToNow", "x-ms-expiry-time": "1000"})
    assert client.names() == ["f"]
    client.account.clock.advance(2)
    assert client.names() == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "MissingRequiredQueryParameter"),
        ("recursive=maybe", "InvalidQueryParameterValue"),
        ("recursive=true&maxResults=x", "InvalidQueryParameterValue"),
        ("recursive=true&maxResults=0", "OutOfRangeQueryParameterValue"),
        ("recursive=true&upn=x", "InvalidQueryParameterValue"),
        ("recursive=true&continuation=!", "InvalidQueryParameterValue"),
    ],
)
def test_a_list_that_is_none_is_refused(client: Client, query: str, expected: str) -> None:
    assert code(client.send("GET", f"lake?resource=filesystem&{query}")) == (400, expected)


@given(st.sets(st.sampled_from(["pond", "puddle", "ocean", "sea"])), st.sampled_from(["", "p", "x"]), st.integers(1, 3))
def test_filesystems_are_listed_by_name_and_page(names: set[str], prefix: str, most: int) -> None:
    client, listed, more = Client(), list[str](), ""
    for name in names:
        client.send("PUT", f"{name}?resource=filesystem")
    while True:
        answer = client.send("GET", f"?resource=account&prefix={prefix}&maxResults={most}{more}")
        page = json.loads(answer.body)["filesystems"]
        listed += [row["name"] for row in page]
        if not header(answer, "x-ms-continuation"):
            break
        assert len(page) == most
        more = f"&continuation={header(answer, 'x-ms-continuation')}"
    assert listed == sorted(name for name in {"lake", *names} if name.startswith(prefix))


def test_a_row_of_a_filesystem_says_its_state(client: Client) -> None:
    (row,) = json.loads(client.send("GET", "?resource=account").body)["filesystems"]
    assert (row["name"], row["leaseState"], row["leaseStatus"]) == ("lake", "available", "unlocked")
    assert row["DefaultEncryptionScope"] == "$account-encryption-key"


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        ("GET", "", (400, "MissingRequiredQueryParameter")),
        ("GET", "?resource=filesystem", (400, "InvalidQueryParameterValue")),
        ("PUT", "?resource=account", (405, "UnsupportedHttpVerb")),
        ("POST", "lake?resource=filesystem", (405, "UnsupportedHttpVerb")),
        ("TRACE", "lake/f", (405, "UnsupportedHttpVerb")),
        ("PATCH", "lake/f", (400, "MissingRequiredQueryParameter")),
        ("PATCH", "lake/f?action=fly", (400, "InvalidQueryParameterValue")),
        ("PUT", "lake/f", (400, "MissingRequiredQueryParameter")),
        ("PUT", "lake/f?resource=link", (400, "InvalidQueryParameterValue")),
        ("PUT", "lake/?resource=directory", (400, "InvalidUri")),
        ("DELETE", "lake/%2F?recursive=true", (400, "InvalidUri")),
    ],
)
def test_what_is_no_operation_is_refused(client: Client, method: str, target: str, expected: tuple[int, str]) -> None:
    assert code(client.send(method, target)) == expected


def test_without_a_hierarchy_a_directory_is_a_blob_among_others() -> None:
    client = Client()
    client.account = Account(NAME, is_hierarchical=False, seed=1, is_open=True)
    assert header(client.send("PUT", "lake?resource=filesystem"), "x-ms-namespace-enabled") == "false"
    client.send("PUT", "lake/d?resource=directory")
    client.send("PUT", "lake/d/e/f?resource=file")
    assert client.names() == ["d", "d/e/f"]
    assert client.names("recursive=false&directory=d") == []
    assert code(client.send("DELETE", "lake/d?recursive=false")) == (409, "DirectoryNotEmpty")
    assert client.send("DELETE", "lake/d?recursive=true").status == 200
    assert client.names() == []
