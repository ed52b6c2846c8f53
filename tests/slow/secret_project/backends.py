"""Clients that take their credentials from the environment, when recording and in replay."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fixtures import Opening


@dataclass(frozen=True)
class Box:
    """A client, the name of its bucket or container, and where it is."""

    client: Any
    name: str
    url: str


def told(*secrets: str) -> None:
    """Write down what a service issued, outside the project, for who looks for it."""
    if "BOX_ISSUED" in os.environ:
        with Path(os.environ["BOX_ISSUED"]).open("a", encoding="utf-8") as file:
            file.writelines(f"{secret}\n" for secret in secrets)


def s3_client(url: str, **credentials: str) -> Any:
    import boto3
    from botocore.config import Config

    options = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=url, region_name="eu-west-1", config=options, **credentials)


@contextmanager
def s3(opening: Opening) -> Iterator[Box]:
    netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in="127.0.0.1:5000")
    client = s3_client(
        f"http://{netloc}",
        aws_access_key_id=os.environ["BOX_KEY_ID"],
        aws_secret_access_key=os.environ["BOX_SECRET_KEY"],
        aws_session_token=os.environ["BOX_SESSION_TOKEN"],
    )
    name = opening.unique_name("box")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield Box(client, name, f"http://{netloc}")


@contextmanager
def blob(opening: Opening) -> Iterator[Box]:
    from azure.storage.blob import BlobServiceClient

    netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in="127.0.0.1:10000")
    url = f"http://{netloc}/{os.environ['BOX_ACCOUNT']}"
    with BlobServiceClient(url, credential=os.environ["BOX_ACCOUNT_KEY"], retry_total=0) as client:
        name = opening.unique_name("box")
        client.create_container(name)
        yield Box(client, name, url)
