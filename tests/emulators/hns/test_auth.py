"""What the real clients sign is let in, and nothing else: each property changes one part and sees it refused."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from azure.core.pipeline import AsyncPipeline, Pipeline
from azure.core.pipeline.transport import AioHttpTransport, HttpRequest, RequestsTransport
from azure.storage.blob._shared.authentication import SharedKeyCredentialPolicy as BlobPolicy
from azure.storage.filedatalake._shared.authentication import SharedKeyCredentialPolicy as FilePolicy
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cassette import Request, Response
from conformance.emulators.hns import KEY, NAME, Account
from conformance.emulators.hns._auth import authorize, string_to_sign
from conformance.emulators.hns._call import parse_call
from conformance.emulators.hns._clock import Clock, http_date
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._sas import Credentials, Grant, sign
from conformance.emulators.hns._state import Container, State
from conformance.transport import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.transport import Server

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SEEN: list[Request] = []
SEGMENT = st.text(alphabet="aB9 -._~!$&'()*+,;=:@%#?äß", min_size=1, max_size=8).filter(lambda text: text.strip("."))
PATHS = st.lists(SEGMENT, max_size=3).map(lambda parts: "/".join(quote(part, safe="") for part in ["fs", *parts]))
NAMES = st.text(alphabet="abcdefghij_-0123456789", min_size=1, max_size=8)
WORDS = st.text(alphabet="aB9 -._~!$&'()*,;=:@/", max_size=8).map(str.strip)
QUERIES = st.dictionaries(st.sampled_from(["comp", "restype", "marker", "maxresults", "prefix", "timeout"]), WORDS)
METADATA = st.dictionaries(NAMES.map("x-ms-meta-{}".format), WORDS, max_size=4)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": st.just("text/plain"),
        "Content-MD5": st.just("XUFAKrxLKna5cZ2REBfFkg=="),
        "If-Match": st.just('"0x1"'),
        "If-None-Match": st.just("*"),
        "If-Modified-Since": st.just("Thu, 01 Jan 2026 00:00:00 GMT"),
        "x-ms-lease-id": st.just(""),
    },
)
CREDENTIALS = Credentials(NAME, KEY)


def state() -> State:
    return State(Clock(0), is_hierarchical=True)


def let_in(
    request: Request, credentials: Credentials = CREDENTIALS, *, held: State | None = None, now: datetime = NOW
) -> Grant:
    return authorize(parse_call(request, account=credentials.name), credentials, state=held or state(), now=now)


def refusal(
    request: Request, credentials: Credentials = CREDENTIALS, *, held: State | None = None, now: datetime = NOW
) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        let_in(request, credentials, held=held, now=now)
    return caught.value


def header(request: Request, name: str) -> str:
    return next(value for key, value in request.headers if key.lower() == name)


def with_header(request: Request, name: str, value: str) -> Request:
    return replace(request, headers=(*(pair for pair in request.headers if pair[0].lower() != name), (name, value)))


# --- The account's key


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    def keep(request: Request) -> Response:
        SEEN.append(request)
        return Response(200)

    with serve(keep) as running:
        yield running


def send(request: HttpRequest, policy: BlobPolicy | FilePolicy) -> None:
    with Pipeline(RequestsTransport(), policies=[policy]) as pipeline:
        pipeline.run(request)


def send_async(request: HttpRequest, policy: BlobPolicy | FilePolicy) -> None:
    async def run() -> None:
        async with AsyncPipeline(AioHttpTransport(), policies=[policy]) as pipeline:
            await pipeline.run(request)

    asyncio.run(run())


@pytest.mark.parametrize("sent", [send, send_async])
@pytest.mark.parametrize("signer", [BlobPolicy, FilePolicy])
@settings(max_examples=20)
@given(
    method=st.sampled_from(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]),
    path=PATHS,
    query=QUERIES,
    headers=st.builds(dict.__or__, METADATA, SETTINGS),
    body=st.binary(max_size=3),
    change=st.sampled_from(["method", "path", "query", "header", "type", "date", "signature", "key", "name"]),
)
def test_what_a_client_signs_with_the_key_is_let_in_and_nothing_else(  # noqa: PLR0913, PLR0917  (hypothesis fills them)
    server: Server,
    sent: Callable[[HttpRequest, BlobPolicy | FilePolicy], None],
    signer: Callable[[str, str], BlobPolicy | FilePolicy],
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
    change: str,
) -> None:
    parts = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    dated = {"x-ms-date": http_date(NOW), "x-ms-version": "2024-08-04"} | headers
    asked = HttpRequest(method, f"{server.url}/{NAME}/{path}" + ("?" + parts if parts else ""), headers=dated)
    if method not in ("GET", "HEAD"):
        asked.headers.setdefault("Content-Type", "text/plain")  # aiohttp would add one that nobody signed
        asked.set_bytes_body(body)
    sent(asked, signer(NAME, KEY))
    request = SEEN.pop()
    assert let_in(request) == Grant()
    authorization = header(request, "authorization")
    changed = {
        "method": replace(request, method="PUT" if method != "PUT" else "POST"),
        "path": replace(request, uri=request.uri.replace(f"/{NAME}/", f"/{NAME}/x", 1)),
        "query": replace(request, uri=request.uri + ("&" if parts else "?") + "other=1"),
        "header": with_header(request, "x-ms-meta-more", "1"),
        "type": with_header(request, "content-type", "text/html"),
        "date": with_header(request, "x-ms-date", http_date(NOW + timedelta(seconds=1))),
        "signature": with_header(request, "authorization", f"SharedKey {NAME}:{sign(KEY, 'other')}"),
        "key": request,
        "name": with_header(request, "authorization", authorization.replace(NAME, "other")),
    }[change]
    credentials = CREDENTIALS if change != "key" else Credentials(NAME, base64.b64encode(b"other").decode())
    error = refusal(changed, credentials)
    assert (error.code, error.status) == ("AuthenticationFailed", 403)
    assert error.details["AuthenticationErrorDetail"].startswith("The MAC signature found in the HTTP request '")


def signed(request: Request, *, scheme: str = "SharedKey") -> Request:
    bare = with_header(request, "authorization", f"{scheme} {NAME}:")
    text = string_to_sign(parse_call(bare, account=NAME), NAME)
    return with_header(bare, "authorization", f"{scheme} {NAME}:{sign(KEY, text)}")


URL = f"http://127.0.0.1:9/{NAME}/fs/a"
DATED = (("x-ms-date", http_date(NOW)), ("x-ms-version", "2024-08-04"))


@pytest.mark.parametrize("version", ["2014-02-14", "2015-02-21"])
def test_a_length_of_zero_is_signed_up_to_2014(version: str) -> None:
    request = Request("PUT", URL, (("x-ms-date", "d"), ("x-ms-version", version), ("Content-Length", "0")))
    text = string_to_sign(parse_call(request, account=NAME), NAME)
    assert text.split("\n")[3] == ("0" if version == "2014-02-14" else "")


def test_the_names_of_headers_have_the_order_of_the_service() -> None:
    names = ["x-ms-meta-a-b", "x-ms-meta-ab", "x-ms-meta-a_b", "x-ms-meta-a1", "x-ms-meta-a"]
    text = string_to_sign(parse_call(Request("GET", URL, tuple((name, "") for name in names)), account=NAME), NAME)
    assert [line[:-1] for line in text.split("\n") if line.startswith("x-ms-")] == [
        "x-ms-meta-a", "x-ms-meta-a_b", "x-ms-meta-a1", "x-ms-meta-ab", "x-ms-meta-a-b",
    ]  # fmt: skip


def test_the_account_stands_twice_in_a_resource_in_path_style_and_once_by_host() -> None:
    path_style = Request("GET", f"{URL}?b=2&A=x%20y&a=z")
    by_host = Request("GET", f"https://{NAME}.blob.core.windows.net/fs/a")
    assert string_to_sign(parse_call(path_style, account=NAME), NAME).endswith(f"/{NAME}/{NAME}/fs/a\na:x y,z\nb:2")
    assert string_to_sign(parse_call(by_host, account=NAME), NAME).endswith(f"\n/{NAME}/fs/a")


def test_shared_key_lite_signs_less() -> None:
    request = signed(Request("PUT", f"{URL}?comp=metadata&timeout=9", DATED), scheme="SharedKeyLite")
    assert let_in(request) == Grant()
    assert let_in(replace(request, uri=request.uri.replace("=9", "=8"))) == Grant()
    assert refusal(replace(request, uri=request.uri.replace("=metadata", "=tags"))).code == "AuthenticationFailed"


@pytest.mark.parametrize("seconds", [-901, 901, -899, 899])
def test_a_date_may_be_a_quarter_of_an_hour_off(seconds: int) -> None:
    date = http_date(NOW + timedelta(seconds=seconds))
    request = signed(Request("GET", URL, (("Date", date), ("x-ms-version", "2024-08-04"))))
    if abs(seconds) < 900:
        assert let_in(request) == Grant()
    else:
        assert refusal(request).details == {
            "AuthenticationErrorDetail": f"Request date header too old: '{date}'",
        }


@pytest.mark.parametrize(
    ("headers", "code", "status"),
    [
        ((("Authorization", f"SharedKey {NAME}:x"),), "AuthenticationFailed", 403),
        ((("Authorization", f"SharedKey {NAME}:x"), ("x-ms-date", "today")), "AuthenticationFailed", 403),
        ((("Authorization", "SharedKey x"), *DATED), "InvalidAuthenticationInfo", 400),
        ((("Authorization", "Basic eDp5"), *DATED), "InvalidAuthenticationInfo", 400),
        ((("Authorization", "Bearer x"), *DATED), "InvalidAuthenticationInfo", 401),
    ],
)
def test_credentials_that_are_none_are_refused(headers: tuple[tuple[str, str], ...], code: str, status: int) -> None:
    error = refusal(Request("GET", URL, headers))
    assert (error.code, error.status) == (code, status)


# --- Tokens, and nobody


def test_a_token_is_taken_where_tokens_are_and_says_who_the_owner_is() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"oid": "me", "n": 1}).encode()).decode().rstrip("=")
    request = Request("GET", URL, (("Authorization", f"Bearer h.{claims}.s"),))
    tokens = replace(CREDENTIALS, allows_tokens=True)
    assert let_in(request, tokens) == Grant("me", "me")
    for token in ("opaque", "a.b.c", "a.W10.c", "a.!.c"):
        assert let_in(with_header(request, "authorization", f"Bearer {token}"), tokens) == Grant(None)


@pytest.mark.parametrize(
    ("access", "method", "tail", "is_allowed"),
    [
        (None, "GET", "/a", False),
        ("blob", "GET", "/a", True),
        ("blob", "HEAD", "/a", True),
        ("blob", "PUT", "/a", False),
        ("blob", "GET", "/a?comp=tags", False),
        ("blob", "GET", "?restype=container&comp=list", False),
        ("container", "GET", "?restype=container&comp=list", True),
        ("container", "GET", "?restype=container&comp=acl", False),
        ("container", "GET", "/a", True),
        ("container", "DELETE", "/a", False),
        ("container", "GET", "?resource=filesystem&recursive=true", False),
    ],
)
def test_anybody_may_read_what_a_container_shows(access: str | None, method: str, tail: str, is_allowed: bool) -> None:
    held = state()
    held.containers["fs"] = Container('"1"', NOW, is_hierarchical=True, access=access)
    request = Request(method, f"http://127.0.0.1:9/{NAME}/fs{tail}", (("x-ms-version", "2024-08-04"),))
    if is_allowed:
        assert let_in(request, held=held) == Grant()
    else:
        error = refusal(request, held=held)
        assert (error.code, error.status) == ("NoAuthenticationInformation", 401)
        assert error.headers["WWW-Authenticate"].startswith("Bearer ")


def test_nobody_is_told_by_old_versions_that_there_is_nothing() -> None:
    answer = Account().handle(Request("GET", URL))
    assert (answer.status, b"<Code>ResourceNotFound</Code>" in answer.body) == (404, True)
    assert "x-ms-error-code" not in dict(answer.headers)


def test_a_refusal_says_its_detail_in_the_form_of_each_endpoint() -> None:
    headers = (("Authorization", f"SharedKey {NAME}:x"), *DATED)
    blob = Account().handle(Request("GET", URL, headers))
    dfs = Account().handle(Request("PUT", f"{URL}?resource=file", headers))
    assert b"</Message><AuthenticationErrorDetail>Request date header too old" in blob.body
    assert json.loads(dfs.body)["error"]["detail"]["AuthenticationErrorDetail"].startswith("Request date header")
