"""What an account of Azure Storage was before a recording is put there again: the recording then conforms."""

from __future__ import annotations

import base64
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.cassette.formats import FORMATS, read_any
from conformance.cassette.formats._writing import write_as
from conformance.compare.verification import Recording, embedded_server, verify_server
from conformance.compare.verification._azure_avro import said_in_avro
from conformance.compare.verification._azure_clearing import AGE, VERSIONS, version_at, with_sources
from conformance.emulators.hns import Account
from conformance.emulators.hns._avro import render_avro
from tests.compare.verification.servers import AZURE, Mirror, server_of

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.cassette import Difference

BLOB, DFS = "https://recorded.blob.core.windows.net", "https://recorded.dfs.core.windows.net"
VERSION = ("x-ms-version", "2020-10-02")
NAMES = st.from_regex(r"[a-d]{1,3}( [a-d])?", fullmatch=True)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
LIST = f"{BLOB}/there?restype=container&comp=list&include=metadata"
PROPERTIES = f"{BLOB}/?restype=service&comp=properties"


@dataclass(frozen=True)
class Blob:
    """What is there before; ``how`` it came there tells whether it has an MD5."""

    how: str
    body: bytes
    settings: tuple[tuple[str, str], ...]

    def puts(self, path: str) -> list[Request]:
        uri = f"{BLOB}/there/{quote(path)}"
        kind = {"append": "AppendBlob", "page": "PageBlob"}.get(self.how, "BlockBlob")
        headers = (VERSION, ("x-ms-blob-type", kind), *self.settings)
        if self.how == "directory":
            return [Request("PUT", f"{DFS}/there/{quote(path)}?resource=directory", (VERSION,))]
        if self.how == "append":
            more = [Request("PUT", f"{uri}?comp=appendblock", (VERSION,), self.body)] if self.body else []
            return [Request("PUT", uri, headers), *more]
        if self.how == "page":
            size = ("x-ms-blob-content-length", "512")
            pages = (VERSION, ("x-ms-page-write", "update"), ("x-ms-range", "bytes=0-511"))
            return [Request("PUT", uri, (*headers, size)), Request("PUT", f"{uri}?comp=page", pages, b"p" * 512)]
        if self.how == "blocks":
            listed = b"<BlockList><Latest>YQ==</Latest></BlockList>"
            block = Request("PUT", f"{uri}?comp=block&blockid=YQ%3D%3D", (VERSION,), self.body or b"a")
            return [block, Request("PUT", f"{uri}?comp=blocklist", (VERSION, *self.settings), listed)]
        return [Request("PUT", uri, headers, self.body)]


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "x-ms-blob-content-type": st.sampled_from(["text/plain; charset=utf-8", "a/b"]),
        "x-ms-blob-cache-control": st.just("no-cache"),
        "x-ms-meta-one": st.sampled_from(["1", "two"]),
    },
).map(lambda told: tuple(told.items()))
BLOBS = st.builds(Blob, st.sampled_from(["put", "blocks", "append", "page"]), st.binary(max_size=9), SETTINGS)
FLAT = st.dictionaries(PATHS, BLOBS, min_size=1, max_size=4)
USES = st.sampled_from(["HEAD", "GET", "DELETE", "metadata", "copy", "list", "lease"])


def use(how: str, path: str) -> Request:
    uri = f"{BLOB}/there/{quote(path)}"
    if how == "list":
        return Request("GET", LIST, (VERSION,))
    if how == "copy":
        return Request("PUT", f"{BLOB}/there/copy", (VERSION, ("x-ms-copy-source", uri)))
    if how == "metadata":
        return Request("PUT", f"{uri}?comp=metadata", (VERSION, ("x-ms-meta-new", "n")))
    if how == "lease":
        lease = (("x-ms-lease-action", "acquire"), ("x-ms-lease-duration", "-1"))
        return Request("PUT", f"{uri}?comp=lease", (VERSION, *lease))
    return Request(how, uri, (VERSION,))


def recorded(before: list[Request], asked: list[Request], *, is_hierarchical: bool = False) -> tuple[Interaction, ...]:
    """Record requests to an account on which others were made before that nobody recorded."""
    account = Account("recorded", is_open=True, is_hierarchical=is_hierarchical, seed=7)
    for request in (Request("PUT", f"{BLOB}/there?restype=container", (VERSION,)), *before):
        assert account.handle(request).status < 300, request
        account.clock.advance(1)
    return tuple(Interaction(request, account.handle(request)) for request in asked)


