"""Writes of blobs: kinds, snapshots, deletion and what is said of a blob."""

from __future__ import annotations

import pytest

from conformance.cassette import Request
from tests.emulators.hns.blob_client import APPEND, BLOCK, HOST, BlobClient, code, elements, header

HELD = "00000000-0000-4000-8000-00000000000a"
ACQUIRE = {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1", "x-ms-proposed-lease-id": HELD}


@pytest.fixture
def client() -> BlobClient:
    return BlobClient()


@pytest.fixture
def flat() -> BlobClient:
    return BlobClient(is_hierarchical=False)


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({}, b"", (400, "MissingRequiredHeader")),
        ({"x-ms-blob-type": "Blob"}, b"", (400, "InvalidHeaderValue")),
        (APPEND, b"abc", (400, "InvalidBlobType")),
        ({"x-ms-blob-type": "PageBlob"}, b"", (400, "MissingRequiredHeader")),
        ({"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "100"}, b"", (400, "InvalidHeaderValue")),
        ({"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": str(9 << 40)}, b"", (400, "InvalidHeaderValue")),
        (BLOCK | {"x-ms-access-tier": "Warm"}, b"", (400, "InvalidHeaderValue")),
        (BLOCK | {"x-ms-tags": "a%21=b"}, b"", (400, "InvalidTag")),
        (BLOCK | {"If-Match": '"0x1"'}, b"", (412, "ConditionNotMet")),
    ],
)
def test_a_blob_that_cannot_be_made_is_refused(
    client: BlobClient, headers: dict[str, str], body: bytes, said: tuple[int, str]
) -> None:
    assert code(client.send("PUT", "box/f", headers, body)) == said
    assert client.send("HEAD", "box/f").status == 404


def test_a_blob_is_made_once_where_it_must_not_be_there(client: BlobClient) -> None:
    assert client.put("f", b"1", {"If-None-Match": "*"}).status == 201
    assert code(client.put("f", b"2", {"If-None-Match": "*"})) == (409, "BlobAlreadyExists")
    assert client.send("GET", "box/f").body == b"1"


def test_who_holds_a_lease_makes_it_all_the_same(client: BlobClient) -> None:
    client.put("f", b"1")
    client.send("PUT", "box/f?comp=lease", ACQUIRE)
    assert code(client.put("f", b"2")) == (412, "LeaseIdMissing")
    assert client.put("f", b"2", {"If-None-Match": "*", "x-ms-lease-id": HELD}).status == 201
    assert code(client.put("f", b"2", {"If-None-Match": "*"})) == (412, "LeaseIdMissing")
    assert header(client.send("HEAD", "box/f"), "x-ms-lease-duration") == "infinite"


def test_a_name_can_be_too_long(client: BlobClient) -> None:
    assert code(client.put("f" * 1025)) == (400, "InvalidResourceName")


def test_a_blob_does_not_take_the_place_of_a_directory(client: BlobClient) -> None:
    client.put("d/f")
    assert code(client.put("d")) == (409, "ResourceTypeMismatch")
    assert code(client.send("PUT", "box/d?comp=block&blockid=AAAA", body=b"a")) == (409, "InvalidBlobType")
    assert code(client.copy("d", "e")) == (409, "InvalidSourceBlobType")


def test_settings_come_back_with_every_read(client: BlobClient) -> None:
    settings = {"cache-control": "no-cache", "content-encoding": "gzip", "content-language": "nl"}
    asked = {f"x-ms-blob-{name}": value for name, value in settings.items()}
    client.put("f", b"abc", asked | {"Content-Type": "text/plain", "x-ms-blob-content-disposition": ""})
    got = client.send("GET", "box/f")
    assert {name: header(got, name) for name in settings} == settings
    assert header(got, "content-type") == "text/plain"
    assert "Content-Disposition" in dict(got.headers)
    client.send("PUT", "box/f?comp=properties")
    assert not {"Cache-Control", "Content-Type", "Content-MD5"} & dict(client.send("HEAD", "box/f").headers).keys()


def test_what_is_said_of_a_directory_depends_on_the_version() -> None:
    said = {}
    for version in ("2019-02-02", "2020-06-12", "2020-10-02", "2026-04-06"):
        client = BlobClient(version)
        client.put("d/f")
        headers = {name.lower() for name, _ in client.send("HEAD", "box/d").headers}
        said[version] = headers & {"x-ms-owner", "x-ms-permissions", "x-ms-resource-type", "x-ms-acl", "content-type"}
    assert said == {
        "2019-02-02": set(),
        "2020-06-12": {"x-ms-owner", "x-ms-permissions"},
        "2020-10-02": {"x-ms-owner", "x-ms-permissions", "x-ms-resource-type"},
        "2026-04-06": {"x-ms-owner", "x-ms-permissions", "x-ms-resource-type", "x-ms-acl"},
    }


def test_the_oldest_version_says_little() -> None:
    client = BlobClient("2009-09-19")
    client.put("f", b"abc")
    named = {name.lower() for name, _ in client.send("HEAD", "box/f").headers}
    assert not named & {"x-ms-creation-time", "x-ms-server-encrypted", "x-ms-access-tier"}
    assert header(client.put("f", b"abc"), "x-ms-content-crc64") == ""


def test_metadata_is_replaced_as_a_whole(client: BlobClient) -> None:
    client.put("f", b"", {"x-ms-meta-Old": "1"})
    client.send("PUT", "box/f?comp=metadata", {"x-ms-meta-New": "2"})
    got = client.send("HEAD", "box/f?comp=metadata")
    assert (header(got, "x-ms-meta-old"), header(got, "x-ms-meta-new")) == ("", "2")


def test_a_snapshot_keeps_what_a_blob_was(client: BlobClient) -> None:
    client.put("f", b"before", {"x-ms-meta-a": "1"})
    plain = client.send("PUT", "box/f?comp=snapshot")
    client.put("f", b"after")
    renamed = client.send("PUT", "box/f?comp=snapshot", {"x-ms-meta-a": "2"})
    got = client.send("GET", f"box/f?snapshot={header(plain, 'x-ms-snapshot')}")
    assert (got.body, header(got, "x-ms-meta-a"), header(got, "x-ms-lease-state")) == (b"before", "1", "")
    got = client.send("GET", f"box/f?snapshot={header(renamed, 'x-ms-snapshot')}")
    assert (got.body, header(got, "x-ms-meta-a")) == (b"after", "2")
    assert elements(client.listing("include=snapshots"), "Snapshot") == [
        header(plain, "x-ms-snapshot"),
        header(renamed, "x-ms-snapshot"),
    ]
    assert code(client.send("GET", "box/f?snapshot=2026-01-01T00:00:00.0000000Z")) == (404, "BlobNotFound")
    assert code(client.send("GET", "box/g?snapshot=2026-01-01T00:00:00.0000000Z")) == (404, "BlobNotFound")
    assert code(client.send("GET", "box/f?snapshot=1")) == (400, "InvalidQueryParameterValue")
    assert code(client.send("PUT", "box/f?comp=lease&snapshot=1", ACQUIRE)) == (404, "BlobNotFound")


def test_a_scope_is_told_by_who_takes_a_snapshot(client: BlobClient) -> None:
    client.put("f", b"", {"x-ms-encryption-scope": "one"})
    assert code(client.send("PUT", "box/f?comp=snapshot")) == (409, "BlobUsesCustomerSpecifiedEncryption")
    assert client.send("PUT", "box/f?comp=snapshot", {"x-ms-encryption-scope": "one"}).status == 201
    assert header(client.send("GET", "box/f"), "x-ms-encryption-scope") == "one"
    assert elements(client.listing(), "EncryptionScope") == ["one"]


def test_snapshots_go_when_the_request_says_so(client: BlobClient) -> None:
    client.put("f")
    first = header(client.send("PUT", "box/f?comp=snapshot"), "x-ms-snapshot")
    client.send("PUT", "box/f?comp=snapshot")
    assert code(client.send("DELETE", "box/f")) == (409, "SnapshotsPresent")
    assert code(client.send("DELETE", "box/f", {"x-ms-delete-snapshots": "some"})) == (400, "InvalidHeaderValue")
    assert client.send("DELETE", f"box/f?snapshot={first}").status == 202
    assert len(elements(client.listing("include=snapshots"), "Snapshot")) == 1
    assert client.send("DELETE", "box/f", {"x-ms-delete-snapshots": "only"}).status == 202
    assert (client.names("include=snapshots"), client.send("DELETE", "box/f").status) == (["f"], 202)
    client.put("f")
    client.send("PUT", "box/f?comp=snapshot")
    assert client.send("DELETE", "box/f", {"x-ms-delete-snapshots": "include"}).status == 202
    assert client.names("include=snapshots") == []


def test_what_is_deleted_without_a_hierarchy_comes_back_with_its_snapshots(flat: BlobClient) -> None:
    flat.retain()
    flat.put("f", b"1")
    flat.send("PUT", "box/f?comp=snapshot")
    answer = flat.send("DELETE", "box/f", {"x-ms-delete-snapshots": "include"})
    assert (header(answer, "x-ms-delete-type-permanent"), flat.names()) == ("false", [])
    assert flat.names("include=deleted,snapshots") == ["f", "f"]
    assert elements(flat.listing("include=deleted"), "RemainingRetentionDays") == ["2"]
    assert flat.send("PUT", "box/f?comp=undelete").status == 200
    assert (flat.send("GET", "box/f").body, flat.names("include=snapshots")) == (b"1", ["f", "f"])
    assert code(flat.send("PUT", "box/g?comp=undelete")) == (404, "BlobNotFound")


def test_what_is_overwritten_without_a_hierarchy_comes_back_as_a_snapshot(flat: BlobClient) -> None:
    flat.retain()
    flat.put("f", b"before")
    flat.put("f", b"after")
    flat.send("PUT", "box/f?comp=undelete")
    (time,) = elements(flat.listing("include=snapshots"), "Snapshot")
    assert flat.send("GET", f"box/f?snapshot={time}").body == b"before"


def test_what_is_deleted_in_a_hierarchy_comes_back_by_the_id_of_its_deletion(client: BlobClient) -> None:
    client.retain()
    client.put("d/f", b"abc")
    client.send("DELETE", "box/d/f")
    deletion = elements(client.listing("showonly=deleted"), "DeletionId")[0]
    source = {"x-ms-undelete-source": f"d/f?deletionid={deletion}"}
    client.put("d/g")
    assert code(client.send("PUT", "box/d/g?comp=undelete", source)) == (409, "BlobAlreadyExists")
    assert header(client.send("PUT", "box/n/f?comp=undelete", source), "x-ms-resource-type") == "file"
    assert client.send("GET", "box/n/f").body == b"abc"
    assert code(client.send("PUT", "box/o?comp=undelete", source)) == (404, "BlobNotFound")


def test_what_was_deleted_goes_for_good_when_its_time_is_over(flat: BlobClient) -> None:
    flat.retain(days=1)
    flat.put("f")
    flat.send("DELETE", "box/f")
    flat.account.clock.advance(86_401)
    assert flat.names("include=deleted") == []


def test_a_directory_that_the_other_endpoint_deleted_comes_back_with_what_was_in_it(client: BlobClient) -> None:
    client.retain()
    client.put("d/e/f", b"abc")
    client.send("PUT", "box/d/staged?comp=block&blockid=AAAA", body=b"a")
    target = f"{HOST.replace('.blob.', '.dfs.')}/box/d?recursive=true"
    assert client.account.handle(Request("DELETE", target, (("x-ms-version", "2026-04-06"),))).status == 200
    (deletion,) = elements(client.listing("showonly=deleted"), "DeletionId")
    source = {"x-ms-undelete-source": f"d?deletionid={deletion}"}
    assert header(client.send("PUT", "box/n?comp=undelete", source), "x-ms-resource-type") == "directory"
    assert client.send("GET", "box/n/e/f").body == b"abc"


@pytest.mark.parametrize(
    ("headers", "sequence"),
    [
        ({"x-ms-sequence-number-action": "increment"}, "6"),
        ({"x-ms-sequence-number-action": "max", "x-ms-blob-sequence-number": "3"}, "5"),
        ({"x-ms-sequence-number-action": "update", "x-ms-blob-sequence-number": "3"}, "3"),
        ({"x-ms-blob-content-length": "512"}, "5"),
    ],
)
def test_a_page_blob_is_numbered_and_resized(client: BlobClient, headers: dict[str, str], sequence: str) -> None:
    kind = {"x-ms-blob-type": "PageBlob", "x-ms-blob-content-length": "1024", "x-ms-blob-sequence-number": "5"}
    client.send("PUT", "box/p", kind | {"Content-Type": "text/plain"})
    assert header(client.send("PUT", "box/p?comp=properties", headers), "x-ms-blob-sequence-number") == sequence
    assert header(client.send("HEAD", "box/p"), "content-type") == "text/plain"


def test_a_number_that_is_none_is_refused(client: BlobClient) -> None:
    client.page_blob("p", 512)
    update = {"x-ms-sequence-number-action": "update"}
    assert code(client.send("PUT", "box/p?comp=properties", update)) == (400, "InvalidHeaderValue")
    client.put("f")
    assert code(client.send("PUT", "box/f?comp=properties", update)) == (409, "InvalidBlobType")


def test_a_tier_is_told_from_one_that_is_inferred(client: BlobClient) -> None:
    client.put("f", b"", {"x-ms-access-tier": "Cool"})
    got = client.send("HEAD", "box/f")
    assert (header(got, "x-ms-access-tier"), header(got, "x-ms-access-tier-inferred")) == ("Cool", "")
    assert client.send("PUT", "box/f?comp=tier", {"x-ms-access-tier": "Archive"}).status == 200
    assert elements(client.listing(), "AccessTier") == ["Archive"]
    assert len(elements(client.listing(), "AccessTierChangeTime")) == 1
    assert code(client.send("PUT", "box/f?comp=tier", {"x-ms-access-tier": "P10"})) == (400, "InvalidBlobTier")
    assert code(client.send("PUT", "box/f?comp=tier")) == (400, "MissingRequiredHeader")
    client.page_blob("p", 0)
    client.send("PUT", "box/p?comp=tier", {"x-ms-access-tier": "P10"})
    got = client.send("HEAD", "box/p")
    assert (header(got, "x-ms-access-tier"), header(got, "x-ms-access-tier-change-time")) == ("P10", "")
    assert elements(client.listing("prefix=p"), "AccessTier") == ["P10"]


TAGS = "<Tags><TagSet><Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>x y</Value></Tag></TagSet></Tags>"


def test_tags_are_set_read_listed_and_found(flat: BlobClient) -> None:
    flat.put("f", b"", {"x-ms-tags": "a=0"})
    flat.put("g")
    etag = header(flat.send("HEAD", "box/f"), "etag")
    assert flat.send("PUT", "box/f?comp=tags", body=b"<Tags><TagSet /></Tags>").status == 204
    assert header(flat.send("HEAD", "box/f"), "x-ms-tag-count") == ""
    assert flat.send("PUT", "box/f?comp=tags", body=TAGS.encode()).status == 204
    assert flat.send("GET", "box/f?comp=tags").body.decode().endswith(TAGS)
    got = flat.send("HEAD", "box/f")
    assert (header(got, "x-ms-tag-count"), header(got, "etag")) == ("2", etag)
    assert elements(flat.listing("include=tags"), "Key") == ["a", "b"]
    assert elements(flat.send("GET", "?comp=blobs&where=a%3D%271%27"), "Name") == ["f"]
    assert elements(flat.send("GET", "box?restype=container&comp=blobs&where=a%3D%272%27"), "Name") == []
    assert code(flat.send("GET", "?comp=blobs")) == (400, "MissingRequiredQueryParameter")
    assert code(flat.send("GET", "?comp=blobs&where=a")) == (400, "InvalidQueryParameterValue")


def test_found_blobs_come_page_by_page(flat: BlobClient) -> None:
    for name in ("f", "g"):
        flat.put(name, b"", {"x-ms-tags": "a=1"})
    where = "?comp=blobs&maxresults=1&where=%40container%3D%27box%27%20and%20%22a%22%3D%271%27"
    first = flat.send("GET", where)
    (marker,) = elements(first, "NextMarker")
    assert elements(first, "Name") + elements(flat.send("GET", f"{where}&marker={marker}"), "Name") == ["f", "g"]


@pytest.mark.parametrize(
    ("expression", "status"),
    [
        ("a = '1'", 200),
        ("a = '2'", 412),
        ("a <> '1' OR b >= 'x'", 200),
        ("a = '1' AND c = '1'", 412),
        ("a = '1' AND b = 'x y' OR c = '1'", 200),
        ("nothing", 400),
    ],
)
def test_a_condition_is_about_tags(client: BlobClient, expression: str, status: int) -> None:
    client.put("f", b"", {"x-ms-tags": "a=1&b=x%20y"})
    assert client.send("GET", "box/f", {"x-ms-if-tags": expression}).status == status
    assert client.put("f", b"", {"x-ms-if-tags": expression}).status == (201 if status == 200 else status)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<Tags />", "InvalidXmlDocument"),
        ("no xml", "InvalidXmlDocument"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Tags><TagSet /></Tags>', "InvalidXmlDocument"),
        (TAGS.replace("<Key>b", "<Key>a"), "InvalidTag"),
    ],
)
def test_tags_that_are_none_are_refused(client: BlobClient, body: str, said: str) -> None:
    client.put("f")
    assert code(client.send("PUT", "box/f?comp=tags", body=body.encode())) == (400, said)


