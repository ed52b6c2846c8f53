"""Containers, listings, the service, and batches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cassette import Request
from conformance.emulators.hns import NAME, Account
from tests.emulators.hns.blob_client import APPEND, BLOCK, HOST, BlobClient, code, elements, header

SERVICE = "?restype=service&comp=properties"
SECTIONS = {
    "Logging": "<Version>1.0</Version><Delete>true</Delete><Read>true</Read><Write>false</Write>",
    "HourMetrics": "<Version>1.0</Version><Enabled>true</Enabled><IncludeAPIs>false</IncludeAPIs>"
    "<RetentionPolicy><Enabled>true</Enabled><Days>5</Days></RetentionPolicy>",
    "MinuteMetrics": "<Version>1.0</Version><Enabled>true</Enabled>",
    "Cors": "<CorsRule><AllowedOrigins>*</AllowedOrigins><AllowedMethods>GET</AllowedMethods>"
    "<AllowedHeaders>a*,b</AllowedHeaders></CorsRule>",
    "DeleteRetentionPolicy": "<Enabled>true</Enabled><Days>9</Days>",
    "StaticWebsite": "<Enabled>true</Enabled><IndexDocument>i.html</IndexDocument>",
    "DefaultServiceVersion": "2019-02-02",
}
"""Of a request, and in an answer each in the same words, with other elements or another order of them."""

NO_DAYS = (
    "<StorageServiceProperties><DeleteRetentionPolicy><Enabled>true</Enabled><Days>0</Days>"
    "</DeleteRetentionPolicy></StorageServiceProperties>"
)


@pytest.fixture
def client() -> BlobClient:
    return BlobClient()


@pytest.fixture
def flat() -> BlobClient:
    return BlobClient(is_hierarchical=False)


def section(answer: str, name: str) -> str:
    found = re.search(f"<{name}[ >].*?(?:</{name}>|(?<= )/>)", answer)
    return found[0] if found else ""


@given(st.lists(st.sets(st.sampled_from(sorted(SECTIONS)), min_size=1), max_size=3))
def test_a_request_sets_what_it_names_and_no_more(requests: list[set[str]]) -> None:
    client = BlobClient()
    before = client.send("GET", SERVICE).body.decode()
    for names in requests:
        body = "".join(f"<{name}>{SECTIONS[name]}</{name}>" for name in sorted(names))
        answer = client.send(
            "PUT", SERVICE, body=f"<StorageServiceProperties>{body}</StorageServiceProperties>".encode()
        )
        assert answer.status == 202
    after = client.send("GET", SERVICE).body.decode()
    named = set[str]().union(*requests)
    assert {name for name in SECTIONS if section(before, name) != section(after, name)} == named
    found = [name for name in SECTIONS if f"<{name}" in after]
    assert sorted(found, key=after.index) == found


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<StorageServiceProperties><Other /></StorageServiceProperties>", ""),
        ("<Properties />", ""),
        (
            NO_DAYS,
            "<LineNumber>1</LineNumber><LinePosition>89</LinePosition><Reason>Retention days must be",
        ),
    ],
)
def test_properties_that_are_none_change_nothing(client: BlobClient, body: str, reason: str) -> None:
    before = client.send("GET", SERVICE).body
    answer = client.send("PUT", SERVICE, body=body.encode())
    assert code(answer) == (400, "InvalidXmlDocument")
    assert reason in answer.body.decode()
    assert client.send("GET", SERVICE).body == before


def test_properties_are_those_of_the_version() -> None:
    named = {
        version: {name for name in SECTIONS if f"<{name}" in BlobClient(version).send("GET", SERVICE).body.decode()}
        for version in ("2016-05-31", "2017-11-09", "2019-02-02")
    }
    assert named["2019-02-02"] - named["2017-11-09"] == {"StaticWebsite"}
    assert named["2017-11-09"] - named["2016-05-31"] == {"DeleteRetentionPolicy"}


def test_answers_warn_caches_where_other_origins_may_ask(client: BlobClient) -> None:
    assert header(client.send("HEAD", "box/f"), "vary") == ""
    body = f"<StorageServiceProperties><Cors>{SECTIONS['Cors']}</Cors></StorageServiceProperties>"
    client.send("PUT", SERVICE, body=body.encode())
    assert header(client.send("HEAD", "box/f"), "vary") == header(client.listing(), "vary") == "Origin"
    assert "<AllowedHeaders>b,a*</AllowedHeaders>" in client.send("GET", SERVICE).body.decode()


def test_the_secondary_place_alone_says_how_it_is(client: BlobClient) -> None:
    stats = "?restype=service&comp=stats"
    assert code(client.send("GET", stats)) == (400, "InvalidQueryParameterValue")
    host = HOST.replace(NAME, f"{NAME}-secondary")
    assert b"<Status>unavailable</Status>" in client.account.handle(Request("GET", f"{host}/{stats}")).body


@pytest.mark.parametrize(("version", "said"), [("2018-03-28", ""), ("2026-04-06", "true")])
@pytest.mark.parametrize("place", ["", "box", "box/f"])
def test_the_account_says_of_what_kind_it_is(version: str, said: str, place: str) -> None:
    answer = BlobClient(version).send("GET", f"{place}?restype=account&comp=properties")
    assert (header(answer, "x-ms-account-kind"), header(answer, "x-ms-is-hns-enabled")) == ("StorageV2", said)


@pytest.mark.parametrize(
    ("method", "target", "said"),
    [
        ("GET", "box/", (400, "InvalidUri")),
        ("PUT", "box/f?comp=other", (400, "InvalidQueryParameterValue")),
        ("POST", "box/f", (405, "UnsupportedHttpVerb")),
        ("PUT", "box/f?comp=legalhold", (400, "MissingRequiredHeader")),
        ("PUT", "Box?restype=container", (400, "InvalidResourceName")),
        ("GET", "a--b?restype=container", (400, "InvalidResourceName")),
        ("GET", "?restype=service&comp=other", (400, "InvalidQueryParameterValue")),
        ("POST", "?restype=service&comp=userdelegationkey", (400, "InvalidXmlDocument")),
        ("PUT", "box?restype=container&comp=rename", (400, "InvalidQueryParameterValue")),
    ],
)
def test_what_is_no_operation_is_refused(client: BlobClient, method: str, target: str, said: tuple[int, str]) -> None:
    assert code(client.send(method, target)) == said


def test_a_container_has_what_it_was_made_with(client: BlobClient) -> None:
    asked = {
        "x-ms-blob-public-access": "blob",
        "x-ms-meta-a": "1",
        "x-ms-default-encryption-scope": "one",
        "x-ms-deny-encryption-scope-override": "True",
    }
    client.send("PUT", "other?restype=container", asked)
    got = client.send("GET", "other?restype=container")
    assert {name: header(got, name).lower() for name in asked} == {name: value.lower() for name, value in asked.items()}
    listed = client.send("GET", "?comp=list&prefix=oth&include=metadata,system")
    assert (elements(listed, "PublicAccess"), elements(listed, "a")) == (["blob"], ["1"])
    assert header(client.send("GET", "other?restype=container&comp=metadata"), "x-ms-meta-a") == "1"
    wrong = client.send("PUT", "third?restype=container", {"x-ms-blob-public-access": "all"})
    assert code(wrong) == (400, "InvalidHeaderValue")
    old = BlobClient("2018-03-28").send("GET", "box?restype=container")
    assert header(old, "x-ms-default-encryption-scope") == ""


def test_containers_are_listed_page_by_page(client: BlobClient) -> None:
    for name in ("car", "cat", "$root"):
        client.send("PUT", f"{name}?restype=container")
    first = client.send("GET", "?comp=list&maxresults=2")
    assert elements(first, "Name") == ["box", "car"]
    assert elements(first, "NextMarker") == [f"/{NAME}/cat"]
    assert elements(client.send("GET", "?comp=list&prefix=none"), "Name") == []
    old = BlobClient("2018-03-28").send("GET", "?comp=list")
    assert b"EncryptionScope" not in old.body


def test_a_lease_is_listed(client: BlobClient) -> None:
    acquire = {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "15"}
    client.put("f")
    client.send("PUT", "box?restype=container&comp=lease", acquire)
    client.send("PUT", "box/f?comp=lease", acquire)
    assert elements(client.send("GET", "?comp=list"), "LeaseDuration") == ["fixed"]
    assert elements(client.listing(), "LeaseDuration") == ["fixed"]


def test_few_deleted_containers_are_kept(client: BlobClient) -> None:
    for number in range(70):
        client.send("PUT", f"c{number:03}?restype=container")
        client.send("DELETE", f"c{number:03}?restype=container")
    listed = client.send("GET", "?comp=list&include=deleted")
    assert elements(listed, "Name")[:2] == ["box", "c006"]
    assert elements(listed, "RemainingRetentionDays")[0] == "7"


def test_a_renamed_container_holds_no_lease(client: BlobClient) -> None:
    acquired = client.send(
        "PUT", "box?restype=container&comp=lease", {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1"}
    )
    source = {
        "x-ms-version": "2020-06-12",
        "x-ms-source-container-name": "box",
        "x-ms-source-lease-id": header(acquired, "x-ms-lease-id"),
    }
    assert client.send("PUT", "new?restype=container&comp=rename", source).status == 200
    assert header(client.send("GET", "new?restype=container"), "x-ms-lease-state") == "available"


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2026-01-01", "2026-01-01T00:00:00.0000000Z"),
        ("2026-01-01T10:20Z", "2026-01-01T10:20:00.0000000Z"),
        ("2026-01-01T10:20:30.5Z", "2026-01-01T10:20:30.5000000Z"),
    ],
)
def test_policies_come_back_with_exact_times(client: BlobClient, start: str, said: str) -> None:
    policy = f"<SignedIdentifier><Id>a</Id><AccessPolicy><Start>{start}</Start></AccessPolicy></SignedIdentifier>"
    body = f"<SignedIdentifiers>{policy}</SignedIdentifiers>"
    client.send("PUT", "box?restype=container&comp=acl", {"x-ms-blob-public-access": "container"}, body.encode())
    got = client.send("GET", "box?restype=container&comp=acl")
    assert (elements(got, "Start"), header(got, "x-ms-blob-public-access")) == ([said], "container")
    client.send("PUT", "box?restype=container&comp=acl")
    assert client.send("GET", "box?restype=container&comp=acl").body.endswith(b"<SignedIdentifiers />")


def test_policies_may_say_nothing_and_are_few(client: BlobClient) -> None:
    one = "<SignedIdentifier><Id>a</Id></SignedIdentifier>"
    empty = "<SignedIdentifier><Id>b</Id><AccessPolicy /></SignedIdentifier>"
    target = "box?restype=container&comp=acl"
    for count, status in ((3, 400), (2, 200)):
        body = f"<SignedIdentifiers>{(one + empty) * count}</SignedIdentifiers>"
        assert client.send("PUT", target, body=body.encode()).status == status
    assert client.send("GET", target).body.count(b"<AccessPolicy />") == 4


def test_names_stand_for_those_that_begin_alike(flat: BlobClient) -> None:
    for name in ("a", "a/b", "a/c/d", "b-1", "b-2"):
        flat.put(name)
    assert flat.names("delimiter=/") == ["a", "a/", "b-1", "b-2"]
    assert flat.names("delimiter=/&prefix=a/") == ["a/b", "a/c/"]
    assert flat.names("delimiter=-") == ["a", "a/b", "a/c/d", "b-"]
    assert flat.pages("delimiter=/&maxresults=1") == [["a"], ["a/"], ["b-1"], ["b-2"]]


def test_snapshots_and_what_was_deleted_come_page_by_page(flat: BlobClient) -> None:
    flat.retain()
    for _ in range(3):
        flat.put("a")
        flat.send("PUT", "box/a?comp=snapshot")
    flat.put("b")
    flat.send("DELETE", "box/b")
    query = "include=snapshots,deleted"
    assert flat.pages(f"{query}&maxresults=1") == [[name] for name in flat.names(query)]
    assert flat.names(query).count("a") == 6
    assert flat.names(query)[-1] == "b"


def test_a_directory_is_a_prefix_where_a_delimiter_is_given(client: BlobClient) -> None:
    for name in ("d/f", "d/e/g", "h"):
        client.put(name)
    assert client.names("") == ["d", "d/e", "d/e/g", "d/f", "h"]
    assert client.names("showonly=directories") == ["d", "d/e"]
    assert client.names("delimiter=/") == ["d/", "h"]
    assert client.names("delimiter=/&prefix=d/") == ["d/e/", "d/f"]
    assert client.names("delimiter=/&showonly=files") == ["h"]
    assert elements(client.listing("delimiter=/"), "ResourceType") == ["directory", "file"]
    assert BlobClient("2019-02-02").listing("delimiter=/").status == 200


def test_rows_say_more_when_they_are_asked(client: BlobClient) -> None:
    client.put("d/f", b"abc", {"x-ms-meta-a": "1", "x-ms-tags": "t=1", "x-ms-encryption-key-sha256": "c2hh"})
    client.send("PUT", "box/d/a", APPEND)
    listed = client.listing("include=metadata,permissions,tags")
    assert elements(listed, "hdi_isfolder") == ["true"]
    assert elements(listed, "Permissions") == ["rwxr-x---", "rw-r-----", "rw-r-----"]
    assert elements(listed, "CustomerProvidedKeySha256") == ["c2hh"]
    assert (elements(listed, "TagCount"), elements(listed, "a")) == (["1"], ["1"])
    client.version = "2020-06-12"
    assert elements(client.listing("include=permissions"), "Acl") == []
    client.version = "2015-12-11"
    old = client.listing("include=permissions&delimiter=/")
    assert (elements(old, "Owner"), elements(old, "Creation-Time"), elements(old, "Name")) == ([], [], ["d/"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("maxresults=0", (400, "OutOfRangeQueryParameterValue")),
        ("maxresults=x", (400, "InvalidQueryParameterValue")),
        ("marker=garbage", (400, "OutOfRangeInput")),
        ("marker=2!4!AAA*", (400, "OutOfRangeInput")),
    ],
)
def test_a_page_that_cannot_be_is_refused(client: BlobClient, query: str, said: tuple[int, str]) -> None:
    assert code(client.listing(query)) == said


def test_the_account_may_stand_in_the_path() -> None:
    account = Account(seed=1, is_open=True)
    base = f"http://127.0.0.1:10000/{NAME}"
    account.handle(Request("PUT", f"{base}/box?restype=container"))
    listed = account.handle(Request("GET", f"{base}/box?restype=container&comp=list"))
    assert f'ServiceEndpoint="{base}/"'.encode() in listed.body


def batch(client: BlobClient, place: str, *requests: str) -> tuple[int, str]:
    parts = "".join(
        f"--mark\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n{request}\r\n\r\n"
        for number, request in enumerate(requests)
    )
    headers = {"Content-Type": "multipart/mixed; boundary=mark"}
    answer = client.send("POST", f"{place}comp=batch", headers, f"{parts}--mark--\r\n".encode())
    return answer.status, answer.body.decode()


@pytest.mark.parametrize("place", ["?", "box?restype=container&"])
def test_a_batch_answers_every_request(client: BlobClient, place: str) -> None:
    client.put("f")
    client.put("g")
    status, body = batch(
        client,
        place,
        "DELETE /box/f HTTP/1.1\r\nContent-Length: 0",
        "PUT /box/g?comp=tier HTTP/1.1\r\nx-ms-access-tier: Cool",
        "DELETE /box/h HTTP/1.1",
        "GET /box/g HTTP/1.1",
    )
    assert status == 202
    assert re.findall(r"HTTP/1.1 (\d+)", body) == ["202", "200", "404", "400"]
    assert re.findall(r"Content-ID: (\d)", body) == ["0", "1", "2", "3"]
    assert re.findall(r"x-ms-error-code: (\w+)", body) == ["BlobNotFound", "InvalidInput"]
    assert (client.names(), elements(client.listing(), "AccessTier")) == (["g"], ["Cool"])


def test_a_batch_that_is_none_is_refused(client: BlobClient) -> None:
    assert code(client.send("POST", "?comp=batch")) == (400, "InvalidHeaderValue")
    assert batch(client, "?")[0] == 400
    assert batch(client, "?", "no request")[0] == 400


def test_a_batch_knows_an_account_in_the_path() -> None:
    account = Account(seed=1, is_open=True)
    base = f"http://127.0.0.1:10000/{NAME}"
    account.handle(Request("PUT", f"{base}/box?restype=container"))
    account.handle(Request("PUT", f"{base}/box/f", tuple(BLOCK.items())))
    body = b"--mark\r\n\r\nDELETE /box/f HTTP/1.1\r\n\r\n--mark--"
    headers = (("Content-Type", "multipart/mixed; boundary=mark"),)
    answer = account.handle(Request("POST", f"{base}/?comp=batch", headers, body))
    assert b"HTTP/1.1 202 Accepted" in answer.body
