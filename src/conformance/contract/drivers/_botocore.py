"""What boto3 and aiobotocore have of botocore: its settings and its errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ProxyConnectionError,
    ReadTimeoutError,
)

from conformance.contract._api import NotOffered, Refused, Unreachable
from conformance.contract.drivers._s3 import CONNECT_S, OUTAGES, READ_S, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.drivers._s3 import Connection

NO_ANSWER = (
    ConnectTimeoutError,
    ConnectionClosedError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
)

#: Addresses that work on every server, and one attempt: a retry would hide what a service does.
SETTINGS: dict[str, Any] = {
    "connect_timeout": CONNECT_S,
    "read_timeout": READ_S,
    "retries": {"total_max_attempts": 1},
    "s3": {"addressing_style": "path"},
}


def arguments_of(connection: Connection) -> dict[str, str]:
    """Return what a client is made with, beside its settings."""
    return {
        "endpoint_url": connection.endpoint,
        "region_name": connection.region,
        "aws_access_key_id": connection.access_key,
        "aws_secret_access_key": connection.secret_key,
    }


def creation(connection: Connection, bucket: str) -> dict[str, Any]:
    """Return the arguments that make a bucket: every region but the first is named."""
    found: dict[str, Any] = {"Bucket": bucket}
    if connection.region != "us-east-1":
        found["CreateBucketConfiguration"] = {"LocationConstraint": connection.region}
    return found


@contextmanager
def mapped(*, create_only: bool = False) -> Iterator[None]:
    """Map what botocore raises; an error that neither the word nor the status tells of goes on as it is.

    Args:
        create_only: Whether a condition that fails means that there is such an object already.

    Raises:
        Refused: The service refused.
        NotOffered: botocore does not send the arguments: an empty key, metadata that is not ASCII.
        Unreachable: There was no answer, or one that says the service does not work just now.
    """
    try:
        yield
    except NO_ANSWER as error:
        raise Unreachable(str(error)) from error
    except ParamValidationError as error:
        raise NotOffered(str(error)) from error
    except ClientError as error:
        raise _refusal(error, create_only=create_only) from error


def _refusal(error: Any, *, create_only: bool) -> Exception:
    code = str(error.response["Error"]["Code"])
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    kind = kind_of(code, status)
    if code in OUTAGES:
        return Unreachable(str(error))
    if not kind:
        raise error
    if create_only and kind == "precondition_failed":
        kind = "already_exists"
    return Refused(kind, status=status, code=code, detail=str(error))
