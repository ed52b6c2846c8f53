"""What the real clients do to blobs and paths, method by method, on accounts of both kinds."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobBlock, BlobServiceClient, ContainerClient
from azure.storage.filedatalake import DataLakeServiceClient, FileSystemClient, RetentionPolicy

from conformance.emulators import hns

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT = bytes(range(256)) * 20


@pytest.fixture(params=[True, False], ids=["hierarchical", "flat"])
def box(request: pytest.FixtureRequest) -> Iterator[ContainerClient]:
    with hns.serve_account(is_hierarchical=request.param) as account:
        small: Any = {"max_single_put_size": 1024, "max_block_size": 1024, "max_single_get_size": 1000}
        service = BlobServiceClient(account.url, credential=account.key, max_chunk_get_size=500, **small)
        yield service.create_container("box")


@pytest.fixture
def lake() -> Iterator[FileSystemClient]:
    with hns.serve_account() as account:
        service = DataLakeServiceClient(account.url, credential=account.key)
        service.set_service_properties(delete_retention_policy=RetentionPolicy(enabled=True, days=2))
        yield service.create_file_system("lake")


def test_content_goes_up_and_comes_down_in_parts(box: ContainerClient) -> None:
    blob = box.upload_blob("d/f", CONTENT, max_concurrency=2, validate_content=True)
    assert blob.download_blob(max_concurrency=2, validate_content=True).readall() == CONTENT
    assert blob.download_blob(offset=700, length=900).readall() == CONTENT[700:1600]
    assert sum(block.size for block in blob.get_block_list("all")[0]) == len(CONTENT)
    blob.stage_block("AAAA", b"1")
    blob.stage_block_from_url("AAAB", box.upload_blob("g", b"23").url + public(box))
    blob.commit_block_list([BlobBlock("AAAB"), BlobBlock("AAAA")], metadata={"a": "1"})
    assert blob.download_blob().readall() == b"231"
    assert blob.get_blob_properties().metadata == {"a": "1"}


def public(box: ContainerClient) -> str:
    """Let anybody read the blobs; return nothing to put behind their URLs."""
    box.set_container_access_policy({}, public_access="blob")
    return ""


def test_who_has_the_lease_writes_and_others_do_not(box: ContainerClient) -> None:
    blob = box.upload_blob("f", b"1")
    lease = blob.acquire_lease(15)
    lease.renew()
    lease.change(str(uuid.uuid4()))
    with pytest.raises(HttpResponseError, match="LeaseIdMissing"):
        blob.set_blob_metadata({})
    blob.set_blob_metadata({"a": "1"}, lease=lease)
    assert lease.break_lease(0) == 0
    blob.set_blob_metadata({"a": "2"})
    assert blob.get_blob_properties().lease.state == "available"


def test_many_are_changed_and_deleted_at_once(box: ContainerClient) -> None:
    for name in "abc":
        box.upload_blob(name, b"1")
    assert [answer.status_code for answer in box.set_standard_blob_tier_blobs("Cool", "a", "b")] == [200, 200]
    assert [blob.blob_tier for blob in box.list_blobs()] == ["Cool", "Cool", "Hot"]
    assert [answer.status_code for answer in box.delete_blobs("a", "c")] == [202, 202]
    assert list(box.list_blob_names()) == ["b"]


def test_a_path_is_made_moved_deleted_and_restored(lake: FileSystemClient) -> None:
    directory = lake.create_directory("d", metadata={"a": "1"}, permissions="rwxr-x--x", umask="0000")
    file = directory.create_file("f")
    file.append_data(b"abc", 0)
    file.append_data(b"def", 3, flush=True, validate_content=True)
    assert file.download_file(offset=1, length=3).readall() == b"bcd"
    moved = directory.rename_directory("lake/e")
    assert moved.get_directory_properties().metadata["a"] == "1"
    assert moved.get_access_control()["permissions"] == "rwxr-x--x"
    counted = moved.update_access_control_recursive("user::rwx,group::r-x,other::rwx", batch_size=1).counters
    assert counted is not None
    assert (counted.directories_successful, counted.files_successful, counted.failure_count) == (1, 1, 0)
    moved.delete_directory()
    deleted = list(lake.list_deleted_paths())
    assert [path.name for path in deleted] == ["e"]
    lake._undelete_path("e", str(deleted[0].deletion_id))
    assert [path.name for path in lake.get_paths()] == ["e", "e/f"]
    assert lake.get_file_client("e/f").download_file().readall() == b"abcdef"


def test_data_comes_with_actions_on_the_lease(lake: FileSystemClient) -> None:
    file, held = lake.create_file("f"), str(uuid.uuid4())
    file.append_data(b"1", 0, lease_action="acquire", lease_duration=60, lease=held)
    with pytest.raises(HttpResponseError, match="LeaseIdMissing"):
        file.append_data(b"2", 1)
    file.append_data(b"2", 1, lease_action="auto-renew", lease=held)
    file.flush_data(2, lease_action="release", lease=held)
    assert file.get_file_properties().lease.state == "available"
    assert file.download_file().readall() == b"12"


def test_versions_are_listed_read_and_brought_back() -> None:
    with hns.serve_account(is_hierarchical=False, is_versioned=True) as account:
        box = BlobServiceClient(account.url, credential=account.key).create_container("box")
        blob = box.upload_blob("f", b"1")
        box.upload_blob("f", b"2", overwrite=True)
        versions = [(one.version_id, one.is_current_version) for one in box.list_blobs(include=["versions"])]
        assert [is_current for _, is_current in versions] == [None, True]
        first = str(versions[0][0])
        assert blob.download_blob(version_id=first).readall() == b"1"
        blob.delete_blob()
        assert [one.has_versions_only for one in box.list_blobs(include=["deletedwithversions"])] == [True]
        blob.start_copy_from_url(f"{blob.url}?versionid={first}")
        assert blob.download_blob().readall() == b"1"
        blob.delete_blob(version_id=first)
        assert first not in {one.version_id for one in box.list_blobs(include=["versions"])}
