"""What programs do with Azure Blob that hands a secret to the service, or is handed one."""

from __future__ import annotations

import base64
import datetime as dt
import os

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, BlobSasPermissions, BlobServiceClient, generate_blob_sas
from backends import Box, told

pytestmark = pytest.mark.subject(backend="blob")


def sas(subject: Box, name: str) -> str:
    token = generate_blob_sas(
        os.environ["BOX_ACCOUNT"],
        subject.name,
        name,
        account_key=os.environ["BOX_ACCOUNT_KEY"],
        permission=BlobSasPermissions(read=True),
        start=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5),
        expiry=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1),
    )
    told(token.rpartition("sig=")[2].partition("&")[0])
    return str(token)


def test_a_connection_string_is_kept(subject: Box) -> None:
    key = os.environ["BOX_ACCOUNT_KEY"]
    text = f"DefaultEndpointsProtocol=https;AccountName={os.environ['BOX_ACCOUNT']};AccountKey={key};"
    body = f"{text}\n{base64.b64encode(f'x{text}'.encode()).decode()}\n{base64.b64decode(key).hex()}".encode()
    blob = subject.client.get_blob_client(subject.name, "settings")
    blob.upload_blob(body, metadata={"account": os.environ["BOX_ACCOUNT"]})
    assert blob.download_blob().readall().startswith(b"DefaultEndpointsProtocol")
    assert [each.name for each in subject.client.get_container_client(subject.name).list_blobs()] == ["settings"]


def test_a_shared_address_is_read(subject: Box) -> None:
    subject.client.get_blob_client(subject.name, "a").upload_blob(b"content")
    with BlobClient.from_blob_url(f"{subject.url}/{subject.name}/a?{sas(subject, 'a')}", retry_total=0) as blob:
        assert blob.download_blob().readall() == b"content"


def test_a_shared_address_is_copied(subject: Box) -> None:
    subject.client.get_blob_client(subject.name, "a").upload_blob(b"content")
    copy = subject.client.get_blob_client(subject.name, "b")
    copy.start_copy_from_url(f"{subject.url}/{subject.name}/a?{sas(subject, 'a')}")
    assert copy.get_blob_properties().copy.status == "success"


def test_blobs_are_deleted_in_a_batch(subject: Box) -> None:
    container = subject.client.get_container_client(subject.name)
    for name in ("a", "b"):
        container.upload_blob(name, b"content")
    assert [answer.status_code for answer in container.delete_blobs("a", "b")] == [202, 202]


@pytest.mark.subject(backend="blob", expects=[403])
def test_another_key_is_refused(subject: Box) -> None:
    other = base64.b64encode(bytes(64)).decode()
    with BlobServiceClient(subject.url, credential=other, retry_total=0) as client, pytest.raises(HttpResponseError):
        client.get_container_client(subject.name).get_container_properties()
