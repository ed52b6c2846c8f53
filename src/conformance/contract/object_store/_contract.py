"""The operations of an object store, and what may come of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract._api import Allowed, contract, ok, operation, refused
from conformance.contract._draws import maybe, whole
from conformance.contract.object_store import _drawing as draws
from conformance.contract.object_store import _listing as listing
from conformance.contract.object_store import _rules as rules
from conformance.contract.object_store import _variants as variants
from conformance.contract.object_store._keys import KEYS, trouble_of
from conformance.contract.object_store._model import Query, State
from conformance.trace import Chosen, Step, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Outcomes = Allowed | list[Allowed]
MOST_PARTS = 10_000
CONTENT_TYPES = ("application/octet-stream", "binary/octet-stream")
ERRORS = (
    "not_found",
    "no_container",
    "not_modified",
    "precondition_failed",
    "already_exists",
    "invalid_range",
    "invalid_key",
    "invalid_argument",
    "invalid_part",
    "part_too_small",
    "no_upload",
    "conflict",
    "access_denied",
    "too_large",
    "unsupported",
    "server_error",
)


class _ObjectStore:
    """Flat keys with bodies: what S3 and Azure Blob document."""

    def start(self, capabilities: frozenset[str]) -> State:  # noqa: ARG002  (the same for all)
        """Return the state of an empty bucket or container."""
        return State()

    @operation(
        weight=20,
        gives=("etag",),
        needs_for={
            "metadata": "metadata",
            "content_type": "content_type",
            "if_match": "conditional_write",
            "create_only": "create_only",
        },
        variant=variants.of_put,
        key=draws.key,
        data=draws.BODIES,
        metadata=maybe(draws.METADATA, one_in=6),
        content_type=maybe(draws.CONTENT_TYPES, one_in=8),
        if_match=draws.etag("key", one_in=8),
        create_only=draws.created,
    )
    def put(  # noqa: PLR0913  (what it may be given)
        self,
        state: State,
        *,
        key: str,
        data: bytes,
        metadata: Mapping[str, str] | None = None,
        content_type: str | None = None,
        if_match: Value = None,
        create_only: bool = False,
    ) -> Outcomes:
        """Put a whole object in place (PutObject; Put Blob)."""
        stored = state.objects.get(key)
        after = state.stored(key, data, metadata=metadata, content_type=content_type)
        found = [ok(after, etag=after.etag_of(key))]
        absent = [
            refused(state, "precondition_failed"),
            refused(state, "not_found", because="S3 tells a missing object from another one"),
        ]
        if create_only and if_match is not None:
            why = "no object can meet both conditions"
            others = [refused(state, each) for each in ("already_exists", "invalid_argument", "unsupported")]
            found = [*absent, *rules.because(others, why)]
        elif create_only and stored is not None:
            found = [refused(state, "already_exists")]
        elif if_match is not None:
            found = absent if stored is None else rules.conditioned(state, stored, found, if_match=if_match)
        return rules.written(state, key, found)

    @operation(
        weight=12,
        is_safe=True,
        needs_for={
            "start": "ranges",
            "end": "ranges",
            "last": "suffix_range",
            "if_match": "conditional_read",
            "if_none_match": "conditional_read",
        },
        variant=variants.of_get,
        key=draws.known_key,
        start=draws.start,
        end=draws.end,
        last=draws.last,
        if_match=draws.etag("key", one_in=8),
        if_none_match=draws.etag("key", one_in=7, wildcard=True),
    )
    def get(  # noqa: PLR0913  (what it may be given)
        self,
        state: State,
        *,
        key: str,
        start: int | None = None,
        end: int | None = None,
        last: int | None = None,
        if_match: Value = None,
        if_none_match: Value = None,
    ) -> Outcomes:
        """Read an object or a range of it (GetObject; Get Blob).

        Conditions come before ranges (RFC 9110 section 13.2.2).
        """
        stored = state.objects.get(key)
        if stored is None:
            return rules.missing(state, key)
        found = rules.ranged(state, stored.data, start, end, last)
        return rules.conditioned(state, stored, found, if_match=if_match, if_none_match=if_none_match)

    @operation(
        weight=6,
        is_safe=True,
        gives=("etag",),
        needs_for={"if_match": "conditional_read", "if_none_match": "conditional_read"},
        variant=variants.of_look,
        key=draws.known_key,
        if_match=draws.etag("key", one_in=8),
        if_none_match=draws.etag("key", one_in=7, wildcard=True),
    )
    def head(self, state: State, *, key: str, if_match: Value = None, if_none_match: Value = None) -> Outcomes:
        """Ask for the size and the ETag of an object (HeadObject; Get Blob Properties)."""
        stored = state.objects.get(key)
        if stored is None:
            return rules.missing(state, key, has_body=False)
        found = [ok(state, size=len(stored.data), etag=Chosen(stored.etag))]
        return rules.conditioned(state, stored, found, if_match=if_match, if_none_match=if_none_match)

    @operation(weight=4, is_safe=True, needs="metadata", variant=variants.of_property, key=draws.key_with("metadata"))
    def metadata(self, state: State, *, key: str) -> Outcomes:
        """Ask for the metadata of an object; S3 has their names in lower case."""
        stored = state.objects.get(key)
        if stored is None:
            return rules.missing(state, key, has_body=False)
        lower = {name.lower(): value for name, value in stored.metadata.items()}
        found = [ok(state, metadata=lower)]
        if lower != stored.metadata:
            found.append(ok(state, metadata=stored.metadata, because="Azure keeps the case of names"))
        return found

    @operation(
        weight=3, is_safe=True, needs="content_type", variant=variants.of_property, key=draws.key_with("content_type")
    )
    def content_type(self, state: State, *, key: str) -> Outcomes:
        """Ask for the content type of an object; each service has its own where none was given."""
        stored = state.objects.get(key)
        if stored is None:
            return rules.missing(state, key, has_body=False)
        if stored.content_type is not None:
            return ok(state, content_type=stored.content_type)
        usual, other = CONTENT_TYPES
        return [ok(state, content_type=usual), ok(state, content_type=other, because="S3 has a default of its own")]

    @operation(
        weight=8,
        needs_for={"if_match": "conditional_delete"},
        variant=variants.of_delete,
        key=draws.known_key,
        if_match=draws.etag("key", one_in=8),
    )
    def delete(self, state: State, *, key: str, if_match: Value = None) -> Outcomes:
        """Delete an object (DeleteObject; Delete Blob)."""
        stored = state.objects.get(key)
        if stored is not None:
            return rules.conditioned(state, stored, [ok(state.without([key]))], if_match=if_match)
        if if_match is not None:
            why = "the condition cannot hold"
            return [*rules.missing(state, key), refused(state, "precondition_failed", because=why)]
        trouble = trouble_of(key)
        if trouble is not None and trouble.often != "sometimes":
            return [*rules.missing(state, key), ok(state, because="there is nothing to delete")]
        absent = rules.because(rules.missing(state, key), "Azure says that there was nothing to delete")
        return [ok(state), *absent]

    @operation(weight=4, needs="multi_delete", variant=variants.of_delete_many, keys=draws.KEYS_TO_DELETE)
    def delete_many(self, state: State, *, keys: Sequence[str]) -> Outcomes:
        """Delete several objects at once, and return what was refused by key (DeleteObjects; Blob Batch)."""
        return rules.deleted(state, keys)

    @operation(
        weight=6,
        needs="copy",
        needs_for={"metadata": "metadata", "if_match": "conditional_copy"},
        variant=variants.of_copy,
        source=draws.known_key,
        target=draws.key,
        metadata=maybe(draws.METADATA, one_in=4),
        if_match=draws.etag("source", one_in=8),
    )
    def copy(
        self,
        state: State,
        *,
        source: str,
        target: str,
        metadata: Mapping[str, str] | None = None,
        if_match: Value = None,
    ) -> Outcomes:
        """Copy an object within the store, with its metadata or with other ones (CopyObject; Copy Blob)."""
        stored = state.objects.get(source)
        if stored is None:
            found = rules.missing(state, source)
            return (
                found
                if trouble_of(target) is None or trouble_of(source)
                else [*found, refused(state, "invalid_key", because=rules.OTHER_FAULT)]
            )
        found = [ok(after, because=why) for after, why in rules.copies(state, stored, target, metadata)]
        if if_match is not None:
            found = rules.conditioned(state, stored, found, if_match=if_match)
        if source == target and metadata is None:
            why = "Azure copies an object onto itself"
            found = [refused(state, "invalid_argument"), *rules.because(found, why)]
        return rules.written(state, target, found)

    @operation(
        weight=12,
        is_safe=True,
        needs_for={"delimiter": "delimiter", "start_after": "start_after", "page_size": "paging"},
        variant=variants.of_list,
        prefix=maybe(draws.prefix, one_in=3),
        delimiter=maybe(draws.DELIMITERS, one_in=3),
        start_after=maybe(draws.known_key, one_in=4),
        page_size=maybe(whole(1, 3), one_in=3),
    )
    def list(
        self,
        state: State,
        *,
        prefix: str = "",
        delimiter: str = "",
        start_after: str = "",
        page_size: int = 0,  # noqa: ARG002  (pages are joined)
    ) -> Outcomes:
        """List keys and what they share up to a delimiter, all pages joined (ListObjectsV2; List Blobs)."""
        query = Query(prefix, delimiter, start_after)
        return [*listing.whole(state, query), *listing.unlisted(state, query)]

    @operation(
        weight=8,
        is_safe=True,
        needs="paging",
        needs_for={"delimiter": "delimiter", "start_after": "start_after"},
        gives=("next",),
        variant=variants.of_page,
        token=draws.token,
        size=whole(1, 3),
        prefix=draws.of_token("prefix", maybe(draws.prefix, one_in=5)),
        delimiter=draws.of_token("delimiter", maybe(draws.DELIMITERS, one_in=3)),
        start_after=draws.absent_or(draws.known_key, one_in=4),
    )
    def page(  # noqa: PLR0913  (what it may be given)
        self,
        state: State,
        *,
        size: int,
        prefix: str = "",
        delimiter: str = "",
        start_after: str = "",
        token: Value = None,
    ) -> Outcomes:
        """List one page of at most ``size`` keys and prefixes; ``next`` leads to the next, of the same query."""
        query = Query(prefix, delimiter, start_after)
        if token is None:
            found = listing.first_page(state, query, size)
        elif (cursor := state.cursors.get(str(token))) is not None:
            found = listing.next_page(state, query, size, cursor)
        else:
            return refused(state, "invalid_argument")
        return [*found, *listing.unlisted(state, query)]

    @operation(
        weight=8,
        needs="multipart",
        needs_for={"metadata": "metadata"},
        gives=("upload",),
        variant=variants.of_start,
        key=draws.key,
        metadata=maybe(draws.METADATA, one_in=5),
    )
    def start_upload(self, state: State, *, key: str, metadata: Mapping[str, str] | None = None) -> Outcomes:
        """Start an upload in parts (CreateMultipartUpload)."""
        after, upload = state.started(key, metadata)
        return rules.written(state, key, [ok(after, upload=upload)])

    @operation(
        weight=7,
        needs="multipart",
        gives=("part",),
        variant=variants.of_part,
        upload=draws.upload,
        key=draws.upload_key,
        number=draws.part_number,
        data=draws.part_body,
    )
    def upload_part(self, state: State, *, key: str, upload: Value, number: int, data: bytes) -> Outcomes:
        """Put a part of an upload in place; parts are numbered from 1 to 10,000 (UploadPart; Put Block)."""
        if state.upload_of(key, upload) is None:
            return _no_upload(state, key, has_fault=not 1 <= number <= MOST_PARTS)
        after, part = state.with_part(str(upload), number, data)
        found = [ok(after, part=part)]
        if not 1 <= number <= MOST_PARTS:
            found = [refused(state, "invalid_argument"), *rules.because(found, "Azure does not number blocks")]
        elif not data:
            found.append(refused(state, "invalid_argument", because="Azure takes no empty block"))
        return found

    @operation(
        weight=6,
        needs="multipart",
        gives=("etag",),
        variant=variants.of_complete,
        upload=draws.upload,
        key=draws.upload_key,
        parts=draws.parts,
    )
    def complete_upload(
        self, state: State, *, key: str, upload: Value, parts: Sequence[Mapping[str, Value]]
    ) -> Outcomes:
        """Make an object of parts, in the order of their numbers (CompleteMultipartUpload; Put Block List)."""
        found = state.upload_of(key, upload)
        if found is None:
            return _no_upload(state, key, has_fault=not parts)
        return rules.completed(state, str(upload), found, parts)

    @operation(
        weight=2,
        needs="multipart_abort",
        variant=variants.of_upload,
        upload=draws.upload,
        key=draws.upload_key,
    )
    def abort_upload(self, state: State, *, key: str, upload: Value) -> Outcomes:
        """Give an upload up (AbortMultipartUpload)."""
        if state.upload_of(key, upload) is None:
            return _no_upload(state, key)
        return ok(state.without_upload(str(upload)))

    @operation(
        weight=3,
        is_safe=True,
        needs="multipart_abort",
        variant=variants.of_upload,
        upload=draws.upload,
        key=draws.upload_key,
    )
    def list_parts(self, state: State, *, key: str, upload: Value) -> Outcomes:
        """List the parts of an upload by number (ListParts)."""
        found = state.upload_of(key, upload)
        return _no_upload(state, key) if found is None else ok(state, parts=rules.part_listing(found.parts))


def _no_upload(state: State, key: str, *, has_fault: bool = False) -> list[Allowed]:
    found = [refused(state, "no_upload")]
    if has_fault:
        found.append(refused(state, "invalid_argument", because=rules.OTHER_FAULT))
    if trouble_of(key) is not None:
        found.append(refused(state, "invalid_key", because=rules.OTHER_FAULT))
    return found


OBJECT_STORE = contract(
    "object_store",
    errors=ERRORS,
    pools={"key": KEYS},
    canary=(
        Step("put", {"key": "a", "data": b"x"}),
        Step("get", {"key": "a"}),
        Step("list"),
        Step("delete", {"key": "a"}),
    ),
    simpler=draws.SIMPLER,
)(_ObjectStore)
