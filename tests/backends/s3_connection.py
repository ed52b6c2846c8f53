"""How every S3 client of this repository is connected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiobotocore.session import AioSession
from botocore.config import Config

if TYPE_CHECKING:
    from conformance.fixtures import Opening

REGION = "us-east-1"
SESSION = AioSession()  # keeps the service models that every new session would read anew
OPTIONS = {"s3": {"addressing_style": "path"}, "retries": {"total_max_attempts": 1}}


def connection(opening: Opening) -> dict[str, Any]:
    """Return the arguments of a client.

    An emulator takes any credentials, and its address is another in each run; a live account has its own of both.
    """
    if "live" in opening.fixture.family:
        key = opening.env("AWS_ACCESS_KEY_ID", stand_in="AKIAIOSFODNN7EXAMPLE")
        secret = opening.env("AWS_SECRET_ACCESS_KEY", stand_in="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        url = f"https://s3.{REGION}.amazonaws.com"
    else:
        key = secret = "conformance"
        netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in="s3.test:8333")
        url = f"http://{netloc}"
    return {"endpoint_url": url, "region_name": REGION, "aws_access_key_id": key, "aws_secret_access_key": secret}


def config() -> Config:
    """Return the options of a botocore client: one attempt, and addresses that work on every server."""
    return Config(**OPTIONS)
