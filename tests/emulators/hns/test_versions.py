"""Versions of blobs: every write makes one, and each can be read, listed, copied from and deleted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.emulators.hns.blob_client import HOST, BlobClient, code, elements, header

ID, CURRENT = "x-ms-version-id", "x-ms-is-current-version"


@pytest.fixture
def client() -> BlobClient:
    return versioned()


def versioned(version: str = "2026-04-06") -> BlobClient:
    return BlobClient(version, is_hierarchical=False, is_versioned=True)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=6))
def test_every_content_that_was_written_can_be_read_by_its_version(contents: list[bytes]) -> None:
    client = versioned()
    made = [header(client.put("f", content), ID) for content in contents]
    assert len(set(made)) == len(made)
    for version, content in zip(made, contents, strict=True):
        answer = client.send("GET", f"box/f?versionid={version}")
        assert (answer.body, header(answer, ID)) == (content, version)
        assert header(answer, CURRENT) == ("true" if version == made[-1] else "")
        assert header(answer, "x-ms-lease-state") == ("available" if version == made[-1] else "")
    assert elements(client.listing("include=versions"), "VersionId") == made


def test_what_changes_the_content_or_metadata_makes_a_version_and_nothing_else_does(client: BlobClient) -> None:
    first = header(client.put("f", b"abc"), ID)
    for query, headers in {
        "comp=tier": {"x-ms-access-tier": "Cool"},
        "comp=properties": {"x-ms-blob-content-type": "text/plain"},
        "comp=lease": {"x-ms-lease-action": "break"},
    }.items():
        assert header(client.send("PUT", f"box/f?{query}", headers), ID) == ""
    assert header(client.send("HEAD", "box/f"), ID) == first
    second = header(client.send("PUT", "box/f?comp=metadata", {"x-ms-meta-a": "1"}), ID)
    third = header(client.copy("f", "f"), ID)
    fourth = header(client.send("PUT", "box/f?comp=snapshot"), ID)
    client.send("PUT", "box/f?comp=block&blockid=AAAA", body=b"x")
    blocks = b"<BlockList><Latest>AAAA</Latest></BlockList>"
    fifth = header(client.send("PUT", "box/f?comp=blocklist", body=blocks), ID)
    made = [first, second, third, fourth, fifth]
    assert made == sorted(set(made))
    assert header(client.send("HEAD", f"box/f?versionid={first}"), "x-ms-meta-a") == ""
    assert header(client.send("HEAD", f"box/f?versionid={second}"), "x-ms-meta-a") == "1"


def test_a_deleted_blob_is_its_versions_and_comes_back_by_a_copy(client: BlobClient) -> None:
    version = header(client.put("f", b"abc"), ID)
    deleted = client.send("DELETE", "box/f")
    assert (deleted.status, header(deleted, "x-ms-delete-type-permanent")) == (202, "false")
    assert code(client.send("GET", "box/f")) == (404, "BlobNotFound")
    assert client.names() == []
    only = client.listing("include=deletedwithversions")
    assert elements(only, "HasVersionsOnly") == ["true"]
    assert elements(client.listing("include=versions"), "IsCurrentVersion") == []
    copied = client.copy(f"f?versionid={version}", "f")
    assert copied.status == 202
    assert client.send("GET", "box/f").body == b"abc"
    assert elements(client.listing("include=versions"), "VersionId") == [version, header(copied, ID)]


def test_a_version_goes_for_good_but_the_current_one_does_not(client: BlobClient) -> None:
    first, second = (header(client.put("f", content), ID) for content in (b"1", b"2"))
    assert code(client.send("DELETE", f"box/f?versionid={second}")) == (403, "OperationNotAllowedOnRootBlob")
    assert client.send("DELETE", f"box/f?versionid={first}").status == 202
    assert code(client.send("GET", f"box/f?versionid={first}")) == (404, "BlobNotFound")
    assert elements(client.listing("include=versions"), "VersionId") == [second]


def test_a_version_that_was_deleted_comes_back_while_retention_lasts(client: BlobClient) -> None:
    client.retain()
    first = header(client.put("f", b"1"), ID)
    client.put("f", b"2")
    client.send("DELETE", f"box/f?versionid={first}")
    listed = client.listing("include=versions,deleted")
    assert elements(listed, "Deleted") == ["true"]
    assert elements(listed, "VersionId")[0] == first
    assert client.send("PUT", "box/f?comp=undelete").status == 200
    assert client.send("GET", f"box/f?versionid={first}").body == b"1"


def test_tiers_and_tags_belong_to_versions(client: BlobClient) -> None:
    first = header(client.put("f", b"1"), ID)
    client.put("f", b"2")
    tags = b"<Tags><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tags>"
    assert client.send("PUT", f"box/f?versionid={first}&comp=tier", {"x-ms-access-tier": "Cool"}).status == 200
    assert client.send("PUT", f"box/f?versionid={first}&comp=tags", body=tags).status == 204
    then, now = client.send("HEAD", f"box/f?versionid={first}"), client.send("HEAD", "box/f")
    assert (header(then, "x-ms-access-tier"), header(then, "x-ms-tag-count")) == ("Cool", "1")
    assert (header(now, "x-ms-access-tier"), header(now, "x-ms-tag-count")) == ("Hot", "")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_id_that_is_no_time_is_refused(client: BlobClient, method: str) -> None:
    client.put("f", b"1")
    said = "" if method == "HEAD" else "InvalidQueryParameterValue"
    assert code(client.send(method, "box/f?versionid=1")) == (400, said)


def test_old_versions_of_the_protocol_and_accounts_without_tell_none() -> None:
    assert header(versioned("2019-07-07").put("f", b"1"), ID) == ""
    assert header(BlobClient(is_hierarchical=False).put("f", b"1"), ID) == ""
    assert header(BlobClient(is_hierarchical=True, is_versioned=True).put("f", b"1"), ID) == ""


def test_an_account_tells_when_its_blobs_were_read() -> None:
    client = BlobClient(is_hierarchical=False, tracks_access=True)
    client.put("f", b"abc")
    written = header(client.send("HEAD", "box/f"), "x-ms-last-access-time")
    client.account.clock.advance(3600)
    client.send("GET", "box/f")
    read = header(client.send("HEAD", "box/f"), "x-ms-last-access-time")
    assert written
    assert read[:16] == written[:16]
    assert read != written
    assert elements(client.listing(), "LastAccessTime") == [read]


def test_a_page_blob_of_a_premium_account_has_a_tier_by_its_size() -> None:
    client = BlobClient(is_hierarchical=False, sku="Premium_LRS")
    client.page_blob("p", 512)
    client.page_blob("q", 300 << 30)
    assert header(client.send("HEAD", "box/p"), "x-ms-access-tier") == "P10"
    assert header(client.send("HEAD", "box/q"), "x-ms-access-tier") == "P20"
    assert elements(client.listing(), "AccessTier") == ["P10", "P20"]
    client.send("PUT", "box/p?comp=tier", {"x-ms-access-tier": "P50"})
    assert elements(client.listing(), "AccessTierInferred") == ["true"]


def test_what_is_archived_is_not_read_and_waits_to_come_back(client: BlobClient) -> None:
    client.put("f", b"abc", {"x-ms-access-tier": "Archive"})
    assert code(client.send("GET", "box/f")) == (409, "BlobArchived")
    asked = client.send("PUT", "box/f?comp=tier", {"x-ms-access-tier": "Cool", "x-ms-rehydrate-priority": "High"})
    assert asked.status == 202
    there = client.send("HEAD", "box/f")
    assert header(there, "x-ms-archive-status") == "rehydrate-pending-to-cool"
    assert header(there, "x-ms-rehydrate-priority") == "High"
    assert elements(client.listing(), "ArchiveStatus") == ["rehydrate-pending-to-cool"]


def test_a_copy_is_made_of_a_version() -> None:
    client = versioned()
    first = header(client.put("f", b"1"), ID)
    client.put("f", b"2")
    source = {"x-ms-copy-source": f"{HOST}/box/f?versionid={first}"}
    client.send("PUT", "box/g", source)
    assert client.send("GET", "box/g").body == b"1"
