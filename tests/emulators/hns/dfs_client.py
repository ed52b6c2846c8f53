"""A client of the dfs endpoint that keeps nothing from a test."""

from __future__ import annotations

import json
from urllib.parse import quote

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

    def pages(self, query: str) -> list[str]:
        """Return the names of all pages of a listing."""
        names, more = [], ""
        while True:
            answer = self.send("GET", f"lake?resource=filesystem&{query}{more}")
            names += [row["name"] for row in json.loads(answer.body)["paths"]]
            continuation = header(answer, "x-ms-continuation")
            if not continuation:
                return names
            more = f"&continuation={quote(continuation, safe='')}"

    def names(self, query: str = "recursive=true") -> list[str]:
        return [row["name"] for row in self.rows(query)]


def header(response: Response, name: str) -> str:
    """Return a header of an answer; empty where it has none."""
    return {key.lower(): value for key, value in response.headers}.get(name.lower(), "")


def code(response: Response) -> tuple[int, str]:
    """Return the status and the error code of an answer."""
    return response.status, header(response, "x-ms-error-code")
