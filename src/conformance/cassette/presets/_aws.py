"""What AWS clients send anew each time, what S3 services answer anew each time, and what either gives away."""

from __future__ import annotations

import re

from conformance.cassette.presets._entries import Entry
from conformance.cassette.scrubbing import (
    BlankBody,
    DropHeaders,
    HeaderPlace,
    NamedSecret,
    PartPlace,
    Replace,
    ShapedSecret,
    Sort,
)

SIGNED = frozenset({"authorization", "x-amz-date", "x-amz-security-token"})
CLIENT = frozenset({"user-agent", "x-amz-user-agent", "amz-sdk-invocation-id", "amz-sdk-request"})
ANSWERED = frozenset({"date", "server", "x-amz-request-id", "x-amz-id-2", "x-amz-cf-id"})
IDS = re.compile(rb"<(?:RequestId|HostId)>([^<]*)</")
SIGNATURE = re.compile(r"Signature=([0-9a-f]{64})|^AWS [^:]+:(\S+)$|^([A-Za-z0-9+/=_-]{64,})$")

EXAMPLE_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
KEY_ID = re.compile(rb"(?<![A-Za-z0-9])A(?:KIA|SIA|IDA|ROA)[A-Z0-9]{16}(?![A-Za-z0-9])")
SCOPE = re.compile(rb"(?i:x-amz-credential)(?:=|%3[Dd])([^&\s\"'<>%/]+(?:/|%(?:25)*2[Ff])[0-9]{8})")
SIGNED_AT = re.compile(rb"(?i:x-amz-date)(?:=|%3[Dd])([0-9]{8}T[0-9]{6}Z)")
QUERY_KEY = re.compile(rb"AWSAccessKeyId(?:=|%3[Dd])([A-Za-z0-9]+)")
SIGNED_WITH = re.compile(rb"(?i:signature)(?:=|%(?:25)*3[Dd])([0-9a-f]{64})(?![0-9a-f])")
QUERY_SIGNATURE = re.compile(rb"(?<![A-Za-z-])Signature(?:=|%3[Dd])((?:(?!%26)[^&;\s\"'<>\\])+)")
EXPIRES = re.compile(rb"(?<![A-Za-z-])Expires(?:=|%3[Dd])([0-9]{9,11})(?![0-9])")
POSTED: tuple[tuple[str, Sort, str], ...] = (
    ("policy", "normalizer", "it holds the time until which the form may be posted"),
    ("x-amz-signature", "redactor", "the form can be posted until it expires"),
    ("signature", "redactor", "the form can be posted until it expires"),
    ("x-amz-security-token", "redactor", "it opens the account"),
    ("x-amz-credential", "normalizer", "it holds the access key id and the day"),
    ("AWSAccessKeyId", "normalizer", "it names the account"),
    ("x-amz-date", "normalizer", "it differs in every run"),
)
CUSTOMER_KEYS = "x-amz-*server-side-encryption-customer-key"


def aws() -> list[Entry]:
    """Return what holds for AWS, and for services that speak S3."""
    return [
        Entry(
            DropHeaders("aws.signature", SIGNED, "request", secret=SIGNATURE, is_lasting=False),
            "`Authorization`, `X-Amz-Date` and `X-Amz-Security-Token` of requests; the signature also where an answer "
            "repeats it",
            "the signature is made with the key, and differs in every run; the token opens the account",
        ),
        Entry(
            Replace("aws.customer_key", HeaderPlace(CUSTOMER_KEYS)),
            "customer-provided encryption keys, of objects and of sources of copies",
            "it decrypts the object",
        ),
        Entry(
            Replace("aws.customer_key_md5", HeaderPlace(f"{CUSTOMER_KEYS}-md5")),
            "the MD5 of customer-provided keys, in requests and answers",
            "it tells a right guess of the key from a wrong one",
        ),
        Entry(
            NamedSecret(
                "aws.signature_error",
                ("SignatureProvided", "StringToSign", "StringToSignBytes", "CanonicalRequest", "CanonicalRequestBytes"),
                is_lasting=False,
            ),
            "what an S3 service repeats of a request whose signature it refuses",
            "it holds the signature and the token that were sent",
        ),
        Entry(
            ShapedSecret(
                "aws.signature_text",
                (b"signature=", b"signature%3d", b"signature%253d"),
                SIGNED_WITH,
                is_lasting=False,
                example=f"SignedHeaders=host, Signature={'1a' * 32}",
            ),
            "signatures of version 4, in signed addresses and in any other text",
            "the address can be used until it expires",
        ),
        Entry(
            ShapedSecret(
                "aws.access_key_id",
                (b"akia", b"asia", b"aida", b"aroa"),
                KEY_ID,
                EXAMPLE_KEY_ID,
                example="AKIA" + "Q" * 16,
            ),
            f"access key ids, by their form; `{EXAMPLE_KEY_ID}` stands for them",
            "it names the account, and is half of what signs",
        ),
        Entry(
            ShapedSecret(
                "aws.query_key_id", (b"awsaccesskeyid",), QUERY_KEY, EXAMPLE_KEY_ID, example="AWSAccessKeyId=somebody"
            ),
            "the access key id of an address signed by version 2",
            "it names the account, and differs with other credentials",
        ),
        Entry(
            ShapedSecret(
                "aws.credential_scope",
                (b"x-amz-credential",),
                SCOPE,
                f"{EXAMPLE_KEY_ID}/19700101",
                "normalizer",
                is_learned=False,
                example="X-Amz-Credential=test%2F20260131%2Feu-west-1%2Fs3%2Faws4_request",
            ),
            "access key id and day of a pre-signed address; region and service stay",
            "both differ in every run",
        ),
        Entry(
            ShapedSecret(
                "aws.query_signature",
                (b"signature=", b"signature%3d"),
                QUERY_SIGNATURE,
                is_lasting=False,
                example="&Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D",
            ),
            "the signature of an address signed by version 2",
            "the address can be used until it expires",
        ),
        Entry(
            ShapedSecret(
                "aws.expires",
                (b"expires=", b"expires%3d"),
                EXPIRES,
                "4102444799",
                "normalizer",
                is_learned=False,
                example="&Expires=1141889120",
            ),
            "the time until which an address signed by version 2 holds",
            "it differs in every run",
        ),
        *(
            Entry(
                Replace(f"aws.post_{field.lower().replace('-', '_')}", PartPlace(field), sort=sort, on="request"),
                f"the field `{field}` of a form that is posted to a bucket",
                why,
            )
            for field, sort, why in POSTED
        ),
        Entry(
            ShapedSecret(
                "aws.signed_at",
                (b"x-amz-date",),
                SIGNED_AT,
                "19700101T000000Z",
                "normalizer",
                is_learned=False,
                example="X-Amz-Date=20260131T120000Z",
            ),
            "the time at which an address was pre-signed",
            "it differs in every run",
        ),
        Entry(
            DropHeaders("aws.client", CLIENT, "request", "normalizer"),
            "versions of clients, ids of calls and counts of attempts",
            "they differ from one machine and one run to the next",
        ),
        Entry(
            DropHeaders("aws.answer_ids", ANSWERED, "response", "normalizer"),
            "`Date`, `Server` and the ids of requests in answers",
            "they differ in every answer",
        ),
        Entry(
            BlankBody("aws.error_ids", IDS, b"id>", example="<RequestId>4442587FB7D0A2F9</RequestId>"),
            "the ids of requests and hosts in error bodies",
            "they differ in every answer",
        ),
    ]
