"""Source that makes a filesystem of fsspec and an empty folder in it; only where no secret would stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.drivers._azure import EMULATOR_ACCOUNT, EMULATOR_KEY
from conformance.contract.drivers._s3 import REGION
from conformance.contract.drivers._setups import CONFIG, KEYS_OF_THIS_MACHINE, Setup, of_environment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract import Opening
    from conformance.contract.drivers._s3 import Connection, Place

DISK = ("file", "local")
NOTHING_REMEMBERED = "skip_instance_cache=True, use_listings_cache=False"
UNIQUE = "f'reproduction-{uuid4().hex}'"


def setup_of(opening: Opening, protocol: str, root: str, *, is_async: bool = False) -> Setup:
    """Return the source for what a URL opens on this machine; none for what takes options, which may be secret.

    Args:
        opening: What the driver was opened with.
        protocol: Of the URL.
        root: The folder, as the filesystem spells it.
        is_async: Whether the client is for coroutines.
    """
    if opening.options.keys() > {"url"}:
        return Setup()
    if protocol == "memory":
        return _made(
            root, "'/reproduction'", ["client = fsspec.filesystem('memory')", "client.store.clear()", *_FOLDER]
        )
    if protocol in DISK:
        client = f"client = fsspec.filesystem({protocol!r}, auto_mkdir=True)"
        return _made(root, "mkdtemp()", ["from tempfile import mkdtemp", "", client], is_first=True)
    if not opening.has_service or "/" in root:
        return Setup()
    address = f"http://{opening.value('endpoint', live=lambda: str(opening.service.netloc), stand_in='s3.test:8333')}"
    settings = NOTHING_REMEMBERED + (", asynchronous=True" if is_async else "")
    if protocol == "s3":
        return _made(root, UNIQUE, [*_s3(address, settings), _creation(is_async=is_async)], imports=_UNIQUE_IMPORTS)
    made = ["client.service_client._config.retry_policy.total_retries = 0  # what a service does is not mended"]
    call = "client.service_client.create_container"
    made += [f"await {call}(root)" if is_async else f"sync(client.loop, {call}, root)"]
    lines = [*_abfs(protocol, f"{address}/{EMULATOR_ACCOUNT}", settings), *made]
    return _made(
        root, UNIQUE, lines, imports=[*_UNIQUE_IMPORTS, *([] if is_async else ["from fsspec.asyn import sync"])]
    )


_FOLDER = ("client.makedirs(root, exist_ok=True)",)
_UNIQUE_IMPORTS = ("import os", "from uuid import uuid4")


def obstore_setup(store: str, root: str, connection: Connection | None = None, place: Place | None = None) -> Setup:
    """Return the source for obstore's filesystem: a bucket is made by a request without a signature.

    Args:
        store: The store.
        root: The folder, as the filesystem spells it; empty for all of it.
        connection: How a store of S3 is connected.
        place: Where it works.
    """
    client = f"client = FsspecStore({store!r}, skip_instance_cache=True)"
    imports = ["from obstore.fsspec import FsspecStore"]
    if connection is None or place is None:
        lines = [*imports, "", client]
        if not root:
            return Setup("\n".join(lines))
        lines = ["from tempfile import mkdtemp", "", *lines]
        return _made(root, "mkdtemp()", lines, is_first=True, is_fsspec=False)
    if not place.is_own or connection.secret_key not in KEYS_OF_THIS_MACHINE:
        return Setup()
    lines = [
        f"endpoint = {of_environment('ENDPOINT', connection.endpoint)}",
        "urlopen(Request(f'{endpoint}/{root}', method='PUT')).close()",
        "client = FsspecStore(",
        "    's3',",
        "    endpoint=endpoint,",
        f"    region={connection.region!r},",
        f"    access_key_id={connection.access_key!r},",
        f"    secret_access_key={connection.secret_key!r},",
        "    virtual_hosted_style_request=False,",
        "    client_options={'allow_http': True},",
        "    skip_instance_cache=True,",
        ")",
    ]
    needs = [*_UNIQUE_IMPORTS, "from urllib.request import Request, urlopen", "", *imports]
    return _made(root, UNIQUE, lines, imports=needs, is_fsspec=False)


def _made(
    root: str, value: str, lines: Iterable[str], *, imports: Iterable[str] = (), is_first: bool = False,
    is_fsspec: bool = True,
) -> Setup:  # fmt: skip
    """Return a setup; ``is_first`` where the lines begin with imports that ``value`` needs."""
    needs = [*imports, *(["", "import fsspec"] if is_fsspec else [])]
    named = f"root = {value}"
    text = [*needs, *lines, named] if is_first else [*needs, "", named, *lines]
    return Setup("\n".join(text).strip("\n"), {"root": root})


def _s3(address: str, settings: str) -> list[str]:
    return [
        "client = fsspec.filesystem(",
        "    's3',",
        f"    endpoint_url={of_environment('ENDPOINT', address)},",
        f"    key={of_environment('KEY', 'conformance')},",
        f"    secret={of_environment('SECRET', 'conformance')},",
        f"    config_kwargs=dict(region_name={REGION!r}, {CONFIG}),",
        f"    {settings},",
        ")",
        "client.retries = 1  # what a service does is not mended",
    ]


def _creation(*, is_async: bool) -> str:
    return "await client._call_s3('create_bucket', Bucket=root)" if is_async else (
        "client.call_s3('create_bucket', Bucket=root)")  # fmt: skip


def _abfs(protocol: str, address: str, settings: str) -> list[str]:
    return [
        f"endpoint = {of_environment('ENDPOINT', address)}",
        f"account = 'AccountName={EMULATOR_ACCOUNT};AccountKey={EMULATOR_KEY}'",
        "client = fsspec.filesystem(",
        f"    {protocol!r},",
        "    connection_string=f'{account};BlobEndpoint={endpoint};DfsEndpoint={endpoint}',",
        f"    max_concurrency=1, {settings},",
        ")",
    ]
