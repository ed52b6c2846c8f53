"""Files and directories of the dfs endpoint."""

from __future__ import annotations

import json

import pytest

from conformance.cassette import Request, Response
from conformance.emulators.hns import NAME, Account

HOST = f"https://{NAME}.dfs.core.windows.net"


class Client:
    """Sends to the dfs endpoint of an account of its own, which has the filesystem ``lake``."""

    def __init__(self, version: str = "2026-04-06") -> None:
        self.account = Account(seed=1, is_open=True)
        self.version = version
        self.send("PUT", "lake?resource=filesystem")

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
        all_headers = {"x-ms-version": self.version} | (headers or {})
        return self.account.handle(Request(method, f"{HOST}/{path}", tuple(all_headers.items()), body))

    def write(self, path: str, content: bytes) -> Response:
        self.send("PUT", f"lake/{path}?resource=file")
        self.send("PATCH", f"lake/{path}?action=append&position=0", body=content)
        return self.send("PATCH", f"lake/{path}?action=flush&position={len(content)}")

    def rows(self, query: str = "recursive=true") -> list[dict[str, str]]:
        rows: list[dict[str, str]] = json.loads(self.send("GET", f"lake?resource=filesystem&{query}").body)["paths"]
        return rows

    def names(self, query: str = "recursive=true") -> list[str]:
        return [row["name"] for row in self.rows(query)]


@pytest.fixture
def client() -> Client:
    return Client()


def code(response: Response) -> tuple[int, str]:
    return response.status, header(response, "x-ms-error-code")


def header(response: Response, name: str) -> str:
    return {key.lower(): value for key, value in response.headers}.get(name.lower(), "")


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


def test_a_gap_is_found_when_it_is_flushed(client: Client) -> None:
    client.send("PUT", "lake/f?resource=file")
    assert client.send("PATCH", "lake/f?action=append&position=1", body=b"abc").status == 202
    assert code(client.send("PATCH", "lake/f?action=flush&position=4")) == (400, "InvalidFlushPosition")
    assert code(client.send("PATCH", "lake/f?action=flush")) == (400, "MissingRequiredQueryParameter")