def differing(items: tuple[Interaction, ...], *, is_hierarchical: bool = False) -> list[tuple[int, Difference]]:
    """Return in what the embedded account differs; it is told everything beforehand, and nothing is left out."""
    server = embedded_server([], is_hierarchical=is_hierarchical)
    found = verify_server([Recording("a", items)], server).files[0]
    assert (found.left_out, found.failures) == ((), ())
    return [(each.number, difference) for each in found.checked for difference in each.differences]


@given(FLAT, st.lists(st.tuples(USES, st.integers(0, 3)), min_size=1, max_size=6))
def test_a_recording_of_blobs_that_were_there_conforms_on_an_empty_account(
    blobs: dict[str, Blob], uses: list[tuple[str, int]]
) -> None:
    """All blobs are seen at first, as what only a deletion shows is known by its name alone."""
    before = [request for path, blob in blobs.items() for request in blob.puts(path)]
    first = [use(how, path) for path in blobs for how in ("GET", "HEAD")]
    paths = list(blobs)
    asked = [*first, use("list", ""), *(use(how, paths[at % len(paths)]) for how, at in uses), use("list", "")]
    assert differing(recorded(before, asked)) == []


@given(FLAT)
def test_a_listing_alone_tells_what_is_listed(blobs: dict[str, Blob]) -> None:
    before = [request for path, blob in blobs.items() for request in blob.puts(path)]
    assert differing(recorded(before, [use("list", ""), use("list", "")])) == []


@given(st.lists(NAMES, min_size=1, max_size=3, unique=True), SETTINGS)
def test_directories_and_files_that_were_there_are_put_back(
    names: list[str], settings: tuple[tuple[str, str], ...]
) -> None:
    before = [request for name in names for request in Blob("directory", b"", ()).puts(f"top/{name}")]
    before += [request for name in names for request in Blob("put", b"file", settings).puts(f"top/{name}/file")]
    head = [Request("HEAD", f"{DFS}/there/top/{quote(names[0])}", (VERSION,)), use("GET", f"top/{names[0]}/file")]
    paths = Request("GET", f"{DFS}/there?resource=filesystem&recursive=true", (VERSION,))
    gone = Request("DELETE", f"{DFS}/there/top?recursive=true", (VERSION,))
    items = recorded(before, [*head, use("list", ""), paths, gone, paths], is_hierarchical=True)
    assert differing(items, is_hierarchical=True) == []


def test_a_blob_that_is_read_in_parts_is_put_together_and_one_that_is_appended_to_has_its_size() -> None:
    blob = Blob("append", b"0123456789", (("x-ms-blob-content-type", "a/b"),))
    parts = [
        Request("GET", f"{BLOB}/there/a", (VERSION, ("x-ms-range", f"bytes={start}-{start + 3}")))
        for start in (4, 0, 8)
    ]
    more = Request("PUT", f"{BLOB}/there/b?comp=appendblock", (VERSION,), b"more")
    asked = [*parts, use("lease", "a"), use("HEAD", "a"), more, use("HEAD", "b")]
    before = [*blob.puts("a"), *replace(blob, settings=()).puts("b")]
    assert differing(recorded(before, asked)) == []


def test_a_lease_comes_before_all_else_that_is_known() -> None:
    blob = Blob("put", b"text", (("x-ms-blob-content-type", "a/b"), ("x-ms-meta-one", "1")))
    assert differing(recorded(blob.puts("a"), [use("lease", "a"), use("HEAD", "a"), use("GET", "a")])) == []


def test_what_a_recording_makes_or_misses_was_not_there() -> None:
    """A directory that comes with a file in it is its own as well, and all that is below what it makes."""
    made = Interaction(Request("PUT", f"{DFS}/there/a/b/file?resource=file", (VERSION,)), Response(201))
    removed = Interaction(Request("DELETE", f"{DFS}/there/a?recursive=true", (VERSION,)), Response(200))
    missed = Interaction(
        Request("HEAD", f"{BLOB}/there/m", (VERSION,)), Response(404, "", (("x-ms-error-code", "BlobNotFound"),))
    )
    read = Interaction(Request("GET", f"{BLOB}/there/m/below", (VERSION,)), Response(200, "", (), b"a"))
    assert AZURE.contents([made, removed, missed, read]) == []
    assert [request.uri for request in AZURE.contents([read, missed])] == [f"{BLOB}/there/m/below?comp=blocklist"]


