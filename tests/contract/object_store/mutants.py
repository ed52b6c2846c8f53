"""Stores with one fault each, all of them faults that stores or their clients have had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract import Refused
from conformance.trace import Chosen
from tests.contract.object_store.store import Store, digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class IncludesTheEnd(Store):
    def _slice(self, data: bytes, start: int, end: int | None) -> bytes:
        return super()._slice(data, start, None if end is None or end == start else end + 1)


class RefusesNoRange(Store):
    def _slice(self, data: bytes, start: int, end: int | None) -> bytes:
        return data[start:end] if start > len(data) else super()._slice(data, start, end)


class SuffixFromTheStart(Store):
    def _tail(self, data: bytes, count: int) -> bytes:
        return super()._tail(data, count)[:1] + super()._tail(data, count)[1:][::-1] if count > 1 else data[:count]


class LosesMetadata(Store):
    def _place(self, key: str, data: bytes, metadata: Mapping[str, str], kind: str | None) -> dict[str, Any]:
        return super()._place(key, data, metadata if key not in self.objects else {}, kind)


class MergesMetadata(Store):
    def _place(self, key: str, data: bytes, metadata: Mapping[str, str], kind: str | None) -> dict[str, Any]:
        before = self.objects[key]["metadata"] if key in self.objects else {}
        return super()._place(key, data, {**before, **metadata}, kind)


class LosesContentType(Store):
    def _place(self, key: str, data: bytes, metadata: Mapping[str, str], kind: str | None) -> dict[str, Any]:
        return super()._place(key, data, metadata, kind if kind != "application/json" else None)


class KeepsOneEtag(Store):
    def _etag(self, data: bytes) -> str:
        return digest(data[:0])


class IgnoresIfNoneMatch(Store):
    def _found(self, key: str, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:  # noqa: ARG002
        return super()._found(key, if_match)


class IgnoresIfMatch(Store):
    def _found(self, key: str, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:  # noqa: ARG002
        return super()._found(key, None, if_none_match)


class IgnoresCreateOnly(Store):
    def put(self, key: str, data: bytes, *args: Any, **named: Any) -> dict[str, Any]:
        named.pop("create_only", None)
        return super().put(key, data, *args, **named)


class SaysPreconditionFailed(Store):
    def put(self, key: str, data: bytes, *args: Any, **named: Any) -> dict[str, Any]:
        try:
            return super().put(key, data, *args, **named)
        except Refused as error:
            raise Refused("precondition_failed" if error.error == "already_exists" else error.error) from error


class DeletesByPrefix(Store):
    def _remove(self, key: str) -> None:
        for each in [each for each in self.objects if each == key or each.startswith(key + "/")]:
            super()._remove(each)


class DeletesNothing(Store):
    def delete_many(self, keys: Sequence[str]) -> dict[str, Any]:
        return super().delete_many(keys[:1])


class StripsSlashes(Store):
    def put(self, key: str, data: bytes, *args: Any, **named: Any) -> dict[str, Any]:
        return super().put(key.lstrip("/") or key, data, *args, **named)


class MergesSlashes(Store):
    def get(self, key: str, *args: Any, **named: Any) -> dict[str, Any]:
        return super().get(key.replace("//", "/") if key.replace("//", "/") in self.objects else key, *args, **named)


class ForgetsBodiesOfFolders(Store):
    def _place(self, key: str, data: bytes, metadata: Mapping[str, str], kind: str | None) -> dict[str, Any]:
        return super()._place(key, b"" if key.endswith("/") else data, metadata, kind)


class TakesLongKeys(Store):
    def _check(self, key: str) -> None:
        if not key:
            raise Refused("invalid_key")


class LeaksKeyErrors(Store):
    def head(self, key: str, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:
        self._check(key)
        if key not in self.objects:
            raise KeyError(key)
        return super().head(key, if_match, if_none_match)


class OrdersByFolder(Store):
    def _order(self, key: str) -> bytes:
        return super()._order(key.replace("/", "\0"))


class OrdersByUpperCase(Store):
    def _order(self, key: str) -> bytes:
        return super()._order(key.upper())


class StartsAtInsteadOfAfter(Store):
    def _is_after(self, key: str, name: str, start_after: str, token: str | None) -> bool:
        return super()._is_after(key, name, start_after, token) or (token is None and key == start_after != "")


class PagesSkipOne(Store):
    def page(self, size: int, *args: Any, **named: Any) -> dict[str, Any]:
        found = super().page(size, *args, **named)
        return {**found, "keys": found["keys"][:-1]} if "next" in found and len(found["keys"]) > 1 else found


class PagesRepeatOne(Store):
    def page(
        self, size: int, prefix: str = "", delimiter: str = "", start_after: str = "", token: str | None = None
    ) -> dict[str, Any]:
        found = super().page(size, prefix, delimiter, start_after, token)
        return found if token is None else {**found, "keys": [token.removeprefix("after:"), *found["keys"]]}


class PagesNeverEnd(Store):
    def page(self, size: int, *args: Any, **named: Any) -> dict[str, Any]:
        found = super().page(size, *args, **named)
        return {**found, "next": Chosen("after:" + found["keys"][-1])} if found["keys"] else found


class KnowsOneDelimiter(Store):
    def _entry(self, key: str, prefix: str, delimiter: str) -> str | None:
        return super()._entry(key, prefix, "/" if delimiter else "")


class CutsPrefixesShort(Store):
    def _entry(self, key: str, prefix: str, delimiter: str) -> str | None:
        found = super()._entry(key, prefix, delimiter)
        return found.rstrip("/") if found is not None and found != key and found.strip("/") else found


class TakesAnyPart(Store):
    def _check_part(self, data: bytes | None, etag: str) -> None:
        super()._check_part(data, etag if data is None else digest(data))


class RefusesNoEndedUpload(Store):
    def _end(self, upload: str) -> None:
        pass


class JoinsPartsAsUploaded(Store):
    def _numbers(self, parts: Mapping[int, bytes]) -> Sequence[int]:
        return sorted(parts, reverse=True)


class CopiesMetadataOfTheTarget(Store):
    def copy(self, source: str, target: str, *args: Any, **named: Any) -> None:
        before = self.objects.get(target)
        super().copy(source, target, *args, **named)
        if before is not None:
            self.objects[target]["metadata"] = before["metadata"]


class CopyMoves(Store):
    def copy(self, source: str, target: str, *args: Any, **named: Any) -> None:
        super().copy(source, target, *args, **named)
        if source != target:
            del self.objects[source]


MUTANTS = tuple(each for each in vars().copy().values() if isinstance(each, type) and each.__base__ is Store)
