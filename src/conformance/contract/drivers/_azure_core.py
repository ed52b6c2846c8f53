"""What azure-core raises, in the words of the contracts, and its conditions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError

from conformance.contract import NotOffered, Unreachable
from conformance.contract.drivers._azure import refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextmanager
def mapped(kinds: Mapping[str, str]) -> Iterator[None]:
    """Raise what a contract calls an error; an exception that is no answer of the service passes as it is.

    Args:
        kinds: By the service's code, the kind.

    Raises:
        Refused: The service answered with an error.
        Unreachable: It could not be reached, or says that it does not work.
    """
    try:
        yield
    except (ServiceRequestError, ServiceResponseError) as error:
        raise Unreachable(str(error)) from error
    except HttpResponseError as error:
        code = getattr(error, "error_code", None) or ""
        found = refusal_of(error.status_code, str(getattr(code, "value", code)), str(error.message), kinds)
        if found is None:
            raise
        raise found from error


def conditions(*, if_match: str | None = None, if_none_match: str | None = None) -> dict[str, Any]:
    """Return the condition arguments of a call.

    Raises:
        NotOffered: Both are given: the clients take one.
    """
    if if_match is not None and if_none_match is not None:
        raise NotOffered("the client takes one condition on the ETag")
    if if_match is not None:
        return {"etag": if_match, "match_condition": MatchConditions.IfNotModified}
    if if_none_match is not None:
        return {"etag": if_none_match, "match_condition": MatchConditions.IfModified}
    return {}
