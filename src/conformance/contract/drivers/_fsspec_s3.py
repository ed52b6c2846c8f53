"""What s3fs is opened with beside its own options, how its buckets come and go, and how its connections end."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from aiobotocore.session import AioSession

from conformance.contract.drivers._s3 import CONNECT_S, READ_S, REGION

if TYPE_CHECKING:
    from conformance.contract import Opening

ATTEMPTS = 1


@cache
def _session() -> AioSession:
    """Return what keeps the models of services: reading them takes longer than most programs."""
    return AioSession()


def options_of(opening: Opening) -> dict[str, Any]:
    """Return the storage options of s3fs: one attempt, and the address of the fixture's service where it has one."""
    settings = {
        "connect_timeout": CONNECT_S,
        "read_timeout": READ_S,
        "region_name": REGION,
        "retries": {"total_max_attempts": ATTEMPTS},
        "s3": {"addressing_style": "path"},
    }
    found: dict[str, Any] = {"config_kwargs": settings, "session": _session()}
    if opening.has_service:
        netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in="s3.test:8333")
        found |= {"endpoint_url": f"http://{netloc}", "key": "conformance", "secret": "conformance"}
    return found


def settle(files: Any) -> None:
    """Have s3fs try each call once: a second attempt would hide what a service does."""
    files.retries = ATTEMPTS


def make(files: Any, root: str) -> None:
    """Make the bucket of a subject; what is below one that is given needs no making."""
    if "/" not in root:
        files.call_s3("create_bucket", Bucket=root)


async def amake(files: Any, root: str) -> None:
    """Make the bucket of a subject, on the loop of the caller."""
    if "/" not in root:
        await files._call_s3("create_bucket", Bucket=root)


def remove(files: Any, root: str) -> None:
    """Remove the bucket of a subject in one call where the service lets it, or what is below the root first.

    What is below is one page of a listing: no program leaves more. Where a key begins with a slash, ``rm`` would ask
    for ``bucket/`` to go as well, at the same time as for the bucket, so that no two runs would send the same.
    """
    with suppress(Exception):
        if "/" not in root:
            files.call_s3("delete_bucket", Bucket=root)
            return
    where = _place(root)
    found = files.call_s3("list_objects_v2", **where)
    if "Contents" in found:
        files.call_s3("delete_objects", Bucket=where["Bucket"], Delete=_deletion(found))
    if "/" not in root:
        files.call_s3("delete_bucket", Bucket=root)


async def aremove(files: Any, root: str) -> None:
    """Remove the bucket of a subject likewise, on the loop of the caller."""
    with suppress(Exception):
        if "/" not in root:
            await files._call_s3("delete_bucket", Bucket=root)
            return
    where = _place(root)
    found = await files._call_s3("list_objects_v2", **where)
    if "Contents" in found:
        await files._call_s3("delete_objects", Bucket=where["Bucket"], Delete=_deletion(found))
    if "/" not in root:
        await files._call_s3("delete_bucket", Bucket=root)


def _place(root: str) -> dict[str, str]:
    bucket, _, folder = root.partition("/")
    return {"Bucket": bucket, "Prefix": f"{folder}/" if folder else ""}


def _deletion(found: dict[str, Any]) -> dict[str, Any]:
    return {"Objects": [{"Key": item["Key"]} for item in found["Contents"]], "Quiet": True}


def close(files: Any) -> None:
    """End the connections of a filesystem."""
    files.close_session(files.loop, files.s3)


async def aclose(files: Any) -> None:
    """End the connections of a filesystem that runs on the loop of its caller."""
    await (await files.set_session()).close()
