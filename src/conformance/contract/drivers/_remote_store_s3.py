"""The S3 backend of remote-store on a bucket of its own."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from aiobotocore.session import AioSession
from fsspec.asyn import sync
from remote_store.backends import S3Backend
from s3fs import S3FileSystem

from conformance.contract.drivers._botocore import SETTINGS, creation
from conformance.contract.drivers._fsspec_s3 import settle
from conformance.contract.drivers._s3 import connection_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract import Opening


@cache
def _session() -> AioSession:
    """Return what keeps the models of services: reading them takes longer than most programs."""
    return AioSession()


@contextmanager
def on_a_bucket(opening: Opening) -> Iterator[S3Backend]:
    """Open a backend on a new bucket, and remove it with all it holds."""
    connection, name = connection_of(opening, driver="remote_store"), opening.unique_name("conformance")
    backend = S3Backend(
        name,
        endpoint_url=connection.endpoint,
        key=connection.access_key,
        secret=connection.secret_key,
        region_name=connection.region,
        client_options={"config_kwargs": SETTINGS},
    )
    files = backend.unwrap(S3FileSystem)
    files.session = _session()
    settle(files)
    try:
        files.call_s3("create_bucket", **creation(connection, name))
        try:
            yield backend
        finally:
            with suppress(Exception):  # a program is not to fail for what it left
                _remove(files, name)
    finally:
        backend.close()
        sync(files.loop, files.s3.__aexit__, None, None, None)  # whatever loop the caller runs on


def _remove(files: Any, bucket: str) -> None:
    more: dict[str, str] = {}
    while True:
        page = files.call_s3("list_objects_v2", Bucket=bucket, **more)
        for found in page.get("Contents", []):
            files.call_s3("delete_object", Bucket=bucket, Key=found["Key"])
        if not page.get("IsTruncated"):
            break
        more = {"ContinuationToken": page["NextContinuationToken"]}
    files.call_s3("delete_bucket", Bucket=bucket)
