"""What every Azure Storage driver shares and no client is needed for: where it connects, words for errors, uploads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract import NotOffered, Refused, Unreachable
from conformance.contract.drivers._options import checked
from conformance.contract.drivers._statuses import OUTAGE_STATUSES, kind_of_status
from conformance.errors import DriverError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract import Opening

# The account that every Azurite has; both are published in its documentation.
EMULATOR_ACCOUNT = "devstoreaccount1"
EMULATOR_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

# On loopback in replay too: the clients write other addresses into a batch where the host is not this machine.
EMULATOR_NETLOC = "127.0.0.1:10000"

OPTIONS = ("account", "container", "endpoint", "key")

#: Codes of the blob service, for the contract object_store; ConditionNotMet is told by its status, 304 or 412.
OF_OBJECTS = {
    "BlobAlreadyExists": "already_exists",
    "ContainerNotFound": "no_container",
    "InvalidBlobOrBlock": "invalid_part",
    "InvalidBlockId": "invalid_part",
    "InvalidBlockList": "invalid_part",
    "InvalidResourceName": "invalid_key",
    "InvalidUri": "invalid_key",
    "MetadataTooLarge": "too_large",
    "OutOfRangeInput": "invalid_key",
}

#: Codes of both services of an account with a hierarchical namespace, for the contract file_system.
OF_FILES = {
    "BlobAlreadyExists": "already_exists",
    "DirectoryIsNotEmpty": "not_empty",
    "DirectoryNotEmpty": "not_empty",
    "InvalidDestinationPath": "invalid_path",
    "InvalidRenameSourcePath": "invalid_path",
    "InvalidResourceName": "invalid_path",
    "InvalidSourceOrDestinationResourceType": "invalid_path",  # a file for a directory, or the other way round
    "InvalidUri": "invalid_path",
    "MetadataTooLarge": "too_large",
    "OutOfRangeInput": "invalid_path",
    "PathAlreadyExists": "already_exists",
    "PathConflict": "invalid_path",  # likewise, at the path or above it
    "ResourceTypeMismatch": "invalid_path",
}

OUTAGES = frozenset({"OperationTimedOut", "ServerBusy"})


def kind_of(status: int | None, code: str, kinds: Mapping[str, str]) -> str:
    """Return the kind of an error, the code before the status; empty where neither is known.

    Args:
        status: The status of the answer.
        code: What the service calls it; empty where it says nothing, as in an answer to HEAD.
        kinds: Codes of the contract.
    """
    return kinds.get(code) or kind_of_status(status)


def refusal_of(status: int | None, code: str, detail: str, kinds: Mapping[str, str]) -> Refused | Unreachable | None:
    """Return what a driver raises for an answer that is an error; None where it is none that is known."""
    if code in OUTAGES or status in OUTAGE_STATUSES:
        return Unreachable(f"{status} {code}: {detail}")
    kind = kind_of(status, code, kinds)
    return Refused(kind, status=status, code=code, detail=detail) if kind else None


@dataclass(frozen=True, slots=True)
class Account:
    """Where a driver connects.

    Attributes:
        url: The address of the account at the service that is asked for.
        name: The name of the account.
        key: Its key.
    """

    url: str
    name: str
    key: str = field(repr=False)

    @property
    def credential(self) -> dict[str, str]:
        """The shared key, as the clients take it; they cannot read the account out of every address."""
        return {"account_name": self.name, "account_key": self.key}

    @property
    def connection_string(self) -> str:
        """The same in one string, for both services of an account."""
        dfs = self.url.replace(".blob.", ".dfs.")
        return f"AccountName={self.name};AccountKey={self.key};BlobEndpoint={self.url};DfsEndpoint={dfs}"


def account_of(opening: Opening, *, driver: str, service: str = "blob") -> Account:
    """Return where to connect.

    Of the options, ``account`` and ``key`` are the account's, by default Azurite's; ``endpoint`` is its address, by
    default that of the fixture's service with the account as first segment, or without a service the public one.

    Args:
        opening: What the driver is opened with.
        driver: The name of the driver.
        service: ``blob`` or ``dfs``.

    Raises:
        DriverError: An option is none that the driver knows, or an account that is not Azurite's has no name or key.
    """
    options = checked(opening.options, driver=driver, known=OPTIONS)
    if not opening.has_service and not ("account" in options and "key" in options):
        cure = 'Give both: account = { env = "AZURE_STORAGE_ACCOUNT", stand_in = "..." }, and key likewise.'
        raise DriverError(f"The driver {driver} has no account, or no key of it.", cure, slug="driver-option")
    name, key = str(options.get("account", EMULATOR_ACCOUNT)), str(options.get("key", EMULATOR_KEY))
    if "endpoint" in options:
        return Account(str(options["endpoint"]), name, key)
    if opening.has_service:
        netloc = opening.value("endpoint", live=lambda: str(opening.service.netloc), stand_in=EMULATOR_NETLOC)
        return Account(f"http://{netloc}/{name}", name, key)
    return Account(f"https://{name}.{service}.core.windows.net", name, key)


def client_arguments(account: Account) -> dict[str, Any]:
    """Return the arguments of a service client."""
    return {"account_url": account.url, "credential": account.credential, **settings_of()}


def settings_of() -> dict[str, Any]:
    """Return what every client is told: one attempt, and limits on waiting in seconds."""
    return {"retry_total": 0, "connection_timeout": 5, "read_timeout": 60}


def range_of(start: int | None, end: int | None) -> dict[str, int]:
    """Return the offset and length arguments of a half-open range."""
    if start is None and end is None:
        return {}
    length = {} if end is None else {"length": end - (start or 0)}
    return {"offset": start or 0, **length}


def refuse_to_offer(**arguments: object) -> None:
    """Raise where an argument is given that the client cannot express.

    Raises:
        NotOffered: One is not None.
    """
    for name, value in arguments.items():
        if value is not None:
            raise NotOffered(f"the client has no {name}")


class Uploads:
    """Uploads in parts, which the service has no notion of: it knows blocks, and lists of them.

    Ids are counted, so that every run of a program sends the same.
    """

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, Mapping[str, str] | None]] = {}
        self._count = 0

    def start(self, key: str, metadata: Mapping[str, str] | None) -> str:
        """Return the id of a new upload."""
        self._count += 1
        upload = f"upload-{self._count:04}"
        self._open[upload] = (key, metadata)
        return upload

    def metadata_of(self, key: str, upload: str) -> Mapping[str, str] | None:
        """Return the metadata that an upload was started with.

        Raises:
            Refused: There is no such upload of the key, or no longer.
        """
        known, metadata = self._open.get(upload, (None, None))
        if known != key:
            raise Refused("no_upload", detail=f"no upload {upload} of {key}")
        return metadata

    def finish(self, upload: str) -> None:
        """Forget an upload."""
        del self._open[upload]


def block_id(upload: str, number: int) -> str:
    """Return the id of the block that a part is: of one length, as all blocks of a blob must be."""
    return f"{upload}-{number:06}"
