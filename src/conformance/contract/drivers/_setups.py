"""Source that makes the client of a driver and an empty place for it: the beginning of a script for its service alone.

An address and keys are those of the subject; the variables ``ENDPOINT``, ``KEY`` and ``SECRET`` of the environment put
others in their place, and a key that is not one of a service on this machine is in no source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.contract.drivers._azure import EMULATOR_KEY
from conformance.contract.drivers._s3 import REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.drivers._azure import Account
    from conformance.contract.drivers._s3 import Connection, Place

CONFIG = "retries={'total_max_attempts': 1}, s3={'addressing_style': 'path'}"
KEYS_OF_THIS_MACHINE = ("conformance", EMULATOR_KEY)


class Setup(NamedTuple):
    """The source, and what in it has another value in each run.

    Attributes:
        text: Lines of Python; afterwards ``client`` is the client.
        names: Values of the subject, by variables of the source that stand for them.
    """

    text: str = ""
    names: Mapping[str, str] = {}


def s3_setup(
    connection: Connection, place: Place, *, imports: Iterable[str], client: Iterable[str], creation: str
) -> Setup:
    """Return the source for a client that is made from the service's own model.

    Args:
        connection: How the subject is connected.
        place: Where it works.
        imports: What the lines of ``client`` need.
        client: Lines that make the client; the variable ``connection`` holds the arguments of its connection.
        creation: The function that makes a bucket.
    """
    located = {"LocationConstraint": connection.region}
    where = "" if connection.region == REGION else f", CreateBucketConfiguration={located!r}"
    lines = [
        *_begin(imports, is_new=place.is_own, name="bucket", value=place.bucket),
        "connection = {",
        f"    'endpoint_url': {of_environment('ENDPOINT', connection.endpoint)},",
        f"    'region_name': {connection.region!r},",
        f"    'aws_access_key_id': {of_environment('KEY', connection.access_key, is_secret=True)},",
        f"    'aws_secret_access_key': {of_environment('SECRET', connection.secret_key, is_secret=True)},",
        "}",
        *client,
        *([f"{creation}(Bucket=bucket{where})"] if place.is_own else []),
    ]
    return Setup("\n".join(lines), {"bucket": place.bucket})


def azure_setup(account: Account, container: str, *, imports: Iterable[str], client: str, is_own: bool) -> Setup:
    """Return the source for a client of a container.

    Args:
        account: How the subject is connected.
        container: The name of its container.
        imports: What ``client`` needs.
        client: An expression for the client, or for one that is new; the variables ``endpoint``, ``credential`` and
            ``container`` hold what it takes.
        is_own: Whether the container is made with the subject.
    """
    key = of_environment("KEY", account.key, is_secret=True)
    lines = [
        *_begin(imports, is_new=is_own, name="container", value=container),
        f"endpoint = {of_environment('ENDPOINT', account.url)}",
        f"credential = {{'account_name': {account.name!r}, 'account_key': {key}}}",
        f"client = {client}",
    ]
    return Setup("\n".join(lines), {"container": container, "endpoint": account.url})


def _begin(imports: Iterable[str], *, is_new: bool, name: str, value: str) -> list[str]:
    unique = ["from uuid import uuid4"] if is_new else []
    made = "f'reproduction-{uuid4().hex}'" if is_new else repr(value)
    return ["import os", *unique, "", *imports, "", f"{name} = {made}"]


def of_environment(variable: str, value: str, *, is_secret: bool = False) -> str:
    """Return the source of a value that a variable of the environment replaces; it alone where the value is secret."""
    if is_secret and value not in KEYS_OF_THIS_MACHINE:
        return f"os.environ[{variable!r}]"
    return f"os.environ.get({variable!r}, {value!r})"
