"""What drivers of S3 have in common, whatever their client: how they are connected, and the words for errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.drivers._options import checked
from conformance.contract.drivers._statuses import kind_of_status
from conformance.errors import DriverError

if TYPE_CHECKING:
    from conformance.contract import Opening

OPTIONS = ("access_key", "bucket", "endpoint", "region", "secret_key")
REGION = "us-east-1"
CONNECT_S = 5
READ_S = 60

#: Kinds of the contract by the service's word.
KINDS = {
    "AccessDenied": "access_denied",
    "BucketNotEmpty": "conflict",
    "ConditionalRequestConflict": "conflict",
    "EntityTooLarge": "too_large",
    "EntityTooSmall": "part_too_small",
    "InternalError": "server_error",
    "InvalidArgument": "invalid_argument",
    "InvalidPart": "invalid_part",
    "InvalidPartOrder": "invalid_part",
    "InvalidRange": "invalid_range",
    "InvalidRequest": "invalid_argument",
    "InvalidURI": "invalid_key",
    "KeyTooLong": "invalid_key",
    "KeyTooLongError": "invalid_key",
    "MalformedXML": "invalid_argument",
    "MetadataTooLarge": "too_large",
    "MethodNotAllowed": "unsupported",
    "NoSuchBucket": "no_container",
    "NoSuchKey": "not_found",
    "NoSuchUpload": "no_upload",
    "NotImplemented": "unsupported",
    "NotModified": "not_modified",
    "OperationAborted": "conflict",
    "PreconditionFailed": "precondition_failed",
    "SignatureDoesNotMatch": "access_denied",
}

#: Words of a service that does not work just now, or not for this account.
OUTAGES = frozenset(
    ("ExpiredToken", "InvalidAccessKeyId", "RequestTimeTooSkewed", "RequestTimeout", "ServiceUnavailable", "SlowDown")
)


def kind_of(code: str, status: int | None) -> str:
    """Return the kind of an error by the service's word, then by the status; empty where neither is known."""
    return KINDS.get(code) or kind_of_status(status)


@dataclass(frozen=True, slots=True)
class Connection:
    """How a client reaches a service; clients are kept by it.

    Attributes:
        endpoint: The address, with its scheme.
        region: The region that requests are signed for.
        access_key: The name of the key.
        secret_key: What requests are signed with.
    """

    endpoint: str
    region: str
    access_key: str
    secret_key: str


def connection_of(opening: Opening, *, driver: str, also: tuple[str, ...] = ()) -> Connection:
    """Return the connection that a fixture declares.

    Its options are ``endpoint`` (a URL; without it the address of the fixture's service, without one that of AWS),
    ``region``, ``access_key``, ``secret_key`` (a service on this machine takes any), and ``bucket``.

    Args:
        opening: What the fixture declares.
        driver: The name of the driver, for messages.
        also: Options that it has beside these.

    Raises:
        DriverError: An option is unknown, or there are no keys for a service that is not this machine's.
    """
    options = checked(opening.options, driver=driver, known=(*OPTIONS, *also))
    region = options.get("region", REGION)
    if "endpoint" in options:
        endpoint = options["endpoint"]
    elif opening.has_service:
        netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in="s3.test:8333")
        endpoint = f"http://{netloc}"
    else:
        endpoint = f"https://s3.{region}.amazonaws.com"
    if not opening.has_service and not ("access_key" in options and "secret_key" in options):
        what = f"The driver {driver} has no keys for {endpoint}."
        cure = 'Give both: access_key = { env = "AWS_ACCESS_KEY_ID", stand_in = "..." }, and secret_key likewise.'
        raise DriverError(what, cure, slug="driver-option")
    anything = "conformance"
    return Connection(endpoint, region, options.get("access_key", anything), options.get("secret_key", anything))


def place_of(opening: Opening) -> Place:
    """Return the bucket that an opening works in: one of its own, or a corner of the one that is given."""
    name = opening.unique_name("conformance")
    given = opening.options.get("bucket")
    return Place(given, f"{name}/") if given else Place(name, "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject works.

    Attributes:
        bucket: The bucket.
        prefix: What every key begins with in it; empty where the bucket is the subject's own.
    """

    bucket: str
    prefix: str

    @property
    def is_own(self) -> bool:
        """Whether the bucket is made and removed with the subject."""
        return not self.prefix
