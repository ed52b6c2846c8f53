"""What Azure Storage clients send anew each time, and what the service answers anew each time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.cassette._scrubbing import BlankBody, DropHeaders, NumberQuery

if TYPE_CHECKING:
    from conformance.cassette._scrubbing import Rule

SIGNED = frozenset({"authorization", "x-ms-date", "x-ms-copy-source-authorization"})
CLIENT = frozenset({"user-agent", "x-ms-client-request-id"})
ANSWERED = frozenset({"date", "server", "x-ms-request-id", "x-ms-client-request-id"})
IDS = re.compile(rb"RequestId:([0-9A-Za-z-]+)")
TIMES = re.compile(rb"\nTime:([0-9TZ:.+-]+)")


def azure() -> list[Rule]:
    """Return the rules: SharedKey and bearer signatures, client ids, request ids, and block ids.

    azure-storage-blob makes block ids from offsets up to 12.30 and from random UUIDs since 12.31.
    """
    return [
        DropHeaders("azure.signature", SIGNED, "request"),
        DropHeaders("azure.client", CLIENT, "request"),
        DropHeaders("azure.answer_ids", ANSWERED, "response"),
        BlankBody("azure.error_id", IDS),
        BlankBody("azure.error_time", TIMES),
        NumberQuery("azure.block_id", "blockid"),
    ]
