"""What botocore raises, in the words of the suite."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tests.backends.object_store import (
    AlreadyExists,
    InvalidRange,
    NotFound,
    NotModified,
    PreconditionFailed,
    StoreError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ERRORS: dict[str, type[StoreError]] = {
    "304": NotModified,
    "404": NotFound,
    "412": PreconditionFailed,
    "InvalidRange": InvalidRange,
    "NoSuchBucket": NotFound,
    "NoSuchKey": NotFound,
    "PreconditionFailed": PreconditionFailed,
}


@contextmanager
def mapped(*, is_new: bool = False) -> Iterator[None]:
    """Map botocore's errors; a failed condition of a create means that the key exists."""
    try:
        yield
    except ClientError as error:
        sort = ERRORS.get(error.response["Error"]["Code"], StoreError)
        raise (AlreadyExists if is_new and sort is PreconditionFailed else sort)(str(error)) from error
