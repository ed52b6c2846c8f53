"""Shared access signatures that the real clients make: what they grant is let in, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlencode

import pytest
from azure.storage import blob as blobs
from azure.storage import filedatalake as files
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.cassette import Request
from conformance.emulators.hns import KEY, NAME
from conformance.emulators.hns._auth import authorize
from conformance.emulators.hns._call import parse_call
from conformance.emulators.hns._clock import Clock
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._permissions import ANY, needed
from conformance.emulators.hns._sas import Credentials, Grant, _service_text, read_policies, sign, user_delegation_key
from conformance.emulators.hns._state import Container, State

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SOON, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
CREDENTIALS = Credentials(NAME, KEY)
URL = f"http://127.0.0.1:9/{NAME}"
KEY_FIELDS = {
    "skoid": "11111111-2222-3333-4444-555555555555",
    "sktid": "99999999-2222-3333-4444-555555555555",
    "skt": "2026-05-31T00:00:00Z",
    "ske": "2026-06-03T00:00:00Z",
    "sks": "b",
    "skv": "2024-08-04",
}
PART = st.text(alphabet="aB9 -._~!$&'()*+,;=:@%#?ä", min_size=1, max_size=6).filter(lambda text: text.strip("."))
PATH = st.lists(PART, min_size=1, max_size=3).map("/".join)
POLICIES = (
    b'<?xml version="1.0" encoding="utf-8"?><SignedIdentifiers><SignedIdentifier><Id>p</Id><AccessPolicy>'
    b"<Start>2026-01-01T00:00:00.0000000Z</Start><Expiry>2027-01-01T00:00:00Z</Expiry><Permission>r</Permission>"
    b"</AccessPolicy></SignedIdentifier><SignedIdentifier><Id>empty</Id></SignedIdentifier></SignedIdentifiers>"
)


def delegation_key(**more: str) -> Any:  # the two libraries have one class each
    fields = KEY_FIELDS | more
    key: Any = blobs.UserDelegationKey()  # type: ignore[no-untyped-call]
    key.signed_oid, key.signed_tid, key.signed_service = fields["skoid"], fields["sktid"], fields["sks"]
    key.signed_start, key.signed_expiry, key.signed_version = fields["skt"], fields["ske"], fields["skv"]
    key.value = user_delegation_key(KEY, fields)
    return key


def state() -> State:
    held = State(Clock(0), is_hierarchical=True)
    held.containers["fs"] = Container('"1"', NOW, is_hierarchical=True, policies=POLICIES)
    held.containers["fs"].add("there", held.node())
    return held


def let_in(request: Request, *, now: datetime = NOW) -> Grant:
    return authorize(parse_call(request, account=NAME), CREDENTIALS, state=state(), now=now)


def refusal(request: Request, *, now: datetime = NOW) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        let_in(request, now=now)
    return caught.value


def ask(method: str, tail: str, token: str, **headers: str) -> Request:
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Request(method, f"{URL}/{tail}{'&' if '?' in tail else '?'}{token}", told)


def account_sas(**more: Any) -> str:
    said: dict[str, Any] = {"resource_types": "sco", "permission": "r", "expiry": SOON, "services": "b"} | more
    return str(blobs.generate_account_sas(NAME, KEY, **said))


def container_sas(**more: Any) -> str:
    said: dict[str, Any] = {"container_name": "fs", "permission": "r", "expiry": SOON} | more
    said |= {} if "user_delegation_key" in said else {"account_key": KEY}
    return str(blobs.generate_container_sas(NAME, **said))


def blob_sas(path: str, **more: Any) -> str:
    said: dict[str, Any] = {"account_key": KEY, "permission": "r", "expiry": SOON} | more
    return str(blobs.generate_blob_sas(NAME, "fs", path, **said))


MAKERS: dict[str, Callable[..., str]] = {
    "account": lambda _, **more: account_sas(**more),
    "account of files": lambda _, **more: str(files.generate_account_sas(NAME, KEY, "sco", expiry=SOON, **more)),
    "container": lambda _, **more: container_sas(**more),
    "file system": lambda _, **more: str(files.generate_file_system_sas(NAME, "fs", KEY, expiry=SOON, **more)),
    "blob": blob_sas,
    "file": lambda path, **more: str(
        files.generate_file_sas(NAME, "fs", path.rpartition("/")[0], path.rpartition("/")[2], KEY, expiry=SOON, **more)
    ),
    "directory": lambda path, **more: str(
        files.generate_directory_sas(NAME, "fs", path.partition("/")[0], KEY, expiry=SOON, **more)
    ),
    "user delegation": lambda _, **more: container_sas(user_delegation_key=delegation_key(), **more),
    "delegated file": lambda path, **more: str(
        files.generate_file_sas(
            NAME, "fs", path.rpartition("/")[0], path.rpartition("/")[2], delegation_key(), expiry=SOON, **more
        )
    ),
}
OPERATIONS = {
    "r": ("GET", ""),
    "d": ("DELETE", ""),
    "t": ("GET", "?comp=tags"),
    "x": ("DELETE", "?versionid=1"),
    "y": ("DELETE", "?deletetype=permanent"),
    "i": ("PUT", "?comp=legalhold"),
}


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=40)
@given(
    path=PATH,
    permission=st.sampled_from(["r", "rd", "racwdxyltmeop", "wl", "ti", "xy"]),
    wanted=st.sampled_from(sorted(OPERATIONS)),
    extra=st.fixed_dictionaries(
        {},
        optional={
            "start": st.just(EARLIER),
            "protocol": st.sampled_from(["https,http", "http"]),
            "ip": st.sampled_from(["127.0.0.1", "127.0.0.0-127.0.0.9"]),
            "encryption_scope": st.just("scope"),
        },
    ),
)
def test_a_signature_of_a_client_lets_in_what_it_grants(
    kind: str, path: str, permission: str, wanted: str, extra: dict[str, Any]
) -> None:
    token = MAKERS[kind](path, permission=permission, **extra)
    method, tail = OPERATIONS[wanted]
    request = ask(method, f"fs/{quote(path, safe='/')}{tail}", token)
    if wanted in permission:
        assert let_in(request) == Grant()
    else:
        error = refusal(request)
        assert (error.code, error.status) == ("AuthorizationPermissionMismatch", 403)


@pytest.mark.parametrize("kind", MAKERS)
@given(
    path=PATH,
    name=st.sampled_from(["sp", "se", "sv", "sr", "sig", "ss", "srt", "skoid", "sdd", "st", "sip", "spr", "ses"]),
    value=st.sampled_from(["racwd", "2099-01-01T00:00:00Z", "2026-02-06", "c", "d", "2", "", "2026-01-01"]),
)
def test_a_signature_of_which_one_part_was_changed_is_refused(kind: str, path: str, name: str, value: str) -> None:
    token = MAKERS[kind](path, permission="r")
    fields = {key: values[0] for key, values in parse_qs(token).items()}
    changed = fields | {name: value}
    assume(fields.get(name, "") != value)
    assume(name in fields or name in ("st", "sip", "spr", "ses"))  # others say nothing of a signature of this kind
    request = ask("GET", f"fs/{quote(path, safe='/')}", urlencode(changed))
    assert let_in(ask("GET", f"fs/{quote(path, safe='/')}", token)) == Grant()
    assert refusal(request).code == "AuthenticationFailed"


@pytest.mark.parametrize("kind", ["blob", "file", "delegated file", "directory"])
def test_a_signature_is_of_no_use_elsewhere(kind: str) -> None:
    token = MAKERS[kind]("d/x", permission="racwdl")
    assert let_in(ask("GET", "fs/d/x", token)) == Grant()
    for tail in ("fs/e/x", "fs2/d/x", "fs?restype=container&comp=list", "?comp=list"):
        assert refusal(ask("GET", tail, token)).code == "AuthenticationFailed"


# --- What it says of times, ways and scopes


@pytest.mark.parametrize(
    ("kind", "minutes"), [(kind, minutes) for kind in ("account", "blob") for minutes in (-61, 61)]
)
def test_a_signature_counts_between_its_times(kind: str, minutes: int) -> None:
    token = MAKERS[kind]("a", permission="r", start=EARLIER)
    now = NOW + timedelta(minutes=minutes)
    error = refusal(ask("GET", "fs/a", token), now=now)
    assert error.code == "AuthenticationFailed"
    assert error.details["AuthenticationErrorDetail"].startswith(
        "Signature not valid in the specified time frame: Start [Mon, 01 Jun 2026 11:00:00 GMT] - "
        "Expiry [Mon, 01 Jun 2026 13:00:00 GMT] - Current [Mon, 01 Jun 2026 "
    )


def test_a_user_delegation_key_counts_between_its_times() -> None:
    key = delegation_key(ske="2026-06-01T11:00:00Z")
    error = refusal(ask("GET", "fs/a", container_sas(user_delegation_key=key)))
    assert error.details["AuthenticationErrorDetail"].startswith("Key not valid in the specified time frame: ")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (account_sas(protocol="https"), "AuthorizationProtocolMismatch"),
        (account_sas(ip="10.0.0.1"), "AuthorizationSourceIPMismatch"),
        (account_sas(ip="10.0.0.1-10.0.0.9"), "AuthorizationSourceIPMismatch"),
        (account_sas(ip="here"), "AuthenticationFailed"),
        (account_sas(services="qt"), "AuthorizationServiceMismatch"),
        (account_sas(resource_types="sc"), "AuthorizationResourceTypeMismatch"),
        (account_sas(permission="w"), "AuthorizationPermissionMismatch"),
        (account_sas(expiry="soon"), "AuthenticationFailed"),
        (account_sas(start=SOON, expiry=EARLIER), "AuthenticationFailed"),
    ],
)
def test_each_thing_that_does_not_fit_has_its_code(token: str, code: str) -> None:
    error = refusal(ask("GET", "fs/a", token))
    assert (error.code, error.status) == (code, 403)


def test_a_signature_for_a_container_does_nothing_with_the_container_itself() -> None:
    token = container_sas(permission="racwdl")
    assert let_in(ask("GET", "fs?restype=container&comp=list", token)) == Grant()
    assert let_in(ask("GET", "fs?resource=filesystem&recursive=true", token)) == Grant()
    for method, tail in (("DELETE", ""), ("PUT", ""), ("GET", ""), ("GET", "&comp=acl")):
        assert refusal(ask(method, f"fs?restype=container{tail}", token)).code == "AuthorizationFailure"
    assert refusal(ask("GET", "fs?restype=container&comp=acl", account_sas(permission=ANY))).code == (
        "AuthorizationFailure"
    )


def test_a_signature_for_a_directory_lists_what_is_in_it() -> None:
    token = str(files.generate_directory_sas(NAME, "fs", "d/e", KEY, "rl", SOON))
    for directory in ("d/e", "d/e/f"):
        assert let_in(ask("GET", f"fs?resource=filesystem&recursive=true&directory={directory}", token)) == Grant()
    for directory in ("d", "d/ee", ""):
        tail = f"fs?resource=filesystem&recursive=true&directory={directory}"
        assert refusal(ask("GET", tail, token)).code == "AuthenticationFailed"


def test_a_snapshot_and_a_version_have_signatures_of_their_own() -> None:
    for parameter, said in (
        ("snapshot", {"snapshot": "2026-01-01T00:00:00.0000000Z"}),
        ("versionid", {"version_id": "1"}),
    ):
        token, value = blob_sas("a", **said), next(iter(said.values()))
        assert let_in(ask("GET", f"fs/a?{parameter}={value}", token)) == Grant()
        assert refusal(ask("GET", "fs/a", token)).code == "AuthenticationFailed"
        assert refusal(ask("GET", f"fs/a?{parameter}=other", token)).code == "AuthenticationFailed"


# --- Stored access policies


def test_a_stored_policy_says_what_its_signatures_do_not() -> None:
    token = container_sas(permission=None, expiry=None, policy_id="p")
    assert let_in(ask("GET", "fs/a", token)) == Grant()
    assert refusal(ask("DELETE", "fs/a", token)).code == "AuthorizationPermissionMismatch"
    assert refusal(ask("GET", "fs/a", token), now=NOW + timedelta(days=365)).code == "AuthenticationFailed"


@pytest.mark.parametrize(
    ("token", "detail"),
    [
        (container_sas(permission=None, expiry=None, policy_id="other"), "SAS identifier cannot be found for"),
        (container_sas(permission=None, policy_id="p"), "Access policy fields can be associated with signature or SAS"),
        (container_sas(permission=None, expiry=None, policy_id="empty"), "Signature fields not well formed"),
    ],
)
def test_a_policy_that_is_of_no_use_is_an_error(token: str, detail: str) -> None:
    error = refusal(ask("GET", "fs/a", token))
    assert error.code == "AuthenticationFailed"
    assert error.details["AuthenticationErrorDetail"].startswith(detail)


def test_no_policies_are_none() -> None:
    assert read_policies(b"") == {}
    assert set(read_policies(POLICIES)) == {"p", "empty"}


# --- What a grant brings along


def test_headers_of_a_signature_replace_those_of_a_read() -> None:
    said = {
        "cache_control": "no-store",
        "content_disposition": "a; b",
        "content_encoding": "x",
        "content_language": "de",
    }
    token = blob_sas("a", content_type="text/x", permission="rw", **said)
    wanted = {
        "Cache-Control": "no-store", "Content-Disposition": "a; b", "Content-Encoding": "x", "Content-Language": "de",
        "Content-Type": "text/x",
    }  # fmt: skip
    assert let_in(ask("GET", "fs/a", token)) == Grant(overrides=wanted)
    assert let_in(ask("HEAD", "fs/a", token)) == Grant(overrides=wanted)
    assert let_in(ask("PUT", "fs/a?comp=metadata", token)) == Grant()


@pytest.mark.parametrize("parameter", ["preauthorized_agent_object_id", "agent_object_id"])
def test_who_a_delegation_is_for_owns_what_it_makes(parameter: str) -> None:
    token = container_sas(user_delegation_key=delegation_key(), permission="w", correlation_id="c", **{parameter: "me"})
    assert let_in(ask("PUT", "fs/new?resource=file", token)).owner == "me"


def test_a_scope_in_a_signature_is_that_of_what_it_writes() -> None:
    call = parse_call(ask("PUT", "fs/a", account_sas(permission="w", encryption_scope="mine")), account=NAME)
    authorize(call, CREDENTIALS, state=state(), now=NOW)
    assert call.headers["x-ms-encryption-scope"] == "mine"


def test_a_delegation_to_a_user_wants_the_token_of_that_user() -> None:
    token = container_sas(user_delegation_key=delegation_key(), user_delegation_oid="me")
    tokens = replace(CREDENTIALS, allows_tokens=True)

    def asked(oid: str) -> Grant:
        request = ask("GET", "fs/a", token, Authorization=f"Bearer h.{oid}.s")
        return authorize(parse_call(request, account=NAME), tokens, state=state(), now=NOW)

    assert asked("eyJvaWQiOiAibWUifQ") == Grant()
    with pytest.raises(ServiceError, match="AuthenticationFailed"):
        asked("eyJvaWQiOiAieW91In0")
    assert refusal(ask("GET", "fs/a", token)).code == "AuthenticationFailed"


def test_a_delegation_may_sign_headers_and_parameters_of_the_request() -> None:
    more = {"request_headers": {"x-ms-tags": "a"}, "request_query_params": {"comp": "tags"}}
    token = container_sas(user_delegation_key=delegation_key(), permission="t", **more)
    assert let_in(ask("PUT", "fs/a?comp=tags", token, x_ms_tags="a")) == Grant()
    assert refusal(ask("PUT", "fs/a?comp=tags", token, x_ms_tags="b")).code == "AuthenticationFailed"


def test_a_user_delegation_key_is_for_a_token_only() -> None:
    request = ask("POST", "?restype=service&comp=userdelegationkey", account_sas(permission=ANY))
    assert refusal(request).details == {"AuthenticationErrorDetail": "Only authentication scheme Bearer is supported"}
    tokens = replace(CREDENTIALS, allows_tokens=True)
    call = parse_call(
        ask("POST", "?restype=service&comp=userdelegationkey", "", Authorization="Bearer x"), account=NAME
    )
    assert authorize(call, tokens, state=state(), now=NOW) == Grant()


# --- Earlier versions, by the REST reference; that of 2020-06-12 as a service was recorded to say it


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("sv=2012-02-12&sr=b&sp=r&se=E&st=S&si=I&rscc=C", f"r S E /{NAME}/fs/a I 2012-02-12"),
        ("sv=2013-08-15&sr=c&sp=r&se=E&rscc=C&rsct=T", f"r _ E /{NAME}/fs _ 2013-08-15 C _ _ _ T"),
        ("sv=2015-04-05&sr=b&sp=r&se=E&sip=1&spr=P", f"r _ E /blob/{NAME}/fs/a _ 1 P 2015-04-05 _ _ _ _ _"),
        ("sv=2018-11-09&sr=b&sp=r&se=E", f"r _ E /blob/{NAME}/fs/a _ _ _ 2018-11-09 b _ _ _ _ _ _"),
        ("sv=2020-12-06&sr=b&sp=r&se=E&ses=s", f"r _ E /blob/{NAME}/fs/a _ _ _ 2020-12-06 b _ s _ _ _ _ _"),
        (
            "sv=2018-11-09&sr=b&sp=r&se=E&skoid=O&sktid=T&skt=K&ske=L&sks=b&skv=V&saoid=no",
            f"r _ E /blob/{NAME}/fs/a O T K L b V _ _ 2018-11-09 b _ _ _ _ _ _",
        ),
        (
            "sv=2020-06-12&sr=b&sp=racwdlmeop&se=E&skoid=O&sktid=T&skt=K&ske=L&sks=b&skv=2020-06-12&suoid=U",
            f"racwdlmeop _ E /blob/{NAME}/fs/a O T K L b 2020-06-12 _ U _ _ _ 2020-06-12 b _ _ _ _ _ _",
        ),
        (
            "sv=2025-07-05&sr=b&sp=r&se=E&skoid=O&sktid=T&skt=K&ske=L&sks=b&skv=V&skdutid=D&sduoid=X",
            f"r _ E /blob/{NAME}/fs/a O T K L b V _ _ _ D X _ _ 2025-07-05 b _ _ _ _ _ _ _",
        ),
    ],
)
def test_each_version_signs_the_fields_that_it_knows(query: str, text: str) -> None:
    call = parse_call(ask("GET", "fs/a", query), account=NAME)
    assert _service_text(call, NAME) == "\n".join(word.strip("_") for word in text.split(" "))


@pytest.mark.parametrize("version", ["2019-12-12", "2020-12-06"])
def test_a_signature_of_the_account_knows_scopes_since_2020_12_06(version: str) -> None:
    text = f"{NAME}\nr\nb\no\n\n2027-01-01\n\n\n{version}\n" + ("\n" if version == "2020-12-06" else "")
    fields = {"sp": "r", "ss": "b", "srt": "o", "se": "2027-01-01", "sv": version, "sig": sign(KEY, text)}
    assert let_in(ask("GET", "fs/a", urlencode(fields))) == Grant()


# --- What operations need


@pytest.mark.parametrize(
    ("method", "tail", "headers", "level", "letters"),
    [
        ("GET", "?comp=list", {}, "s", "l"),
        ("GET", "?resource=account", {}, "s", "l"),
        ("PUT", "?restype=service&comp=properties", {}, "s", "w"),
        ("HEAD", "?restype=account&comp=properties", {}, "s", ANY),
        ("PUT", "fs?restype=container", {}, "c", "cw"),
        ("PUT", "fs?resource=filesystem", {}, "c", "cw"),
        ("HEAD", "fs?resource=filesystem", {}, "c", "r"),
        ("PUT", "fs?restype=container&comp=lease", {}, "c", "wd"),
        ("PUT", "fs/new", {}, "o", "cw"),
        ("PUT", "fs/there", {}, "o", "w"),
        ("PUT", "fs/there?resource=file", {}, "o", "w"),
        ("PUT", "fs/new?comp=block", {}, "o", "w"),
        ("PUT", "fs/new?comp=appendblock", {}, "o", "aw"),
        ("PUT", "fs/new?mode=legacy", {"x_ms_rename_source": "/fs/a"}, "o", "mw"),
        ("PATCH", "fs/new?action=append", {}, "o", "aw"),
        ("PATCH", "fs/new?action=flush", {}, "o", "w"),
        ("HEAD", "fs/new?action=getAccessControl", {}, "o", "re"),
        ("GET", "fs/new?comp=blocklist", {}, "o", "r"),
        ("DELETE", "fs/new?recursive=true", {}, "o", "d"),
    ],
)
def test_an_operation_needs_one_of_its_letters(
    method: str, tail: str, headers: dict[str, str], level: str, letters: str
) -> None:
    need = needed(parse_call(ask(method, tail, "", **headers), account=NAME), state())
    assert (need.level, need.any_of, need.all_of) == (level, letters, "")


def test_tags_owners_and_permissions_need_letters_of_their_own() -> None:
    tagged = needed(parse_call(ask("PUT", "fs/new", "", x_ms_tags="a=b"), account=NAME), state())
    assert not tagged.is_met("cw")
    assert tagged.is_met("ct")
    tail = "fs/new?action=setAccessControl"
    both = parse_call(ask("PATCH", tail, "", x_ms_owner="me", x_ms_acl="user::rwx"), account=NAME)
    assert [needed(both, state()).is_met(granted) for granted in ("w", "o", "p", "op")] == [False, False, False, True]
