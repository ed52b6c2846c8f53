"""An object store in memory, written as S3 is described and without the model; as a driver."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from conformance.contract import Refused
from conformance.trace import Chosen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MIB = 1024 * 1024


class Store:
    """Buckets of one, each object a dictionary; every private method is one rule, for mutants to break."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.writes = 0

    def put(  # noqa: PLR0913, PLR0917  (as drivers are called)
        self,
        key: str,
        data: bytes,
        metadata: Mapping[str, str] | None = None,
        content_type: str | None = None,
        if_match: str | None = None,
        create_only: bool = False,  # noqa: FBT002  (as drivers are called)
    ) -> dict[str, Any]:
        self._check(key)
        there = self.objects.get(key)
        if create_only and there is not None:
            raise Refused("already_exists")
        if if_match is not None and (there is None or there["etag"] != if_match):
            raise Refused("precondition_failed")
        return self._place(key, data, metadata or {}, content_type)

    def get(  # noqa: PLR0913, PLR0917  (as drivers are called)
        self,
        key: str,
        start: int | None = None,
        end: int | None = None,
        last: int | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> dict[str, Any]:
        data: bytes = self._found(key, if_match, if_none_match)["data"]
        if last is not None:
            if start is not None or end is not None:
                raise Refused("invalid_argument")
            return {"data": self._tail(data, last)}
        if start is None and end is None:
            return {"data": data}
        return {"data": self._slice(data, start or 0, end)}

    def head(self, key: str, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:
        found = self._found(key, if_match, if_none_match)
        return {"size": len(found["data"]), "etag": Chosen(found["etag"])}

    def metadata(self, key: str) -> dict[str, Any]:
        return {"metadata": {name.lower(): value for name, value in self._found(key)["metadata"].items()}}

    def content_type(self, key: str) -> dict[str, Any]:
        return {"content_type": self._found(key)["content_type"] or "binary/octet-stream"}

    def delete(self, key: str, if_match: str | None = None) -> None:
        self._check(key)
        if if_match is not None:
            self._found(key, if_match)
        self._remove(key)

    def delete_many(self, keys: Sequence[str]) -> dict[str, Any]:
        if not keys:
            raise Refused("invalid_argument")
        refused = {}
        for key in keys:
            try:
                self.delete(key)
            except Refused as error:
                refused[key] = error.error
        return {"refused": refused}

    def copy(
        self, source: str, target: str, metadata: Mapping[str, str] | None = None, if_match: str | None = None
    ) -> None:
        self._check(target)
        found = self._found(source, if_match)
        if source == target and metadata is None:
            raise Refused("invalid_argument")
        kind = found["content_type"] if metadata is None else None
        self._place(target, found["data"], found["metadata"] if metadata is None else metadata, kind)

    def list(
        self, prefix: str = "", delimiter: str = "", start_after: str = "", page_size: int = 1000
    ) -> dict[str, Any]:
        keys: list[str] = []
        prefixes: list[str] = []
        token = None
        while True:
            found = self.page(page_size, prefix, delimiter, start_after, token)
            keys += found["keys"]
            prefixes += found["prefixes"]
            if "next" not in found:
                return {"keys": keys, "prefixes": prefixes}
            token = found["next"].text

    def page(
        self, size: int, prefix: str = "", delimiter: str = "", start_after: str = "", token: str | None = None
    ) -> dict[str, Any]:
        names: list[str] = []
        grouped: set[str] = set()
        more = False
        for key in sorted(self.objects, key=self._order):
            name = self._entry(key, prefix, delimiter)
            if name is None or name in grouped or not self._is_after(key, name, start_after, token):
                continue
            if len(names) == size:
                more = True
                break
            names.append(name)
            if name != key or (delimiter and name.endswith(delimiter) and name != prefix):
                grouped.add(name)
        found: dict[str, Any] = {
            "keys": [name for name in names if name not in grouped],
            "prefixes": [name for name in names if name in grouped],
        }
        return {**found, "next": Chosen("after:" + names[-1])} if more else found

    def start_upload(self, key: str, metadata: Mapping[str, str] | None = None) -> dict[str, Any]:
        self._check(key)
        self.writes += 1
        name = f"upload-{self.writes}"
        self.uploads[name] = {"key": key, "metadata": metadata or {}, "parts": {}}
        return {"upload": Chosen(name)}

    def upload_part(self, key: str, upload: str, number: int, data: bytes) -> dict[str, Any]:
        parts = self._upload(key, upload)["parts"]
        if not 1 <= number <= 10_000:
            raise Refused("invalid_argument")
        parts[number] = data
        return {"part": Chosen(digest(data))}

    def complete_upload(self, key: str, upload: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        found = self._upload(key, upload)
        numbers = [each["number"] for each in parts]
        if not parts:
            raise Refused("invalid_argument")
        if numbers != sorted(set(numbers)):
            raise Refused("invalid_part")
        for each in parts:
            self._check_part(found["parts"].get(each["number"]), each["part"])
        if any(len(found["parts"][number]) < self._least() for number in numbers[:-1]):
            raise Refused("part_too_small")
        data = b"".join(found["parts"][number] for number in numbers)
        self._end(upload)
        return self._place(key, data, found["metadata"], None)

    def abort_upload(self, key: str, upload: str) -> None:
        self._upload(key, upload)
        self._end(upload)

    def list_parts(self, key: str, upload: str) -> dict[str, Any]:
        parts = self._upload(key, upload)["parts"]
        return {"parts": [{"number": number, "size": len(parts[number])} for number in self._numbers(parts)]}

    def _check(self, key: str) -> None:
        if not 1 <= len(key.encode()) <= 1024:
            raise Refused("invalid_key")

    def _place(self, key: str, data: bytes, metadata: Mapping[str, str], kind: str | None) -> dict[str, Any]:
        self.writes += 1
        etag = self._etag(data)
        self.objects[key] = {"data": data, "etag": etag, "metadata": dict(metadata), "content_type": kind}
        return {"etag": Chosen(etag)}

    def _etag(self, data: bytes) -> str:
        return digest(data)

    def _found(self, key: str, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:
        self._check(key)
        if key not in self.objects:
            raise Refused("not_found")
        found = self.objects[key]
        if if_match is not None and if_match not in {found["etag"], "*"}:
            raise Refused("precondition_failed")
        if if_none_match is not None and if_none_match in {found["etag"], "*"}:
            raise Refused("not_modified")
        return found

    def _slice(self, data: bytes, start: int, end: int | None) -> bytes:
        if end is not None and end < start:
            raise Refused("invalid_argument")
        if end is not None and end == start:
            return b""
        if start >= len(data):
            raise Refused("invalid_range")
        return data[start:end]

    def _tail(self, data: bytes, count: int) -> bytes:
        if not count or not data:
            raise Refused("invalid_range")
        return data[-count:]

    def _remove(self, key: str) -> None:
        self.objects.pop(key, None)

    def _order(self, key: str) -> bytes:
        return key.encode()

    def _entry(self, key: str, prefix: str, delimiter: str) -> str | None:
        if not key.startswith(prefix):
            return None
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        return prefix + head + found if found else key

    def _is_after(self, key: str, name: str, start_after: str, token: str | None) -> bool:
        if token is not None:
            return self._order(name) > self._order(token.removeprefix("after:"))
        return self._order(key) > self._order(start_after)

    def _upload(self, key: str, upload: str) -> dict[str, Any]:
        found = self.uploads.get(upload)
        if found is None or found["key"] != key:
            raise Refused("no_upload")
        return found

    def _check_part(self, data: bytes | None, etag: str) -> None:
        if data is None or digest(data) != etag:
            raise Refused("invalid_part")

    def _least(self) -> int:
        return 5 * MIB

    def _end(self, upload: str) -> None:
        del self.uploads[upload]

    def _numbers(self, parts: Mapping[int, bytes]) -> Sequence[int]:
        return sorted(parts)


def digest(data: bytes) -> str:
    """Return an ETag of content."""
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
