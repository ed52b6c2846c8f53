"""A batch as the client of a loopback address writes it: the account stands in front of the path of each request."""

from __future__ import annotations

from azure.storage.blob import BlobServiceClient

from conformance.emulators.hns import serve_account


def test_what_is_in_a_batch_is_deleted_and_the_rest_is_missed() -> None:
    with serve_account() as served, BlobServiceClient.from_connection_string(served.connection_string) as client:
        container = client.create_container("box")
        container.upload_blob("a", b"1")
        answers = container.delete_blobs("a", "b", raise_on_any_failure=False)
        assert [each.status_code for each in answers] == [202, 404]
