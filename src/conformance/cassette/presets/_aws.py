"""What AWS clients send anew each time, and what S3 services answer anew each time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.cassette._scrubbing import BlankBody, DropHeaders

if TYPE_CHECKING:
    from conformance.cassette._scrubbing import Rule

SIGNED = frozenset({"authorization", "x-amz-date", "x-amz-security-token"})
CLIENT = frozenset({"user-agent", "x-amz-user-agent", "amz-sdk-invocation-id", "amz-sdk-request"})
ANSWERED = frozenset({"date", "server", "x-amz-request-id", "x-amz-id-2", "x-amz-cf-id"})
IDS = re.compile(rb"<(?:RequestId|HostId)>([^<]*)</")


def aws() -> list[Rule]:
    """Return the rules: signatures and tokens (SigV4), client versions and retry counts, request ids."""
    return [
        DropHeaders("aws.signature", SIGNED, "request"),
        DropHeaders("aws.client", CLIENT, "request"),
        DropHeaders("aws.answer_ids", ANSWERED, "response"),
        BlankBody("aws.error_ids", IDS),
    ]
