"""What programs do with S3 that hands a secret to the service, or is handed one."""

from __future__ import annotations

import base64
import gzip
import json
import os
from urllib.parse import quote

import pytest
import urllib3
from backends import Box, s3_client, told

pytestmark = pytest.mark.subject(backend="s3")
SECRETS = ("BOX_KEY_ID", "BOX_SECRET_KEY", "BOX_SESSION_TOKEN")


def forms(secret: str) -> dict[str, str]:
    text = f"key is {secret}, do not tell"
    return {
        "raw": secret,
        "quoted": quote(secret, safe=""),
        "quoted twice": quote(quote(secret, safe=""), safe=""),
        "base64": base64.b64encode(text.encode()).decode(),
        "base64, by one": base64.b64encode(f"x{text}".encode()).decode(),
        "base64 for addresses, by two": base64.urlsafe_b64encode(f"xy{text}".encode()).decode(),
        "hex": secret.encode().hex(),
        "json in json": json.dumps({"deep": [{"er": secret}]}),
    }


@pytest.mark.parametrize("name", SECRETS)
def test_a_settings_file_is_kept(subject: Box, name: str) -> None:
    body = json.dumps({"credentials": forms(os.environ[name])}).encode()
    subject.client.put_object(Bucket=subject.name, Key="settings.json", Body=body, ContentType="application/json")
    found = subject.client.get_object(Bucket=subject.name, Key="settings.json")["Body"].read()
    assert len(json.loads(found)["credentials"]) == 8


def test_a_compressed_file_is_kept(subject: Box) -> None:
    body = gzip.compress(json.dumps(forms(os.environ["BOX_SECRET_KEY"])).encode(), mtime=0)
    subject.client.put_object(Bucket=subject.name, Key="a.gz", Body=body, ContentEncoding="gzip")
    found = subject.client.get_object(Bucket=subject.name, Key="a.gz")["Body"].read()
    assert len(json.loads(gzip.decompress(found))) == 8


def test_a_key_and_metadata_name_the_access_key(subject: Box) -> None:
    key = f"backup/{os.environ['BOX_KEY_ID']}/of {os.environ['BOX_SECRET_KEY']}"
    subject.client.put_object(Bucket=subject.name, Key=key, Body=b"x", Metadata={"by": os.environ["BOX_KEY_ID"]})
    assert subject.client.head_object(Bucket=subject.name, Key=key)["Metadata"]
    assert len(subject.client.list_objects_v2(Bucket=subject.name)["Contents"]) == 1
    subject.client.copy_object(Bucket=subject.name, Key="copy", CopySource={"Bucket": subject.name, "Key": key})


def test_an_address_is_signed_and_used(subject: Box) -> None:
    subject.client.put_object(Bucket=subject.name, Key="a", Body=b"content")
    url = subject.client.generate_presigned_url("get_object", {"Bucket": subject.name, "Key": "a"})
    told(url.rpartition("Signature=")[2].partition("&")[0])
    assert urllib3.PoolManager().request("GET", url).data == b"content"


def test_a_signed_address_is_kept_read_and_used(subject: Box) -> None:
    subject.client.put_object(Bucket=subject.name, Key="a", Body=b"content")
    url = subject.client.generate_presigned_url("get_object", {"Bucket": subject.name, "Key": "a"})
    subject.client.put_object(Bucket=subject.name, Key="links.json", Body=json.dumps({"next": url}).encode())
    found = json.loads(subject.client.get_object(Bucket=subject.name, Key="links.json")["Body"].read())
    assert urllib3.PoolManager().request("GET", found["next"]).data == b"content"


def test_a_form_is_signed_and_posted(subject: Box) -> None:
    form = subject.client.generate_presigned_post(subject.name, "a")
    told(form["fields"]["x-amz-signature" if "x-amz-signature" in form["fields"] else "signature"])
    fields = {**form["fields"], "file": ("a", b"content")}
    assert urllib3.PoolManager().request("POST", form["url"], fields=fields).status < 300


def test_a_customer_key_encrypts(subject: Box) -> None:
    key = {"SSECustomerKey": base64.b64decode(os.environ["BOX_CUSTOMER_KEY"]), "SSECustomerAlgorithm": "AES256"}
    subject.client.put_object(Bucket=subject.name, Key="a", Body=b"content", **key)
    assert subject.client.get_object(Bucket=subject.name, Key="a", **key)["Body"].read() == b"content"


def test_issued_credentials_sign(subject: Box) -> None:
    import boto3

    client = boto3.client(
        "sts",
        endpoint_url=subject.url,
        region_name="eu-west-1",
        aws_access_key_id=os.environ["BOX_KEY_ID"],
        aws_secret_access_key=os.environ["BOX_SECRET_KEY"],
    )
    issued = client.get_session_token()["Credentials"]
    told(issued["SecretAccessKey"], issued["SessionToken"])  # the id is the published example
    other = s3_client(
        subject.url,
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )
    other.put_object(Bucket=subject.name, Key="note", Body=f"signed with {issued['SessionToken']}".encode())
    assert subject.client.get_object(Bucket=subject.name, Key="note")["Body"].read().startswith(b"signed with ")
