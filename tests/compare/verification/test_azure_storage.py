"""What is known of Azure Storage: its behaviours are those of the corpus, its signatures those of its client."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from azure.core.pipeline import PipelineContext, PipelineRequest
from azure.core.pipeline.transport import HttpRequest
from azure.storage.blob import (
    AccountSasPermissions,
    BlobSasPermissions,
    ResourceTypes,
    generate_account_sas,
    generate_blob_sas,
    generate_container_sas,
)
from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Interaction, Request, Response
from conformance.cassette.formats import read_any
from conformance.compare.verification import Account
from conformance.compare.verification._azure_signing import is_sas, shared_key, with_sas
from conformance.compare.verification._leaves import keyed_leaves
from tests.cassette.formats.corpus import CORPUS, NOT_HERE
from tests.compare.verification.servers import AZURE

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = Account("name", "a2V5IG9mIHRoaXMgYWNjb3VudA==")
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
GOOD = Response(200)
NAMES = st.text("abcdefghij-0123", min_size=3, max_size=8).filter(lambda text: text.strip("-") == text)
PATHS = st.text("abc/ %é+&=;,~", min_size=1, max_size=12).map(lambda text: quote(text.strip("/") or "a"))
BLOB, DFS = "https://old.blob.core.windows.net", "https://old.dfs.core.windows.net"


def shown_at(example: str) -> tuple[Path, int]:
    source, _, place = example.partition(":")
    name, _, number = place.rpartition("#")
    return CORPUS / source / name, int(number)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=NOT_HERE)
def test_behaviours_are_those_that_the_checklist_of_the_corpus_names() -> None:
    with (CORPUS / "hns-tuples.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    held = 0
    for row in rows:
        path, at = shown_at(row["example"])
        if not path.exists():
            continue
        item = read_any(path).interactions[at]
        told = AZURE.behaviour(item.request, item.response)
        words = (told.method, told.endpoint, told.level, str(told.status), told.code)
        assert words == tuple(row[name] or "" for name in ("method", "endpoint", "level", "status", "error")), row
        if "headers" not in item.request.unrecorded:
            assert set(told.parameters.split()) == set(row["params"].split()), row
        held += 1
    assert held > 30


@given(NAMES, PATHS, st.sampled_from(["", "?comp=metadata", "?a=b%2Fc&d="]), st.sampled_from([BLOB, DFS]))
def test_a_request_keeps_path_and_query_at_any_address(container: str, path: str, query: str, host: str) -> None:
    request = Request("GET", f"{host}/{container}/{path}{query}")
    label = "dfs" if host == DFS else "blob"
    for base, start in (
        ("http://new.blob.localhost:10000", f"http://new.{label}.localhost:10000"),
        ("https://new.dfs.core.windows.net", f"https://new.{label}.core.windows.net"),
        ("http://127.0.0.1:10000", "http://127.0.0.1:10000/new"),
        ("http://127.0.0.1:10000/new", "http://127.0.0.1:10000/new"),
    ):
        moved = AZURE.addressed(request, base, "new")
        assert moved.uri == f"{start}/{container}/{path}{query}"
        assert AZURE.base_of(moved) == start
        place = AZURE.place(moved)
        assert (place.container, place.path) == (AZURE.place(request).container, AZURE.place(request).path)


def test_the_secondary_of_an_account_is_that_of_the_other() -> None:
    request = Request("GET", "https://old-secondary.blob.core.windows.net/?comp=stats&restype=service")
    moved = [
        AZURE.addressed(request, base, "new").uri for base in ("http://127.0.0.1:1", "http://new.blob.localhost:1")
    ]
    assert moved == [
        "http://127.0.0.1:1/new-secondary/?comp=stats&restype=service",
        "http://new-secondary.blob.localhost:1/?comp=stats&restype=service",
    ]


def test_the_source_of_a_copy_is_at_the_same_address() -> None:
    request = Request(
        "PUT", f"{BLOB}/c/b", (("x-ms-copy-source", f"{BLOB}/c/a?sv=1"), ("x-ms-meta-url", "https://a.test/"))
    )
    moved = AZURE.addressed(request, "http://127.0.0.1:10000", "new")
    assert moved.headers == (
        ("x-ms-copy-source", "http://127.0.0.1:10000/new/c/a?sv=1"),
        ("x-ms-meta-url", "https://a.test/"),
    )
    assert [place.path for place in AZURE.sources(request)] == ["a"]


HEADERS = ("x-ms-meta-a", "x-ms-meta-a_b", "x-ms-meta-a1", "Content-Type", "If-Match", "Content-Length", "x-ms-empty")


@given(
    st.sampled_from(["GET", "PUT", "HEAD", "DELETE"]),
    PATHS,
    st.dictionaries(NAMES, st.text("ab c=/", min_size=1, max_size=5), max_size=3),
    st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(["0", "12", "text/plain"]), max_size=4),
)
def test_a_shared_key_is_that_of_the_client(
    method: str, path: str, query: dict[str, str], headers: dict[str, str]
) -> None:
    uri = f"https://name.blob.core.windows.net/c/{path}"
    uri += "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items()) if query else ""
    signed = {**headers, "x-ms-date": "Sun, 22 Nov 2026 01:00:00 GMT"}
    theirs = HttpRequest(method, uri, headers=dict(signed))
    policy = SharedKeyCredentialPolicy(ACCOUNT.name, ACCOUNT.key)  # type: ignore[no-untyped-call]
    policy.on_request(PipelineRequest(theirs, PipelineContext(None)))  # type: ignore[no-untyped-call]
    ours = shared_key(Request(method, uri, tuple(signed.items())), ACCOUNT.name, ACCOUNT.key)
    assert ours == theirs.headers["Authorization"]


def tokens() -> dict[str, str]:
    """Signed URLs that the client makes, by their sort."""
    start, end = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    of_account = generate_account_sas(
        ACCOUNT.name, ACCOUNT.key, ResourceTypes(object=True), AccountSasPermissions(read=True), end, start
    )
    of_container = generate_container_sas(ACCOUNT.name, "c", account_key=ACCOUNT.key, permission="rl", expiry=end)
    of_blob = generate_blob_sas(
        ACCOUNT.name,
        "c",
        "a/b c",
        account_key=ACCOUNT.key,
        permission=BlobSasPermissions(read=True),
        expiry=end,
        start=start,
        ip="127.0.0.1",
        protocol="https",
        content_type="text/plain",
    )
    of_policy = generate_blob_sas(ACCOUNT.name, "c", "a/b c", account_key=ACCOUNT.key, policy_id="kept")
    return {"account": of_account, "container": of_container, "blob": of_blob, "policy": of_policy}


@pytest.mark.parametrize("sort", ["account", "container", "blob", "policy"])
def test_a_shared_access_signature_is_that_of_the_client(sort: str) -> None:
    uri = f"https://name.blob.core.windows.net/c/a/b%20c?comp=metadata&{tokens()[sort]}"
    damaged = re.sub(r"sig=[^&]*", "sig=REDACTED", uri)
    signed = with_sas(damaged, ACCOUNT.name, ACCOUNT.key, resource="/c/a/b c")
    assert parse_qs(urlsplit(signed).query) == parse_qs(urlsplit(uri).query)
    assert is_sas(damaged)
    assert not is_sas("https://name.blob.core.windows.net/c/a?comp=metadata&sv=1")


@given(st.integers(-10, 10).filter(bool), st.integers(1, 3000))
def test_what_was_valid_when_it_was_recorded_is_valid_now_and_what_had_expired_still_is(hours: int, days: int) -> None:
    recorded = NOW - timedelta(days=days)
    end = (recorded + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    request = Request("GET", f"{BLOB}/c/a?sv=2020-04-08&sr=b&sp=r&se={quote(end, safe='')}&sig=REDACTED")
    sent = AZURE.settled(request, GOOD, shift_s=days * 86_400, is_secure=False)
    moved = datetime.fromisoformat(parse_qs(urlsplit(sent.uri).query)["se"][0])
    assert moved - NOW == timedelta(hours=hours)


def test_a_signature_for_https_alone_is_made_for_http_too_where_that_is_what_the_server_speaks() -> None:
    request = Request("GET", f"{BLOB}/c/a?sv=2020-04-08&sr=b&sp=r&spr=https&se=2030-01-01&sig=x")
    told = [
        parse_qs(urlsplit(AZURE.settled(request, GOOD, shift_s=0, is_secure=secure).uri).query)["spr"]
        for secure in (True, False)
    ]
    assert told == [["https"], ["https,http"]]


def refused(code: str) -> Response:
    return Response(403, "", (("x-ms-error-code", code),))


def test_a_request_is_signed_as_well_as_the_recorded_one_was() -> None:
    request = Request("GET", f"{BLOB}/c/a", (("Authorization", "REDACTED"), ("x-ms-date", "long ago")))
    sent = {
        word: dict(AZURE.signed(request, ACCOUNT, response, now=NOW).headers).get("Authorization")
        for word, response in {
            "good": GOOD,
            "anonymous": refused("NoAuthenticationInformation"),
            "bad": refused("AuthenticationFailed"),
        }.items()
    }
    good = Request("GET", request.uri, (("x-ms-date", "Sun, 22 Nov 2026 01:00:00 GMT"),))
    assert sent["good"] == shared_key(good, ACCOUNT.name, ACCOUNT.key)
    assert sent["anonymous"] is None
    assert sent["bad"] not in (None, sent["good"])


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((("x-ms-error-code", "Refused"),), b""),
        (
            (("Content-Type", "application/xml"),),
            b"\xef\xbb\xbf<?xml version='1.0'?><Error><Code>Refused</Code></Error>",
        ),
        ((("Content-Type", "application/json"),), b'{"error":{"code":"Refused","message":"no"}}'),
    ],
)
def test_the_code_of_an_error_is_found_wherever_it_stands(headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    assert AZURE.error_code(Response(409, "", headers, body)) == "Refused"
    assert AZURE.error_code(Response(200, "", headers, body)) == ""


@pytest.mark.parametrize("gap", ["\n", "\\n"])
@pytest.mark.parametrize("told", [("c0-1", "2021-05-25T05:09:41.7031300Z"), ("SCRUBBED", "SCRUBBED")])
def test_the_id_and_the_time_of_a_request_are_no_part_of_an_error(gap: str, told: tuple[str, str]) -> None:
    body = f"<Message>No.{gap}RequestId:{told[0]}{gap}Time:{told[1]}</Message>".encode()
    assert AZURE.plain(Response(404, body=body)).body == b"<Message>No.</Message>"
    assert AZURE.plain(Response(200, body=body)).body == body


def test_headers_and_paths_name_containers_by_their_new_names() -> None:
    headers = (("x-ms-rename-source", "/c/a?sig=1"), ("x-ms-source-container-name", "c"), ("x-ms-meta-c", "c"))
    for uri, renamed in (
        (f"{DFS}/c/b?mode=legacy", f"{DFS}/d/b?mode=legacy"),
        (f"{DFS}/c%2Fb", f"{DFS}/d%2Fb"),
        ("http://127.0.0.1:1/account/c", "http://127.0.0.1:1/account/d"),
        (f"{DFS}/cc/b", f"{DFS}/cc/b"),
    ):
        sent = AZURE.renamed(Request("PUT", uri, headers), {"c": "d"})
        assert sent.uri == renamed
        assert sent.headers == (
            ("x-ms-rename-source", "/d/a?sig=1"),
            ("x-ms-source-container-name", "d"),
            ("x-ms-meta-c", "c"),
        )


def test_the_account_in_an_address_means_nothing() -> None:
    headers = (("x-ms-copy-source", "https://one.blob.core.windows.net/c/a"), ("x-ms-meta-a", "https://one.test/"))
    plain = AZURE.plain(
        Response(200, "", headers, b"<Results ServiceEndpoint='https://one-two.dfs.core.windows.net/'>")
    )
    assert plain.headers == (("x-ms-copy-source", "https://account.blob.core.windows.net/c/a"), headers[1])
    assert plain.body == b"<Results ServiceEndpoint='https://account.dfs.core.windows.net/'>"


def test_a_container_that_a_listing_has_was_there_unless_it_is_deleted_or_was_created() -> None:
    def entry(name: str, more: str = "") -> str:
        return f"<Container><Name>{name}</Name>{more}</Container>"

    listing = "".join([entry("there"), entry("gone", "<Deleted>true</Deleted>"), entry("made"), entry("there")])
    items = [
        Interaction(Request("PUT", f"{BLOB}/made?restype=container"), Response(201)),
        Interaction(Request("GET", f"{BLOB}/?comp=list"), Response(200, body=listing.encode())),
    ]
    assert [place.container for place in AZURE.presupposed(items)] == ["there"]


def test_what_a_rename_or_an_undelete_brings_was_not_there_and_the_source_of_a_rename_was() -> None:
    def put(name: str, comp: str, status: int, **headers: str) -> Interaction:
        sent = tuple((word.replace("_", "-"), value) for word, value in headers.items())
        return Interaction(Request("PUT", f"{BLOB}/{name}?restype=container&comp={comp}", sent), Response(status))

    renamed = put("new", "rename", 200, x_ms_source_container_name="old")
    items = [renamed, put("back", "undelete", 201), put("next", "rename", 200, x_ms_source_container_name="new")]
    assert [place.container for place in AZURE.presupposed(items)] == ["old"]
    assert [
        place and place.container for place in (AZURE.creates(renamed.request), AZURE.removes(renamed.request))
    ] == [
        "new",
        "old",
    ]


@pytest.mark.parametrize("body", [b'{"a":1}', b"<?xml version='1.0'?><a/>", b"\xef\xbb\xbf<?xml version='1.0'?><a/>"])
def test_a_body_that_declares_no_type_is_read_as_what_it_begins_as(body: bytes) -> None:
    assert keyed_leaves(Response(200, body=body), {}) is not None
    assert keyed_leaves(Response(200, "", (("Content-Type", "application/octet-stream"),), body), {}) is None