@given(st.integers(1, 365), st.booleans(), st.booleans())
def test_the_properties_of_the_service_are_set_as_they_were(days: int, is_kept: bool, is_site: bool) -> None:
    kept = f"<Enabled>true</Enabled><Days>{days}</Days>" if is_kept else "<Enabled>false</Enabled>"
    site = "<Enabled>true</Enabled><IndexDocument>i</IndexDocument>" if is_site else "<Enabled>false</Enabled>"
    body = f"<DeleteRetentionPolicy>{kept}</DeleteRetentionPolicy><StaticWebsite>{site}</StaticWebsite>"
    told = f"<StorageServiceProperties>{body}</StorageServiceProperties>".encode()
    before = [Request("PUT", PROPERTIES, (VERSION,), told), *Blob("put", b"a", ()).puts("a")]
    own = b"<StorageServiceProperties><Cors /></StorageServiceProperties>"
    asked = [Request("PUT", PROPERTIES, (VERSION,), own), Request("GET", PROPERTIES, (VERSION,)), use("DELETE", "a")]
    assert differing(recorded(before, asked)) == []


@given(st.integers(1, 365))
def test_that_deleted_blobs_are_kept_shows_in_deletions_and_listings(days: int) -> None:
    policy = f"<DeleteRetentionPolicy><Enabled>true</Enabled><Days>{days}</Days></DeleteRetentionPolicy>"
    told = f"<StorageServiceProperties>{policy}</StorageServiceProperties>".encode()
    before = [Request("PUT", PROPERTIES, (VERSION,), told), *Blob("put", b"a", ()).puts("a")]
    deleted = Request("GET", f"{BLOB}/there?restype=container&comp=list&include=deleted", (VERSION,))
    back = Request("PUT", f"{BLOB}/there/a?comp=undelete", (VERSION,))
    items = recorded(before, [use("GET", "a"), use("DELETE", "a"), deleted, back, use("GET", "a")])
    assert differing(items) == []


@given(st.integers(1, 365))
def test_that_deleted_files_are_kept_shows_in_listings_with_a_hierarchy(days: int) -> None:
    policy = f"<DeleteRetentionPolicy><Enabled>true</Enabled><Days>{days}</Days></DeleteRetentionPolicy>"
    told = f"<StorageServiceProperties>{policy}</StorageServiceProperties>".encode()
    before = [Request("PUT", PROPERTIES, (VERSION,), told), *Blob("put", b"a", ()).puts("a")]
    gone = Request("DELETE", f"{DFS}/there/a", (VERSION,))
    deleted = Request("GET", f"{BLOB}/there?restype=container&comp=list&showonly=deleted", (VERSION,))
    items = recorded(before, [use("GET", "a"), gone, deleted], is_hierarchical=True)
    assert differing(items, is_hierarchical=True) == []
    assert f"<Days>{days}</Days>".encode() in AZURE.properties(items)[0].body


def test_a_blob_that_was_put_whole_has_no_blocks() -> None:
    blocks = Request("GET", f"{BLOB}/there/a?comp=blocklist&blocklisttype=all", (VERSION,))
    assert differing(recorded(Blob("put", b"text", ()).puts("a"), [use("GET", "a"), blocks])) == []


def test_the_checksum_of_a_list_that_was_cleared_is_not_held_against_that_of_another() -> None:
    answer = Response(201, "", (("x-ms-content-crc64", "i4MKnM/3FuA="), ("ETag", '"0x8D900001"')))
    listed = Interaction(Request("PUT", f"{BLOB}/c/a?comp=blocklist", (VERSION,), b"CLEARED"), answer)
    (whole,) = AZURE.completed([listed])
    assert whole.response.headers == (("x-ms-content-crc64", "CLEARED"), ("ETag", '"0x8D900001"'))
    kept = replace(listed, request=replace(listed.request, body=b"<BlockList />"))
    assert AZURE.completed([kept]) == [kept]


