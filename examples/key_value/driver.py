"""Calls the key-value service with urllib3: one function an operation, under the names that the contract has."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from urllib3 import PoolManager

from conformance.contract import Refused
from conformance.trace import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3 import BaseHTTPResponse

    from conformance.fixtures import Opening

ERRORS = {404: "not_found", 409: "not_a_number", 412: "conflict"}


@contextmanager
def key_value(opening: Opening) -> Iterator[KeyValue]:
    """Open a space that nobody has written to. In replay there is no service, and its address is the stand-in."""
    netloc = opening.value("service", live=lambda: opening.service, stand_in="key-value.test:8080")
    with PoolManager() as pool:
        yield KeyValue(pool, f"http://{netloc}/{opening.unique_name('space')}")


class KeyValue:
    def __init__(self, pool: PoolManager, url: str) -> None:
        self.pool = pool
        self.url = url

    def set(
        self, key: str, value: bytes, *, if_absent: bool = False, if_version: str | None = None
    ) -> Mapping[str, Any]:
        headers = {"If-None-Match": "*"} if if_absent else {}
        if if_version is not None:
            headers["If-Match"] = if_version
        return {"version": version_of(self.send("PUT", key, value, headers))}

    def get(self, key: str) -> Mapping[str, Any]:
        answer = self.send("GET", key)
        return {"value": answer.data, "version": version_of(answer)}

    def delete(self, key: str) -> None:
        self.send("DELETE", key)

    def keys(self, prefix: str = "") -> Mapping[str, Any]:
        answer = self.pool.request("GET", self.url, fields={"prefix": prefix} if prefix else None)
        return {"keys": json.loads(answer.data)}

    def increment(self, key: str, by: int) -> Mapping[str, Any]:
        return {"number": int(self.send("POST", key, str(by).encode()).data)}

    def send(
        self, method: str, key: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> BaseHTTPResponse:
        answer = self.pool.request(method, f"{self.url}/{quote(key, safe='')}", body=body, headers=headers)
        if answer.status in ERRORS:
            raise Refused(ERRORS[answer.status], status=answer.status)
        return answer


def version_of(answer: BaseHTTPResponse) -> Chosen:
    """Return the version that the service chose, so that it is compared by where it comes again, not by its text."""
    return Chosen(answer.headers["ETag"])
