"""What Azure Storage clients send anew each time, what the service answers anew, and what either gives away."""

from __future__ import annotations

import re

from conformance.cassette.presets._entries import Entry
from conformance.cassette.presets._identity import TENANT
from conformance.cassette.scrubbing import (
    BlankBody,
    BodyPlace,
    Condition,
    DropHeaders,
    HeaderPlace,
    JsonPlace,
    NamedSecret,
    Replace,
    ShapedSecret,
    number_query,
)

SIGNED = frozenset({"authorization", "x-ms-date", "x-ms-copy-source-authorization"})
CLIENT = frozenset({
    "user-agent", "x-ms-client-request-id", "client-request-id", "x-client-cpu", "x-client-os", "x-client-sku",
    "x-client-ver", "x-client-current-telemetry", "x-client-last-telemetry",
})  # fmt: skip
ANSWERED = frozenset({
    "date", "server", "x-ms-request-id", "x-ms-client-request-id", "client-request-id", "x-ms-original-request-ids",
    "x-ms-correlation-request-id", "x-ms-routing-request-id",
})  # fmt: skip
SIGNATURE = re.compile(r"(?:SharedKey(?:Lite)? [^:]+:|Bearer )(\S+)")
IDS = re.compile(rb"RequestId:([0-9A-Za-z-]+)")
TIMES = re.compile(rb"(?:\n|\\n)Time:([0-9TZ:.+-]+)")
NO_UUID = "00000000-0000-0000-0000-000000000000"
PART_ID = re.compile(rb"(?i:x-ms-(?:client-)?request-id): ([0-9A-Za-z-]+)")
PART_DATE = re.compile(rb"(?i:x-ms-date): ([A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT)")
SHARED_KEY = re.compile(rb"(?i:sharedkey(?:lite)?) [^:\s\"'<>]+:([A-Za-z0-9+/]+=*)")
DELEGATION = re.compile(rb"<UserDelegationKey>.*?<Value>([^<]*)</Value>", re.DOTALL)
DELEGATED_TO = ("SignedOid", "SignedTid", "skoid", "sktid", "saoid", "suoid")
NO_UUID = "00000000-0000-0000-0000-000000000000"
SENT_UUID = "01234567-89ab-cdef-0123-456789abcdef"
STAMP = rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}(?:T[0-9:]*(?:%(?:25)*3[Aa][0-9]{2})*(?:\.[0-9]+)?Z)?"
FROM = re.compile(rb"(?<=[?&;])sk?t(?:=|%3[Dd])(" + STAMP + rb")")
UNTIL = re.compile(rb"(?<=[?&;])sk?e(?:=|%3[Dd])(" + STAMP + rb")")