def test_a_source_that_a_token_opened_gets_a_sas() -> None:
    opened = (("x-ms-copy-source", f"{BLOB}/c/a"), ("x-ms-copy-source-authorization", "Bearer x"))
    (whole,) = AZURE.completed([Interaction(Request("PUT", f"{BLOB}/c/b", opened), Response(201))])
    assert whole.request.headers == (("x-ms-copy-source", f"{BLOB}/c/a?sv=2020-02-10&sr=b&sp=r&sig=x"),)


def test_what_only_management_sets_is_told_or_reported() -> None:
    answer = Response(201, "", (("x-ms-version-id", "2020-01-01T00:00:00.0000000Z"),))
    put = Interaction(Request("PUT", f"{BLOB}/there/a", (VERSION, ("User-Agent", "a"))), answer)
    stats = b"<StorageServiceStats><GeoReplication><Status>live</Status></GeoReplication></StorageServiceStats>"
    told = Interaction(Request("GET", f"{BLOB}/?restype=service&comp=stats", (VERSION,)), Response(200, "", (), stats))
    kind = Response(200, "", (("x-ms-account-kind", "BlobStorage"), ("x-ms-sku-name", "Standard_ZRS")))
    information = Interaction(Request("GET", f"{BLOB}/?restype=account&comp=properties", (VERSION,)), kind)
    restored = Interaction(Request("PUT", f"{BLOB}/c?restype=container&comp=undelete", (VERSION,)), Response(201))
    assert AZURE.settings([put, told, information, restored]) == {
        "is_versioned": "true",
        "replication": "live",
        "kind": "BlobStorage",
        "sku": "Standard_ZRS",
        "keeps_containers": "true",
    }
    found = verify_server([Recording("a", (put,))], server_of(Mirror([put]).send))
    assert found.files[0].failures == ("presupposes is versioned",)


def test_an_account_that_cannot_be_emptied_keeps_its_properties() -> None:
    item = Interaction(Request("GET", PROPERTIES, (VERSION, ("User-Agent", "a"))), Response(200, "", (), b"<a/>"))
    mirror = Mirror([item])
    assert verify_server([Recording("a", (item,))], server_of(mirror.send)).files[0].failures == (
        "presupposes properties",
    )
    assert mirror.prepared == []
    emptied = replace(server_of(mirror.send), reset=mirror.sent.clear)
    verify_server([Recording("a", (item,))], emptied)
    assert [(request.method, request.body) for request in mirror.prepared] == [("PUT", b"<a/>")]


@pytest.mark.parametrize(("kind", "sku", "status"), [("BlobStorage", "Premium_LRS", "live")])
def test_the_embedded_account_is_what_a_recording_shows(kind: str, sku: str, status: str) -> None:
    account = Account("recorded", is_open=True, is_hierarchical=False, kind=kind, sku=sku, replication=status)
    asked = [
        Request("GET", f"{BLOB}/?restype=account&comp=properties", (VERSION,)),
        Request("GET", f"{BLOB.replace('recorded', 'recorded-secondary')}/?restype=service&comp=stats", (VERSION,)),
    ]
    items = tuple(Interaction(request, account.handle(request)) for request in asked)
    assert b"live" in items[1].response.body
    assert differing(items) == []


@given(st.datetimes(datetime(2012, 1, 1), datetime(2100, 1, 1)), st.timedeltas(timedelta(0), timedelta(days=9999)))  # noqa: DTZ001
def test_a_version_is_at_least_a_year_old_and_never_older_later(when: datetime, later: timedelta) -> None:
    then = when.replace(tzinfo=UTC)
    found = version_at(then)
    assert found in VERSIONS
    assert found <= (then - AGE).strftime("%Y-%m-%d")
    assert version_at(then + later) >= found


@pytest.mark.parametrize("cleared", ["CLEARED", "Sanitized", ""])
def test_a_version_that_was_cleared_is_that_of_the_time(cleared: str) -> None:
    request = Request("GET", f"{BLOB}/c/a?sv={cleared}&sr=b&sp=r", (("X-Ms-Version", cleared),))
    item = Interaction(request, Response(200, "", (("Date", "Fri, 06 Aug 2021 16:35:45 GMT"),)))
    (whole,) = AZURE.completed([item])
    assert whole.request == Request("GET", f"{BLOB}/c/a?sv=2020-08-04&sr=b&sp=r", (("X-Ms-Version", "2020-08-04"),))
    assert AZURE.completed([whole]) == [whole]


