"""obstore's stores, and what it raises in the words of the contract."""

from __future__ import annotations

import http.client
import re
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from obstore import exceptions

from conformance.contract._api import NotOffered, Refused, Unreachable
from conformance.contract.drivers._s3 import CONNECT_S, READ_S, Connection, Place, connection_of, kind_of, place_of
from conformance.errors import DriverError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract import Opening

STORES = ("memory", "local", "s3")

KINDS: dict[type[Exception], str] = {
    FileNotFoundError: "not_found",
    exceptions.AlreadyExistsError: "already_exists",
    exceptions.InvalidPathError: "invalid_key",
    exceptions.NotModifiedError: "not_modified",
    exceptions.PermissionDeniedError: "access_denied",
    exceptions.PreconditionError: "precondition_failed",
    exceptions.UnauthenticatedError: "access_denied",
}

#: What tells apart the errors that have no class of their own.
STATUS = re.compile(r"status code:? (\d{3})|status: (\d{3})")
CODE = re.compile(r"<Code>(\w+)</Code>")
NO_PATHS = ("Could not parse path", "Expected string path")  # the second where it deletes
NO_RANGE = "StartTooLarge"
NO_ANSWER = "error sending request"


@contextmanager
def mapped() -> Iterator[None]:
    """Map what obstore raises; an error of which it does not say what it is goes on as it is.

    Raises:
        Refused: The store refused.
        NotOffered: The store does not have the operation, or obstore takes no such path: one with segments that are
            empty or dots, or with control characters.
        Unreachable: There was no answer.
    """
    try:
        yield
    except (NotImplementedError, exceptions.NotSupportedError) as error:
        raise NotOffered(str(error)) from error
    except (TypeError, ValueError) as error:
        if not str(error).startswith(NO_PATHS):
            raise
        raise NotOffered(str(error)) from error
    except (FileNotFoundError, exceptions.BaseError) as error:
        text = str(error)
        if NO_ANSWER in text:
            raise Unreachable(text) from error
        status, code = _told(text)
        kind = next((kind for sort, kind in KINDS.items() if isinstance(error, sort)), "") or _kind(text, code, status)
        if not kind:
            raise
        raise Refused(kind, status=status, code=code, detail=text) from error


def _told(text: str) -> tuple[int | None, str]:
    status, code = STATUS.search(text), CODE.search(text)
    return int(status[1] or status[2]) if status else None, code[1] if code else ""


def _kind(text: str, code: str, status: int | None) -> str:
    return "invalid_range" if NO_RANGE in text else kind_of(code, status)


def store_of(opening: Opening) -> str:
    """Return the store that a fixture declares.

    Raises:
        DriverError: It declares none of those that there are.
    """
    store = opening.options.get("store")
    if store not in STORES:
        cure = f'Give one of {", ".join(STORES)}: options = {{ store = "memory" }}.'
        raise DriverError(f"The driver obstore has no store {store!r}.", cure, slug="driver-option")
    return str(store)


def settings_of(connection: Connection) -> dict[str, Any]:
    """Return the arguments of a store of S3: one attempt, and addresses that work on every server."""
    return {
        "endpoint": connection.endpoint,
        "region": connection.region,
        "access_key_id": connection.access_key,
        "secret_access_key": connection.secret_key,
        "virtual_hosted_style_request": False,
        "client_options": {"allow_http": True, "connect_timeout": f"{CONNECT_S}s", "timeout": f"{READ_S}s"},
        "retry_config": {"max_retries": 0, "retry_timeout": timedelta(seconds=READ_S)},
    }


@contextmanager
def bucket_of(opening: Opening) -> Iterator[tuple[Connection, Place]]:
    """Yield where to work on S3: a new bucket, or with the option ``bucket`` a new corner of that one.

    obstore cannot make a bucket. A service on this machine is asked for one without a signature; the bucket has to be
    empty in the end.

    Raises:
        DriverError: There is neither a service nor a bucket.
    """
    connection, place = connection_of(opening, driver="obstore", also=("store",)), place_of(opening)
    if place.is_own and not opening.has_service:
        what = "The driver obstore cannot make a bucket on a live account."
        raise DriverError(what, 'Give one that exists: bucket = "...".', slug="driver-option")
    if place.is_own:
        _ask("PUT", connection, place)
    try:
        yield connection, place
    finally:
        if place.is_own:
            with suppress(OSError):
                _ask("DELETE", connection, place)


def _ask(method: str, connection: Connection, place: Place) -> None:
    client = http.client.HTTPConnection(urlsplit(connection.endpoint).netloc, timeout=READ_S)
    try:
        client.request(method, f"/{place.bucket}")
        client.getresponse().read()
    finally:
        client.close()
