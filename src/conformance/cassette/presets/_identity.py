"""Who someone is: tokens of OAuth and OpenID Connect, and, for the careful, names and addresses of people."""

from __future__ import annotations

import re
from string import ascii_lowercase, digits

from conformance.cassette.presets._entries import Entry
from conformance.cassette.scrubbing import KeepHeaders, NamedSecret, ShapedSecret

GUID = rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
REALM = re.compile(rb"(?:login\.[a-z.]+|sts\.windows\.net)(?:/|%2[Ff])(" + GUID + rb")")
EMAIL = re.compile(rb"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
AUTHORITY = re.compile(rb"://[^\s/?#\"'<>]*\Z")  # what stands before an @ there is who signs in at a host
SIGN_IN = ("code", "state")
CODE = (
    re.compile(  # at the start of a query or form, or of a pair in it; long, and of more than letters unless very long
        rb"(?:\A|(?<=[?&#])|(?<=%26)|(?<=%3[Ff])|(?<=u0026)|(?<=&amp;))(?i:code|state)(?:=|%(?:25)*3[Dd])"
        rb"(?=[^&;#%\s\"'<>\\]*[0-9]|[^&;#%\s\"'<>\\]{24})((?:(?!%(?:25)*(?:26|3[Bb]))[^&;#\s\"'<>\\]){8,})"
    )
)
KEPT = frozenset({
    "accept", "content-*", "expect", "host", "if-*", "range", "transfer-encoding", "x-amz-acl", "x-amz-content-sha256",
    "x-amz-copy-source*", "x-amz-meta*", "x-amz-range", "x-amz-tagging*", "x-ms-access-tier", "x-ms-blob-*",
    "x-ms-copy-source*", "x-ms-lease-*", "x-ms-meta-*", "x-ms-properties", "x-ms-range", "x-ms-rename-source",
    "x-ms-source-*", "x-ms-version",
})  # fmt: skip
PEOPLE = (
    "user principal name", "upn", "email", "e mail", "mail", "preferred username", "unique name", "given name",
    "family name", "surname", "display name", "phone number", "telephone", "oid", "tid", "tenant id", "object id",
    "client ip", "ipaddr",
)  # fmt: skip
GRANTS = (
    "client secret", "client assertion", "assertion", "refresh token", "access token", "id token", "device code",
    "authorization code", "code verifier", "subject token", "actor token",
)  # fmt: skip

TENANT = Entry(
    ShapedSecret(
        "oauth.tenant",
        (b"login.", b"sts.windows.net"),
        REALM,
        is_learned=False,
        example="https://login.box.test/01234567-89ab-cdef-0123-456789abcdef/oauth2",
    ),
    "the tenant in the address of a sign-in service, also where a challenge names it",
    "it names an organisation",
)


def oauth() -> list[Entry]:
    """Return what holds for token endpoints."""
    return [
        Entry(
            NamedSecret("oauth.grant", GRANTS, is_suffix=True),
            "secrets, assertions and codes that a client hands to a token endpoint, and the tokens that it is answered",
            "tokens can be had with them",
        ),
        Entry(
            ShapedSecret(
                "oauth.code",
                tuple(f"{name}{mark}".encode() for name in SIGN_IN for mark in ("=", "%3d", "%253d")),
                CODE,
                is_lasting=False,
                example="?code=0.AbQ-x7Zk29Lm&state=1",
            ),
            "`code` and `state` of a sign-in, in an address or a form; not the `Code` of an error",
            "a code is good for a token; a state differs in every run",
        ),
        Entry(
            NamedSecret("oauth.nonce", ("nonce", "code challenge"), is_lasting=False),
            "`nonce` and `code_challenge` of a sign-in",
            "they differ in every run",
        ),
        TENANT,
    ]


def paranoid() -> list[Entry]:
    """Return what holds where a recording is to tell nothing of who made it."""
    return [
        Entry(
            KeepHeaders("paranoid.headers", KEPT, "request"),
            "every header of a request but those of content, ranges, conditions, metadata and sources",
            "a header of a proxy, a tracer or an agent may tell anything",
        ),
        Entry(
            ShapedSecret(
                "paranoid.email",
                tuple(f"@{letter}".encode() for letter in ascii_lowercase + digits),
                EMAIL,
                "redacted@example.com",
                is_learned=False,
                reach=64,
                not_behind=AUTHORITY,
                example="jo@box.test",
            ),
            "e-mail addresses",
            "they name people",
        ),
        Entry(
            NamedSecret("paranoid.person", PEOPLE),
            "what a text gives as a name, an address, a phone number, a tenant or the id of a person",
            "they name people and organisations",
        ),
        TENANT,
    ]