def test_a_generated_name_in_a_source_is_the_stand_in_that_urls_have() -> None:
    sources = ["/contaxas4bp7/dir/blobqwert?a=b", f"{BLOB}/contaxas4bp7/other", "/elsewhere/dir"]
    items = [Interaction(Request("PUT", f"{DFS}/cont000003/dir/blob000004"), Response(201))]
    items += [
        Interaction(Request("PUT", f"{DFS}/cont000003/new", (("x-ms-rename-source", value),)), Response(201))
        for value in sources
    ]
    told = [item.request.headers[0][1] for item in with_sources(items)[1:]]
    assert told == ["/cont000003/dir/blob000004?a=b", f"{BLOB}/cont000003/other", "/elsewhere/dir"]
    two = [items[0], Interaction(Request("HEAD", f"{DFS}/cont000009"), Response(404)), items[1]]
    assert with_sources(two)[2].request.headers[0][1] == "/contaxas4bp7/dir/blob000004?a=b"


CUTS = st.lists(st.binary(max_size=6), max_size=4)


@given(CUTS, st.lists(st.integers(0, 30), max_size=4), st.binary(min_size=16, max_size=16))
def test_a_query_says_the_same_however_its_data_is_cut(parts: list[bytes], cuts: list[int], sync: bytes) -> None:
    data, edges = b"".join(parts), sorted({0, *cuts, 99})
    other = [data[start:end] for start, end in pairwise(edges)]
    end = ("end", (len(data),))
    one = render_avro([*(("resultData", (part,)) for part in parts), end], bytes(16))
    two = render_avro([*(("resultData", (part,)) for part in other), ("progress", (1, 2)), end], sync)
    assert said_in_avro(one) == said_in_avro(two) is not None
    assert said_in_avro(render_avro([("resultData", (data + b"x",)), end], sync)) != said_in_avro(one)
    assert said_in_avro(one[:-1]) is None


def test_two_writes_at_one_time_may_have_one_etag() -> None:
    def wrote(path: str, method: str = "PUT") -> Interaction:
        answer = Response(201 if method == "PUT" else 200, "", (("ETag", '"0x8D900001"'),))
        return Interaction(Request(method, f"{BLOB}/c/{path}", (VERSION, ("User-Agent", "a"))), answer)

    items = [wrote("a"), wrote("b"), wrote("a", "GET"), wrote("b", "GET")]
    live = iter(['"0x8D90000A"', '"0x8D90000B"'] * 2)
    mirror = Mirror(items, change=lambda _, answer: replace(answer, headers=(("ETag", next(live)),)))
    found = verify_server([Recording("a", tuple(items))], server_of(mirror.send))
    assert [each.differences for each in found.checked] == [()] * 4
    swapped = iter(['"0x8D90000A"', '"0x8D90000B"', '"0x8D90000B"', '"0x8D90000B"'])
    mirror = Mirror(items, change=lambda _, answer: replace(answer, headers=(("ETag", next(swapped)),)))
    found = verify_server([Recording("a", tuple(items))], server_of(mirror.send))
    assert [bool(each.differences) for each in found.checked] == [False, False, True, False]


def scrubbed(item: Interaction, account: str) -> Interaction:
    """What the recorders of the SDKs leave: another account, no signature."""

    def told(text: str) -> str:
        return re.sub(r"sig=[^&]*", "sig=Sanitized", text).replace("recorded", account)

    headers = tuple((name, told(value)) for name, value in item.request.headers)
    request = Request(
        item.request.method, told(item.request.uri), (*headers, ("Authorization", "Sanitized")), item.request.body
    )
    answer = replace(item.response, body=item.response.body.replace(b"recorded", account.encode()))
    return Interaction(request, answer)


