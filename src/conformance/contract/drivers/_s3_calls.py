"""The arguments and answers of S3's calls, the same for every client that is made from the service's own model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract._api import NotOffered
from conformance.contract.drivers._s3 import kind_of
from conformance.trace import Chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.drivers._s3 import Place

Fields = dict[str, Any]
MOST_KEYS = 1000  # that one call deletes


def given(**wanted: Any) -> Fields:
    """Return the arguments that are not None."""
    return {name: value for name, value in wanted.items() if value is not None}


class Calls:
    """Arguments for the calls of a client, and fields out of its answers, in one place of a service."""

    def __init__(self, place: Place) -> None:
        """Take the bucket, and what keys begin with in it."""
        self._place = place

    @property
    def bucket(self) -> Fields:
        """The argument that every call has."""
        return {"Bucket": self._place.bucket}

    def object(self, key: str, **wanted: Any) -> Fields:
        """Return the arguments of a call on one key."""
        return self.bucket | {"Key": self._place.prefix + key} | given(**wanted)

    def put(
        self,
        key: str,
        data: bytes,
        *,
        metadata: Mapping[str, str] | None,
        content_type: str | None,
        if_match: str | None,
        create_only: bool,
    ) -> Fields:
        """Return the arguments of a put."""
        if_none_match = "*" if create_only else None
        return self.object(key, Body=data, Metadata=metadata, ContentType=content_type, IfMatch=if_match,
                           IfNoneMatch=if_none_match)  # fmt: skip

    def read(
        self,
        key: str,
        *,
        start: int | None = None,
        end: int | None = None,
        last: int | None = None,
        if_match: str | None,
        if_none_match: str | None,
    ) -> Fields:
        """Return the arguments of a get or head.

        Raises:
            NotOffered: The range is empty: HTTP has no form for it.
        """
        return self.object(key, Range=range_of(start, end, last), IfMatch=if_match, IfNoneMatch=if_none_match)

    def deletions(self, keys: Iterable[str]) -> Fields:
        """Return the arguments of a call that deletes many keys."""
        return self.bucket | {"Delete": {"Objects": [{"Key": self._place.prefix + key} for key in keys]}}

    def copy(self, source: str, target: str, *, metadata: Mapping[str, str] | None, if_match: str | None) -> Fields:
        """Return the arguments of a copy; metadata that is given replaces that of the source."""
        directive = None if metadata is None else "REPLACE"
        origin = {"Bucket": self._place.bucket, "Key": self._place.prefix + source}
        return self.object(target, CopySource=origin, CopySourceIfMatch=if_match, Metadata=metadata,
                           MetadataDirective=directive)  # fmt: skip

    def page(
        self,
        *,
        prefix: str | None = None,
        delimiter: str | None = None,
        start_after: str | None = None,
        size: int | None = None,
        token: str | None = None,
    ) -> Fields:
        """Return the arguments of one page of a listing."""
        prefix = self._place.prefix + prefix if prefix is not None else self._place.prefix or None
        start_after = None if start_after is None else self._place.prefix + start_after
        return self.bucket | given(Prefix=prefix, Delimiter=delimiter, StartAfter=start_after, MaxKeys=size,
                                   ContinuationToken=token)  # fmt: skip

    def uploads(self) -> Fields:
        """Return the arguments of a listing of uploads that were neither completed nor aborted."""
        return self.bucket | given(Prefix=self._place.prefix or None)

    def listed(self, answer: Fields) -> tuple[list[str], list[str]]:
        """Return the keys and the common prefixes of one page, in its order.

        A service may list its bucket as a key; that has another name in each run, and is told as ``BUCKET``.
        """
        keys = [self._told(item["Key"]) for item in answer.get("Contents", [])]
        return keys, [self._told(item["Prefix"]) for item in answer.get("CommonPrefixes", [])]

    def _told(self, key: str) -> str:
        return key.removeprefix(self._place.prefix).replace(self._place.bucket, "BUCKET")

    def refusals(self, answer: Fields) -> dict[str, str]:
        """Return the kinds of the errors of a call that deletes many keys, by key; one that is not known as it is."""
        refused = answer.get("Errors", [])
        return {
            item["Key"].removeprefix(self._place.prefix): kind_of(item["Code"], None) or item["Code"]
            for item in refused
        }


def range_of(start: int | None, end: int | None, last: int | None) -> str | None:
    """Return the header of a half-open range or of the last bytes; None for everything (RFC 9110 §14.1.2).

    Raises:
        NotOffered: The range is empty: HTTP has no form for it.
    """
    if last is not None:
        return f"bytes=-{last}"
    if start is None and end is None:
        return None
    first = start or 0
    if end is not None and end <= first:
        raise NotOffered("an empty range has no form in HTTP")
    return f"bytes={first}-{'' if end is None else end - 1}"


def parts_of(parts: Iterable[Mapping[str, Any]]) -> Fields:
    """Return the argument that names the parts of an upload, in the order given."""
    return {"Parts": [{"PartNumber": part["number"], "ETag": part["part"]} for part in parts]}


def token_of(answer: Fields) -> str | None:
    """Return what the next page is asked for with; None on the last page."""
    return str(answer["NextContinuationToken"]) if answer.get("IsTruncated") else None


def metadata_of(answer: Fields) -> dict[str, str]:
    """Return what metadata an answer tells; names in lower case, since the case of a header means nothing."""
    return {name.lower(): value for name, value in answer.get("Metadata", {}).items()}


def etag_of(answer: Fields) -> Chosen:
    """Return the ETag of an answer."""
    return Chosen(answer["ETag"])


class EndlessListing(Exception):
    """A service gave the same continuation token twice: a listing would never end."""


class Pages:
    """Joins the pages of a listing, in the order of the service."""

    def __init__(self, calls: Calls) -> None:
        """Take what reads a page."""
        self._calls = calls
        self._tokens: list[str] = []
        self.keys: list[str] = []
        self.prefixes: list[str] = []

    def add(self, answer: Fields) -> str | None:
        """Take a page; return what the next one is asked for with.

        Raises:
            EndlessListing: That was asked for before.
        """
        keys, prefixes = self._calls.listed(answer)
        self.keys += keys
        self.prefixes += prefixes
        token = token_of(answer)
        if token is not None:
            if token in self._tokens:
                raise EndlessListing(f"the token of page {len(self._tokens) + 1} was given before")
            self._tokens.append(token)
        return token
