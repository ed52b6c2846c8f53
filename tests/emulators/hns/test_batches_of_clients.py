"""A batch as the client of a loopback address writes it: the account stands in front of the path of each request."""

from __future__ import annotations

from azure.storage.blob import BlobServiceClient

from conformance.emulators.hns import serve_account
from tests.emulators.hns.blob_client import BlobClient


def test_what_is_in_a_batch_is_deleted_and_the_rest_is_missed() -> None:
    with serve_account() as served, BlobServiceClient.from_connection_string(served.connection_string) as client:
        container = client.create_container("box")
        container.upload_blob("a", b"1")
        answers = container.delete_blobs("a", "b", raise_on_any_failure=False)
        assert [each.status_code for each in answers] == [202, 404]


def test_an_answer_in_a_batch_is_written_as_the_service_writes_it() -> None:
    client = BlobClient()
    client.put("f", b"1")
    parts = "".join(
        f"--b\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n"
        f"DELETE /box/{name} HTTP/1.1\r\nx-ms-client-request-id: mine\r\n\r\n\r\n"
        for number, name in enumerate(("f", "g"))
    )
    headers = {"Content-Type": "multipart/mixed; boundary=b"}
    answer = client.send("POST", "box?restype=container&comp=batch", headers, f"{parts}--b--\r\n".encode())
    good, bad = (part.split("\r\n") for part in answer.body.decode().split("--batchresponse_")[1:3])
    assert "HTTP/1.1 202 Accepted" in good
    assert "HTTP/1.1 404 The specified blob does not exist." in bad
    for lines in (good, bad):
        assert {"x-ms-client-request-id: mine", "Server: Windows-Azure-Blob/1.0"} <= set(lines)
    assert any("?>\n<Error>" in line for line in bad)