@pytest.mark.parametrize("account", ["Sanitized", "REDACTED", "fakestorageaccount"])
@pytest.mark.parametrize("format_name", ["test-proxy", "vcr-yaml", "seinfeld"])
def test_recordings_of_other_clients_conform(tmp_path: Path, account: str, format_name: str) -> None:
    """A SAS of a user's key, of the service and of the account; a key for one; a source that a token opens; bytes."""
    account_sas = "sv=2020-10-02&ss=b&srt=sco&sp=rwdlac&se=2099-08-07T00:00:00Z&sig=x"
    delegated = "sv=2020-10-02&sr=b&sp=r&se=2099-08-07&skoid=o&sktid=t&skt=2021&ske=2022&sks=b&skv=2020-10-02&sig=x"
    opened = (("x-ms-copy-source", f"{BLOB}/there/a"), ("x-ms-copy-source-authorization", "Sanitized"))
    copy = (VERSION, ("x-ms-blob-type", "BlockBlob"), ("x-ms-requires-sync", "true"), *opened)
    body = base64.b64decode("AP/+gA==")
    asked = [
        Request("PUT", f"{BLOB}/made?restype=container", (VERSION,)),
        Request("PUT", f"{BLOB}/made/b", (VERSION, ("x-ms-blob-type", "BlockBlob")), body),
        Request("GET", f"{BLOB}/made/b", (VERSION,)),
        Request("GET", f"{BLOB}/made/b?{account_sas}", (VERSION,)),
        Request("GET", f"{BLOB}/made/b?{delegated}", (VERSION,)),
        Request("GET", f"{BLOB}/made/b?sv=2020-10-02&sr=b&sp=r&se=Sanitized&sig=x", (VERSION,)),
        Request("PUT", f"{BLOB}/made/copy", copy),
        Request("GET", f"{BLOB}/made/copy", (VERSION,)),
        Request("GET", f"{BLOB}/made?restype=container&comp=list", (VERSION,)),
    ]
    items = recorded(Blob("put", b"text", ()).puts("a"), asked)
    key = b"<KeyInfo><Start>2021-08-06T00:00:00Z</Start><Expiry>2021-08-07T00:00:00Z</Expiry></KeyInfo>"
    for_key = Request("POST", f"{BLOB}/?restype=service&comp=userdelegationkey", (VERSION,), key)
    signed = AZURE.signed(for_key, AZURE.emulator_account, Response(200), now=datetime.now(UTC))
    with_tokens = Account("recorded", allows_tokens=True)
    items = (*items, Interaction(for_key, with_tokens.handle(signed)))
    assert [item.response.status for item in items] == [201, 201, 200, 200, 200, 200, 201, 200, 200, 200]
    suffix = FORMATS[format_name].suffixes[0]
    path = tmp_path / f"recording{suffix}"
    write_as(path, FORMATS[format_name], tuple(scrubbed(item, account) for item in items), notes=Counter())
    read = read_any(path).interactions
    assert differing(read) == []


def test_a_sas_for_a_user_is_left_out_for_that_reason() -> None:
    uri = f"{BLOB}/c/a?sv=2020-10-02&sr=b&sp=r&se=2021-08-07&skoid=o&sktid=t&suoid=u&sig=x"
    (item,) = AZURE.completed([Interaction(Request("GET", uri), Response(200))])
    assert "skoid=o" in item.request.uri
    assert AZURE.obstacle(item) == "signed with a user delegation key, for a user"


@pytest.mark.parametrize("stand_in", ["CLEARED", "Sanitized", '"REDACTED"'])
def test_what_a_recorder_took_out_of_an_answer_need_only_be_there(stand_in: str) -> None:
    answer = Response(200, "", (("x-kept", stand_in), ("Content-Type", "application/json")), b'{"a": "Sanitized"}')
    item = Interaction(Request("GET", f"{BLOB}/c/a", (VERSION, ("User-Agent", "a"))), answer)

    def parts(**said: str) -> list[str]:
        headers = (
            ("Content-Type", "application/json"),
            *((name.replace("_", "-"), value) for name, value in said.items()),
        )
        live = Response(200, "", headers, b'{"a": "b"}')
        found = verify_server([Recording("a", (item,))], server_of(Mirror([item], change=lambda *_: live).send))
        return [difference.part for each in found.checked for difference in each.differences]

    assert parts(x_kept="anything") == []
    assert parts() == ["header x-kept"]