@pytest.mark.parametrize(
    ("option", "time", "goes"),
    [
        ("RelativeToNow", "1000", True),
        ("RelativeToCreation", "1000", True),
        ("Absolute", "Thu, 01 Jan 2026 00:01:00 GMT", True),
        ("NeverExpire", "", False),
    ],
)
def test_a_file_goes_when_its_time_is_over(client: BlobClient, option: str, time: str, *, goes: bool) -> None:
    client.put("f")
    asked = {"x-ms-expiry-option": option} | ({"x-ms-expiry-time": time} if time else {})
    assert client.send("PUT", "box/f?comp=expiry", asked).status == 200
    assert bool(elements(client.listing(), "Expiry-Time")) == goes
    client.account.clock.advance(120)
    assert client.send("HEAD", "box/f").status == (404 if goes else 200)


@pytest.mark.parametrize("time", ["Thu, 01 Jan 2025 00:01:00 GMT", "soon"])
def test_a_time_that_is_none_to_come_is_refused(client: BlobClient, time: str) -> None:
    client.put("f")
    asked = {"x-ms-expiry-option": "Absolute", "x-ms-expiry-time": time}
    assert code(client.send("PUT", "box/f?comp=expiry", asked)) == (400, "InvalidHeaderValue")
    asked = {"x-ms-expiry-option": "RelativeToNow", "x-ms-expiry-time": time}
    assert code(client.send("PUT", "box/f?comp=expiry", asked)) == (400, "InvalidHeaderValue")


def test_only_files_of_a_hierarchy_go_by_themselves(client: BlobClient, flat: BlobClient) -> None:
    client.put("d/f")
    asked = {"x-ms-expiry-option": "NeverExpire"}
    assert code(client.send("PUT", "box/d?comp=expiry", asked)) == (400, "ExpiryNotSupportedForDirectory")
    flat.put("f")
    assert code(flat.send("PUT", "box/f?comp=expiry", asked)) == (409, "FeatureNotSupportedForAccount")
