"""What is a secret with any service: what a header, a name or a form gives away."""

from __future__ import annotations

import re

from conformance.cassette.presets._entries import Entry
from conformance.cassette.scrubbing import HeaderPlace, NamedSecret, Replace, ShapedSecret

SCHEME = re.compile(r"^(?:[A-Za-z][\w-]*\s+)?(\S.*)$")
BEARER_VALUE = re.compile(r"^[Bb]earer\s+(\S+)$")
COOKIE = re.compile(r"(?:^|;\s*)[^=;]+=([^;]*)")
SET_COOKIE = re.compile(r"^[^=;]+=([^;]*)")

PASSWORDS = ("password", "passwd", "pwd", "passphrase")
TOKENS = (
    "access token", "refresh token", "id token", "auth token", "session token", "security token", "bearer token",
    "sas token", "oauth token", "api token", "csrf token",
)  # fmt: skip
KEYS = (
    "secret key", "secret access key", "api key", "private key", "account key", "access key secret", "signing key",
    "encryption key", "shared access key", "shared access signature", "client secret", "connection string",
)  # fmt: skip
WHOLE = ("secret", "token", "credentials", "authorization")
SIGNATURES = (
    "sig", "x amz signature", "x amz security token", "x goog signature", "x oss signature", "x cos security token",
)  # fmt: skip

JWT = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")
BEARER = re.compile(rb"(?i:bearer)(?:[ +]+|%20)([A-Za-z0-9._~+/-]{16,}=*)")
BASIC = re.compile(
    rb"(?i:basic)(?: +|%20)(?=[A-Za-z0-9+/]*(?:[0-9=]|[a-z][A-Z]))((?:[A-Za-z0-9+/]{4}){2,}"
    rb"(?:[A-Za-z0-9+/]{2,3}={1,2})?)"
)
PEM = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----(.+?)-----END", re.DOTALL)
USER_INFO = re.compile(rb"://[^/\s:@\"'<>]*:([^/\s@\"'<>]+)@")
VENDORS = re.compile(
    rb"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}"
    rb"|xox[abeoprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|[sr]k_live_[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{35}"
    rb"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{32,}|hf_[A-Za-z0-9]{30,})"
)
PREFIXES = (
    b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_", b"glpat-", b"xox", b"sk-", b"sk_live_", b"rk_live_",
    b"aiza", b"sg.", b"npm_", b"pypi-", b"hf_",
)  # fmt: skip


def generic() -> list[Entry]:
    """Return what holds for any service; it is part of every rule set."""
    api_keys = "x-api-key", "api-key", "x-auth-token", "x-csrf-token", "proxy-authorization"
    return [
        Entry(
            Replace("generic.bearer_header", HeaderPlace("authorization", BEARER_VALUE)),
            "the token behind `Bearer` in the header `authorization`",
            "it opens the account until it expires",
        ),
        *(
            Entry(
                Replace(f"generic.{header.replace('-', '_')}", HeaderPlace(header, SCHEME)),
                f"the value of the header `{header}`, but for its scheme",
                "it opens the account",
            )
            for header in api_keys
        ),
        Entry(
            Replace("generic.authorization", HeaderPlace("authorization", SCHEME), is_lasting=False),
            "the value of the header `authorization`, but for its scheme",
            "it opens the account, or is made with what does",
        ),
        Entry(
            Replace("generic.cookie", HeaderPlace("cookie", COOKIE), on="request"),
            "the values of cookies that are sent; their names stay",
            "a session cookie is as good as a password",
        ),
        Entry(
            Replace("generic.set_cookie", HeaderPlace("set-cookie", SET_COOKIE), on="response"),
            "the values of cookies that are set; names and attributes stay",
            "a session cookie is as good as a password",
        ),
        Entry(
            NamedSecret("generic.password", PASSWORDS, is_suffix=True),
            "what a text names `password`, `passwd`, `pwd` or `passphrase`, also at the end of a name",
            "it opens the account",
        ),
        Entry(
            NamedSecret("generic.token", TOKENS, is_suffix=True),
            "what a text names an access, refresh, id, auth, session, security, bearer, SAS, OAuth, API or CSRF token",
            "it opens the account until it expires, and a refresh token after that",
        ),
        Entry(
            NamedSecret("generic.key", KEYS, is_suffix=True),
            "what a text names a secret, API, private, account, signing, encryption or shared access key, a client "
            "secret or a connection string",
            "everything can be signed with it",
        ),
        Entry(
            NamedSecret("generic.secret", WHOLE),
            "what a text names just `secret`, `token`, `credentials` or `authorization`",
            "names that are used for all of the above",
        ),
        Entry(
            NamedSecret("generic.signature", SIGNATURES, is_lasting=False),
            "the signature and the session token of a signed address, wherever the address stands",
            "the address can be used until it expires",
        ),
        Entry(
            ShapedSecret("generic.jwt", (b"eyj",), JWT, example=f"eyJ{'a' * 10}.eyJ{'b' * 10}.{'c' * 10}"),
            "JSON Web Tokens; one that expires in 2099 stands for each",
            "it opens the account until it expires, and names who it was issued to",
        ),
        Entry(
            ShapedSecret("generic.bearer", (b"bearer",), BEARER, example=f"Bearer {'a1' * 10}"),
            "what follows `Bearer` in any text",
            "it opens the account until it expires",
        ),
        Entry(
            ShapedSecret("generic.basic", (b"basic",), BASIC, example="Basic dXNlcjpwYXNzd29yZA=="),
            "what follows `Basic` in any text and is base64",
            "user name and password can be read out of it",
        ),
        Entry(
            ShapedSecret(
                "generic.private_key",
                (b"-----begin",),
                PEM,
                example="-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
            ),
            "private keys in PEM",
            "everything can be signed with it",
        ),
        Entry(
            ShapedSecret("generic.url_password", (b"://",), USER_INFO, example="https://user:opensesame@box.test/"),
            "the password in an address (`https://user:password@host`)",
            "it opens the account",
        ),
        Entry(
            ShapedSecret("generic.vendor_token", PREFIXES, VENDORS, example=f"ghp_{'a1' * 18}"),
            "tokens that GitHub, GitLab, Slack, Stripe, Google, SendGrid, npm, PyPI, Hugging Face and OpenAI issue, by "
            "how they begin",
            "it opens the account until it is revoked",
        ),
    ]
