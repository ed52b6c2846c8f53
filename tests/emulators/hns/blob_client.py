"""A client of the blob endpoint that keeps nothing from a test."""

from __future__ import annotations

import re
from urllib.parse import quote

from conformance.cassette import Request, Response
from conformance.emulators.hns import NAME, Account

HOST = f"https://{NAME}.blob.core.windows.net"
BLOCK = {"x-ms-blob-type": "BlockBlob"}
APPEND = {"x-ms-blob-type": "AppendBlob"}


class BlobClient:
    """Sends to the blob endpoint of an account of its own, which has the container ``box``."""

    def __init__(self, version: str = "2026-04-06", *, is_hierarchical: bool = True, **settings: bool | str) -> None:
        self.account = Account(seed=1, is_open=True, is_hierarchical=is_hierarchical, **settings)  # type: ignore[arg-type]
        self.version = version
        self.send("PUT", "box?restype=container")

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Response:
        all_headers = {"x-ms-version": self.version} | (headers or {})
        return self.account.handle(Request(method, f"{HOST}/{path}", tuple(all_headers.items()), body))

    def put(self, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Response:
        return self.send("PUT", f"box/{path}", BLOCK | (headers or {}), body)

    def copy(self, source: str, path: str, headers: dict[str, str] | None = None) -> Response:
        return self.send("PUT", f"box/{path}", {"x-ms-copy-source": f"{HOST}/box/{source}"} | (headers or {}))

    def page_blob(self, path: str, size: int) -> Response:
        headers = {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": str(size)}
        return self.send("PUT", f"box/{path}", headers)

    def names(self, query: str = "") -> list[str]:
        """Return the names of one page of a listing, those of prefixes among them."""
        return elements(self.listing(query), "Name")

    def listing(self, query: str = "") -> Response:
        return self.send("GET", f"box?restype=container&comp=list&{query}")

    def pages(self, query: str) -> list[list[str]]:
        """Return the names of all pages of a listing."""
        pages, marker = [], ""
        while True:
            answer = self.listing(f"{query}&marker={quote(marker, safe='')}")
            pages.append(elements(answer, "Name"))
            marker = "".join(elements(answer, "NextMarker"))
            if not marker:
                return pages

    def retain(self, days: int = 3) -> None:
        """Turn retention of what is deleted on."""
        policy = f"<DeleteRetentionPolicy><Enabled>true</Enabled><Days>{days}</Days></DeleteRetentionPolicy>"
        body = f"<StorageServiceProperties>{policy}</StorageServiceProperties>"
        self.send("PUT", "?restype=service&comp=properties", body=body.encode())


def elements(response: Response, name: str) -> list[str]:
    """Return the texts of the elements of a name, in order."""
    return re.findall(f"<{name}>([^<]*)</{name}>", response.body.decode())


def header(response: Response, name: str) -> str:
    """Return a header of an answer; empty where it has none."""
    return {key.lower(): value for key, value in response.headers}.get(name.lower(), "")


def code(response: Response) -> tuple[int, str]:
    """Return the status and the error code of an answer."""
    return response.status, header(response, "x-ms-error-code")