def azure() -> list[Entry]:
    """Return what holds for Azure Storage, with and without a hierarchical namespace."""
    return [
        Entry(
            DropHeaders("azure.signature", SIGNED, "request", secret=SIGNATURE, is_lasting=False),
            "`Authorization`, `x-ms-date` and the authorization of a source of a copy; the signature also where an "
            "answer repeats it",
            "the signature is made with the key, and differs in every run; a bearer token opens the account",
        ),
        Entry(
            ShapedSecret(
                "azure.shared_key",
                (b"sharedkey ", b"sharedkeylite "),
                SHARED_KEY,
                is_lasting=False,
                example="SharedKey box:c2VzYW1lIG9wZW4=",
            ),
            "signatures with the account key in any text, such as the parts of a batch",
            "the signature is made with the key, and differs in every run",
        ),
        Entry(
            Replace(
                "azure.listed_key",
                JsonPlace("$.keys[*].value"),
                on="response",
                when=Condition(path="*/storageAccounts/*/*[Kk]ey*"),
            ),
            "the keys of an account, where the resource manager lists or renews them",
            "everything can be signed with it",
        ),
        *(
            Entry(
                Replace(f"azure.{side}customer_key{'_sha256' * ('sha256' in header)}", HeaderPlace(header)),
                removes,
                why,
            )
            for side, start in (("", "x-ms-"), ("source_", "x-ms-source-"))
            for header, removes, why in (
                (f"{start}encryption-key", f"`{start}encryption-key`", "it decrypts the blob"),
                (
                    f"{start}encryption-key-sha256",
                    f"`{start}encryption-key-sha256`, in requests and answers",
                    "it tells a right guess of the key from a wrong one",
                ),
            )
        ),
        Entry(
            Replace(
                "azure.delegation_key",
                BodyPlace(DELEGATION, b"userdelegationkey"),
                on="response",
                example="<UserDelegationKey><SignedVersion>1</SignedVersion><Value>bm9uZQ==</Value></UserDelegationKey>",
            ),
            "user delegation keys; one of the same form stands for each, so that a client still signs with it",
            "addresses can be signed with it until it expires",
        ),
        Entry(
            NamedSecret("azure.delegated_to", DELEGATED_TO),
            "the object and tenant ids of a user delegation key, in the key and in addresses signed with it",
            "they name a person and an organisation",
        ),
        Entry(
            NamedSecret("azure.authentication_error", ("AuthenticationErrorDetail",), is_lasting=False),
            "what the service repeats of a request whose signature it refuses",
            "it holds the signature that was sent",
        ),
        TENANT,
        *(
            Entry(
                ShapedSecret(
                    f"azure.sas_{name}", anchors, pattern, stand_in, "normalizer", is_learned=False, example=example
                ),
                removes,
                "it differs in every run",
            )
            for name, anchors, pattern, stand_in, example, removes in (
                (
                    "start",
                    (b"st=", b"skt=", b"st%3d", b"skt%3d"),
                    FROM,
                    "1970-01-01T00:00:00Z",
                    "?st=2026-01-31T12%3A00%3A00Z",
                    "from when an address with a SAS holds",
                ),
                (
                    "expiry",
                    (b"se=", b"ske=", b"se%3d", b"ske%3d"),
                    UNTIL,
                    "2099-12-31T23:59:59Z",
                    "&se=2026-01-31T12%3A00%3A00Z",
                    "until when an address with a SAS holds",
                ),
            )
        ),
        *(
            Entry(
                ShapedSecret(
                    f"azure.batch_{name}",
                    (f"{header}:".encode(),),
                    re.compile(rb"(?i:%b):[ \t]*([^\r\n\"'<>\\]+)" % header.encode()),
                    stand_in,
                    "normalizer",
                    is_learned=False,
                    example=f"{header}: {sent}",
                ),
                f"`{header}` of the requests in a batch",
                "it differs in every run",
            )
            for name, header, stand_in, sent in (
                ("date", "x-ms-date", "Thu, 01 Jan 1970 00:00:00 GMT", "Sat, 31 Jan 2026 12:00:00 GMT"),
                ("client_id", "x-ms-client-request-id", NO_UUID, SENT_UUID),
                ("request_id", "x-ms-request-id", NO_UUID, SENT_UUID),
            )
        ),
        Entry(
            DropHeaders("azure.client", CLIENT, "request", "normalizer"),
            "versions of clients and their ids of requests",
            "they differ from one machine and one run to the next",
        ),
        Entry(
            DropHeaders("azure.answer_ids", ANSWERED, "response", "normalizer"),
            "`Date`, `Server` and the ids of requests in answers",
            "they differ in every answer",
        ),
        Entry(
            BlankBody("azure.error_id", IDS, b"requestid:", example="RequestId:00ab-12"),
            "the id of the request in error bodies",
            "it differs in every answer",
        ),
        *(
            Entry(
                ShapedSecret(
                    f"azure.part_{name}", anchors, pattern, stand_in, "normalizer", is_learned=False, example=example
                ),
                removes,
                "it differs in every run",
            )
            for name, anchors, pattern, stand_in, example, removes in (
                (
                    "id",
                    (b"x-ms-request-id: ", b"x-ms-client-request-id: "),
                    PART_ID,
                    NO_UUID,
                    "x-ms-request-id: 00ab-12",
                    "the ids of requests in the parts of a batch",
                ),
                (
                    "date",
                    (b"x-ms-date: ",),
                    PART_DATE,
                    "Thu, 01 Jan 1970 00:00:00 GMT",
                    "x-ms-date: Sat, 31 Jan 2026 12:00:00 GMT",
                    "when a part of a batch was signed",
                ),
            )
        ),
        Entry(
            BlankBody("azure.error_time", TIMES, b"time:20", example="\nTime:2026-01-31T12:00:00Z"),
            "the time in error bodies, of XML and of JSON",
            "it differs in every answer",
        ),
        Entry(
            number_query("azure.block_id", "blockid"),
            "block ids; a stand-in of the same shape each, also in the list that is committed",
            "azure-storage-blob makes them of offsets up to 12.30 and of random UUIDs since 12.31",
        ),
    ]
