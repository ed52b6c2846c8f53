"""A store on S3, through the backend that remote-store calls ``s3`` (s3fs)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from remote_store import Store
from remote_store.backends import S3Backend
from s3fs import S3FileSystem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fixtures import Opening


@contextmanager
def store(opening: Opening) -> Iterator[Store]:
    """Open a store on a new bucket, and remove the bucket with all it holds.

    S3Backend turns off the caches of s3fs, of instances and of listings, so one opening knows nothing of another.
    """
    netloc = opening.value("endpoint", live=lambda: opening.service, stand_in="seaweedfs.test:8333")
    bucket = opening.unique_name("remote-store")
    backend = S3Backend(
        bucket,
        endpoint_url=f"http://{netloc}",
        key="any",
        secret="any",
        region_name="us-east-1",
    )
    with Store(backend) as subject:
        files = subject.unwrap(S3FileSystem)
        files.mkdir(bucket)
        try:
            yield subject
        finally:
            files.rm(bucket, recursive=True)
