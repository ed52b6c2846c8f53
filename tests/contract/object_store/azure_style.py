"""The store in memory with what Azure Blob does otherwise; all of it must be allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract import Refused
from conformance.trace import Chosen
from tests.contract.object_store.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class AzureStyleStore(Store):
    """Missing keys are not deleted, ETags are of writes, blocks have names and no least size."""

    def metadata(self, key: str) -> dict[str, Any]:
        return {"metadata": self._found(key)["metadata"]}

    def content_type(self, key: str) -> dict[str, Any]:
        return {"content_type": self._found(key)["content_type"] or "application/octet-stream"}

    def copy(
        self, source: str, target: str, metadata: Mapping[str, str] | None = None, if_match: str | None = None
    ) -> None:
        found = self._found(source, if_match)
        self._check(target)
        self._place(target, found["data"], metadata or found["metadata"], found["content_type"])

    def delete_many(self, keys: Sequence[str]) -> dict[str, Any]:
        return super().delete_many(keys) if keys else {"refused": {}}

    def page(self, size: int, *args: Any, **named: Any) -> dict[str, Any]:
        found = super().page(size, *args, **named)
        if len(found["keys"]) == size and "next" not in found:
            return {**found, "next": Chosen("after:" + found["keys"][-1])}
        return found

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> dict[str, Any]:
        parts = self._upload(key, upload)["parts"]
        if not data:
            raise Refused("invalid_argument")
        parts[number] = data
        return {"part": Chosen(f"block-{number}")}

    def complete_upload(self, key: str, upload: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        found = self._upload(key, upload)
        if any(each["number"] not in found["parts"] or each["part"] != f"block-{each['number']}" for each in parts):
            raise Refused("invalid_part")
        self._end(upload)
        return self._place(key, b"".join(found["parts"][each["number"]] for each in parts), found["metadata"], None)

    def _check(self, key: str) -> None:
        if not 1 <= len(key) <= 1024:
            raise Refused("invalid_key")

    def _etag(self, data: bytes) -> str:  # noqa: ARG002  (each write has its own)
        return f'"0x{self.writes}"'

    def _remove(self, key: str) -> None:
        if key not in self.objects:
            raise Refused("not_found")
        super()._remove(key)

    def _order(self, key: str) -> bytes:
        return key.encode("utf-16-be")
