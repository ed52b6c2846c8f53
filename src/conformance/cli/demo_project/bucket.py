"""How the subject is opened: a boto3 client and a new bucket, on whatever server the fixture names."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fixtures import Opening


@contextmanager
def moto() -> Iterator[str]:
    """Run an S3 server in this process; yield its address."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415  (not needed in replay)

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"{host}:{port}"
    finally:
        server.stop()


@contextmanager
def store(opening: Opening) -> Iterator[Bucket]:
    """Open a new bucket for one test; in replay the same code runs on stand-ins."""
    netloc = opening.value("endpoint", live=lambda: str(opening.service), stand_in="s3.test:8333")
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{netloc}",
        region_name="us-east-1",
        aws_access_key_id="demo",
        aws_secret_access_key="demo",  # noqa: S106  (moto takes any)
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
    name = opening.unique_name("demo")
    client.create_bucket(Bucket=name)
    yield Bucket(client, name)
    client.close()


class Bucket:
    """A client with its bucket filled in."""

    def __init__(self, client: Any, name: str) -> None:
        """Take both."""
        self.client = client
        self.name = name

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call an operation of the client."""
        answer: dict[str, Any] = getattr(self.client, operation)(Bucket=self.name, **arguments)
        return answer
