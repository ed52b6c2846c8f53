"""Files and directories of the dfs endpoint."""

from __future__ import annotations

import pytest

from tests.emulators.hns.dfs_client import Client, code, header


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_file_makes_the_directories_above_it(client: Client) -> None:
    assert client.send("PUT", "lake/a%2Fb/c?resource=file").status == 201
    assert [(row["name"], row.get("isDirectory")) for row in client.rows()] == [
        ("a", "true"),
        ("a/b", "true"),
        ("a/b/c", None),
    ]


def test_a_file_has_nothing_below_it(client: Client) -> None:
    client.write("f", b"x")
    assert code(client.send("PUT", "lake/f/g?resource=file")) == (409, "PathConflict")
    assert code(client.send("DELETE", "lake/f/g")) == (409, "PathConflict")
    assert code(client.send("GET", "lake?resource=filesystem&recursive=true&directory=f/g")) == (409, "PathConflict")
    assert code(client.send("HEAD", "lake/f/g")) == (404, "PathNotFound")


def test_what_was_appended_is_read_once_it_is_flushed(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    client.send("PATCH", "lake/f?action=append&position=3", body=b"def")
    client.send("PATCH", "lake/f?action=append&position=0", body=b"abc")
    assert client.send("GET", "lake/f").body == b""
    flushed = client.send("PATCH", "lake/f?action=flush&position=6")
    got = client.send("GET", "lake/f")
    assert (got.body, header(got, "etag")) == (b"abcdef", header(flushed, "etag"))


def test_a_flush_of_nothing_says_a_new_etag_and_leaves_the_file_as_it_is(client: Client) -> None:
    made = client.send("PUT", "lake/f?resource=file")
    flushed = client.send("PATCH", "lake/f?action=flush&position=0")
    assert header(flushed, "etag") not in ("", header(made, "etag"))
    assert header(client.send("HEAD", "lake/f"), "etag") == header(made, "etag")


def test_a_gap_is_found_when_it_is_flushed(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    assert client.send("PATCH", "lake/f?action=append&position=1", body=b"abc").status == 202
    assert code(client.send("PATCH", "lake/f?action=flush&position=4")) == (400, "InvalidFlushPosition")
    assert code(client.send("PATCH", "lake/f?action=flush")) == (400, "MissingRequiredQueryParameter")
