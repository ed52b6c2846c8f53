"""Azure Storage: the blob and the dfs service of an account, with or without a hierarchical namespace."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from conformance.cassette import Request
from conformance.compare.verification._azure_addresses import (
    ADDRESS,
    HOST,
    SECONDARY,
    endpoint_of_host,
    place_of,
    readdressed,
    renamed_header,
    renamed_uri,
)
from conformance.compare.verification._azure_avro import BEGINNING as AVRO
from conformance.compare.verification._azure_avro import said_in_avro
from conformance.compare.verification._azure_blocks import with_block_ids
from conformance.compare.verification._azure_clearing import DEFAULT_VERSION, version_of, with_sources, with_versions
from conformance.compare.verification._azure_contents import ContentsBefore, bodies_by_md5, puts
from conformance.compare.verification._azure_identities import is_bearer, with_users
from conformance.compare.verification._azure_secrets import (
    asks_for_a_key,
    is_for_a_user,
    token,
    with_own_signatures,
)
from conformance.compare.verification._azure_settings import properties_before, settings_before
from conformance.compare.verification._azure_signing import is_sas, shared_key, with_sas
from conformance.compare.verification._azure_words import (
    CHOSEN_HEADERS,
    CHOSEN_LEAVES,
    DATE_HEADERS,
    LIST_KEYS,
    ORDERED_LISTS,
    VOLATILE_HEADERS,
    VOLATILE_LEAVES,
)
from conformance.compare.verification._dates import http_date, shifted_iso_date
from conformance.compare.verification._dialect import Account, Behaviour, Place
from conformance.compare.verification._leaves import keyed_leaves, name_of, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from conformance.cassette import Headers, Interaction, Response

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SELECTING = ("action", "comp", "mode", "recursive", "resource", "restype")
ONLY_DFS = ("resource", "action", "recursive", "mode")
MISSING = ("ContainerNotFound", "FilesystemNotFound")
SAYS_NOTHING = frozenset({400, 401, 403, 405, 500, 503})
ANONYMOUS = ("NoAuthenticationInformation", "PublicAccessNotPermitted", "ResourceNotFound")
BADLY_SIGNED = ("AuthenticationFailed", "InvalidAuthenticationInfo")
OTHER_KEY = base64.b64encode(b"no key of this account").decode()
DETAILS = re.compile(rb"(?:\\n|\n)?RequestId:[^\\\n<\"]*(?:\\n|\n)Time:[^\\\n<\"]*")
ENTRY_OF_CONTAINER = re.compile(rb"<Container>.*?</Container>", re.DOTALL)
NAME = re.compile(rb"<Name>([^<]+)</Name>")
ANYWHERE = re.compile(rb"https?://[0-9a-z-]+\.(blob|dfs)\.(?=[0-9a-z])")
ISO_DATES = ("st", "se")
# The account that every Azurite has; both are published in its documentation.
EMULATOR_ACCOUNT = "devstoreaccount1"
EMULATOR_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class AzureStorage:
    """The ``Dialect`` of Azure Storage; its addresses are ``ACCOUNT.blob.…`` and ``ACCOUNT.dfs.…``, or path style."""

    name: str = "azure-storage"
    endpoints: Collection[str] = ("blob", "dfs")
    volatile_headers: Collection[str] = VOLATILE_HEADERS
    volatile_leaves: Collection[str] = VOLATILE_LEAVES
    date_headers: Collection[str] = DATE_HEADERS
    list_keys: Mapping[str, str] = LIST_KEYS
    ordered_lists: Collection[str] = ORDERED_LISTS
    emulator_account: Account = Account(EMULATOR_ACCOUNT, EMULATOR_KEY)
    environment: tuple[str, str] = ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY")

    def applies(self, uri: str) -> bool:
        """Return whether the host has the label of a service, or is this machine with an account in the path."""
        parts = urlsplit(uri)
        if HOST.fullmatch(parts.hostname or ""):
            return True
        return parts.hostname in LOOPBACK and parts.path.startswith(f"/{EMULATOR_ACCOUNT}")

    def obstacle(self, interaction: Interaction) -> str:
        """Return that a signature was made for a user, or that there are many."""
        names = dict(parse_qsl(urlsplit(interaction.request.uri).query, keep_blank_values=True))
        if is_for_a_user(interaction.request.uri):
            return "signed with a user delegation key, for a user"
        return "a batch, whose parts are signed each" if names.get("comp") == "batch" else ""

    def place(self, request: Request) -> Place:
        """Return the account by the host, or by the first segment where the host names none."""
        return place_of(request.uri)

    def sources(self, request: Request) -> Iterator[Place]:
        """Return what a copy or a rename reads."""
        own = place_of(request.uri)
        for name, value in request.headers:
            if name.lower() == "x-ms-copy-source" and self.applies(value):
                yield place_of(value)
            elif name.lower() == "x-ms-rename-source":
                container, _, path = unquote(value.partition("?")[0]).lstrip("/").partition("/")
                yield Place(own.account, container, path)

    def behaviour(self, request: Request, response: Response) -> Behaviour:
        """Return what selects the operation: parameters, the lease action, a copy, a rename, and whether it goes on."""
        query = dict(parse_qsl(urlsplit(request.uri).query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in request.headers}
        words = [f"{name}={query[name].lower()}" for name in SELECTING if name in query]
        if "x-ms-lease-action" in headers:
            words.append(f"lease:{headers['x-ms-lease-action'].lower()}")
        words += ["RENAME"] * ("x-ms-rename-source" in headers) + ["COPY"] * ("x-ms-copy-source" in headers)
        words += ["CONT"] * bool(query.get("continuation")) + ["MARKER"] * bool(query.get("marker"))
        level = self.place(request).level
        code = self.error_code(response)
        return Behaviour(request.method.upper(), _endpoint(request), level, " ".join(words), response.status, code)

    def error_code(self, response: Response) -> str:
        """Return the code from the header, ``<Error><Code>`` or ``error.code``."""
        if response.status < 300:  # noqa: PLR2004  (an answer of success)
            return ""
        header = next((value for name, value in response.headers if name.lower() == "x-ms-error-code"), "")
        leaves = dict(keyed_leaves(response, {}) or ())
        return header or plain_value(leaves.get("/Error/Code") or leaves.get("$.error.code") or "")

    def chosen(self, response: Response) -> Iterator[tuple[str, str]]:
        """Return ETags, dates, ids of leases, copies, versions and snapshots, and what continues a listing."""
        for name, value in response.headers:
            if name.lower() in CHOSEN_HEADERS:
                yield f"header {name.lower()}", value.strip('"')
        for path, leaf in keyed_leaves(response, self.list_keys) or ():
            if name_of(path) in CHOSEN_LEAVES:
                yield f"body {path}", plain_value(leaf).strip('"')

    def plain(self, response: Response) -> Response:
        """Return an answer without the account in addresses, and without RequestId and Time in an error's message.

        An answer to a query is told as JSON: how its data is cut into records says nothing.
        """
        body = ANYWHERE.sub(rb"https://account.\1.", response.body)
        said = said_in_avro(body) if body.startswith(AVRO) else None
        if said is not None:
            response = replace(response, headers=_typed_as_json(response.headers))
            body = said
        headers = tuple(
            (name, ANYWHERE.sub(rb"https://account.\1.", value.encode()).decode()) for name, value in response.headers
        )
        if response.status >= 300:  # noqa: PLR2004
            body = DETAILS.sub(b"", body)
        return replace(response, headers=headers, body=body)

    def addressed(self, request: Request, base: str, account: str) -> Request:
        """Return a request to a host with the label of its service, or with the account as first segment."""
        uri = readdressed(request.uri, base, account, _endpoint(request))
        headers = tuple(
            (name, readdressed(value, base, account, endpoint_of_host(value) or "blob"))
            if ADDRESS.match(value) and self.applies(value)
            else (name, value)
            for name, value in request.headers
        )
        return replace(request, uri=uri, headers=headers)

    def public_base(self, account: Account) -> str:
        """Return the address of the blob service in the public cloud."""
        return f"https://{account.name}.blob.core.windows.net"

    def base_of(self, request: Request) -> str:
        """Return scheme and host, and the account in the path."""
        found = ADDRESS.match(request.uri)
        base = found[0] if found else ""
        return base if HOST.fullmatch(urlsplit(request.uri).hostname or "") else f"{base}/{self.place(request).account}"

    def settled(self, request: Request, response: Response, *, shift_s: float, is_secure: bool) -> Request:
        """Return a request with the dates of a SAS shifted, also in the URL of the source of a copy."""
        is_good = self.error_code(response) not in (*BADLY_SIGNED, *ANONYMOUS)

        def moved(uri: str) -> str:
            return _shifted(uri, shift_s, is_good=is_good, is_secure=is_secure) if is_sas(uri) else uri

        headers = tuple((name, moved(value) if ADDRESS.match(value) else value) for name, value in request.headers)
        return replace(request, uri=moved(request.uri), headers=headers)

    def signed(self, request: Request, account: Account, response: Response, *, now: datetime) -> Request:
        """Return a request with a SAS made anew where it has one, else with the shared key.

        Where the server takes tokens, one that tells a user is kept.
        A recording tells no more of whether a request was signed at all, and well, than the answer does.
        """
        if account.takes_tokens and any(
            name == "Authorization" and is_bearer(value) for name, value in request.headers
        ):
            return request
        code = self.error_code(response)
        key = OTHER_KEY if code in BADLY_SIGNED else account.key
        headers = [(name, value) for name, value in request.headers if name.lower() not in {"authorization", "date"}]
        if not account.key or code in ANONYMOUS:
            return replace(request, headers=tuple(headers))
        if asks_for_a_key(request) and response.status < 300:  # noqa: PLR2004
            return replace(request, headers=(*headers, ("Authorization", token())))
        headers = [
            (name, self._with_sas(value, account.name, account.key) if ADDRESS.match(value) else value)
            for name, value in headers
        ]
        if is_sas(request.uri):
            sas_key = account.key if _is_past(request.uri, now) else key
            uri = self._with_sas(request.uri, account.name, sas_key)
            return replace(request, uri=uri, headers=tuple(headers))
        kept = [pair for pair in headers if pair[0].lower() != "x-ms-date"]
        dated = replace(request, headers=(*kept, ("x-ms-date", http_date(now))))
        proof = shared_key(dated, account.name, key)
        return replace(dated, headers=(*dated.headers, ("Authorization", proof)))

    def renamed(self, request: Request, names: Mapping[str, str]) -> Request:
        """Return a request with other names in its URL, in sources, and in the headers that name a container."""
        headers = tuple((name, renamed_header(name.lower(), value, names)) for name, value in request.headers)
        return replace(request, uri=renamed_uri(request.uri, names), headers=headers)

    def presupposed(self, interactions: Iterable[Interaction]) -> list[Place]:
        """Return the containers of which the first answer that says so says that they are there, or a listing does."""
        known: dict[tuple[str, str], bool] = {}
        places: list[Place] = []
        for item in interactions:
            place = self.place(item.request)
            for name in _listed(item) if place.level == "account" else ():
                is_there = known.setdefault((place.account, name), True)
                places += [Place(place.account, name)] if is_there and Place(place.account, name) not in places else []
            code, status = self.error_code(item.response), item.response.status
            source = self.removes(item.request)
            if source is not None and source.container != place.container and code not in MISSING:
                is_there = known.setdefault((source.account, source.container), True)
                places += [source] if is_there and source not in places else []
            for read in self.sources(item.request) if status < 300 else ():  # noqa: PLR2004
                is_there = known.setdefault((place.account, read.container), True)
                named = Place(place.account, read.container)
                places += [named] if is_there and named not in places else []
            key = place.account.removesuffix(SECONDARY), place.container
            if not place.container or key in known:
                continue
            is_new = self.creates(item.request) is not None and code != "ContainerAlreadyExists"
            if is_new or code in MISSING:
                known[key] = False
            elif status not in SAYS_NOTHING and code != "ResourceNotFound":
                known[key] = True
                places.append(Place(*key))
        return places

    def completed(self, interactions: Iterable[Interaction]) -> list[Interaction]:
        """Return interactions with versions, users, signatures that can be made, sources as in URLs, ids of blocks."""
        return with_users(with_block_ids(with_sources(with_own_signatures(with_versions(interactions)))))

    def contents(self, interactions: Iterable[Interaction]) -> list[Request]:
        """Return the requests that put what a recording shows to have been in containers that it has not made."""
        items = list(interactions)
        before = ContentsBefore(
            place_of=self.place, sources_of=self.sources, creates=self.creates, error_code=self.error_code
        )
        bodies = bodies_by_md5(items)
        return [each for blob in before.blobs(items) for each in puts(blob, bodies, self._blob_base(blob.like))]

    def properties(self, interactions: Iterable[Interaction]) -> list[Request]:
        """Return the requests that set the properties of the service as they were."""
        return list(properties_before(interactions, base_of=self._blob_base))

    def settings(self, interactions: Iterable[Interaction]) -> dict[str, str]:
        """Return whether blobs have versions, deleted containers are kept, and of what kind the account is."""
        return settings_before(interactions)

    def creates(self, request: Request) -> Place | None:
        """Return the container of a Put on it, of a rename to it, or of an undelete as it."""
        return self._container(request, "PUT", ("", "rename", "undelete"))

    def removes(self, request: Request) -> Place | None:
        """Return the container of a Delete on it, or the source of a rename."""
        renamed = self._container(request, "PUT", ("rename",))
        names = [value for name, value in request.headers if name.lower() == "x-ms-source-container-name"]
        if renamed is not None and names:
            return Place(renamed.account, names[0])
        return self._container(request, "DELETE", ("",))

    def creation(self, place: Place, like: Request) -> Request:
        """Return a Create Container."""
        return self._of_container("PUT", place, like, "restype=container")

    def removal(self, place: Place, like: Request, send: Callable[[Request], Response]) -> Response:
        """Break a lease, which there may be none of, and delete the container."""
        lease = (("x-ms-lease-action", "break"), ("x-ms-lease-break-period", "0"))
        send(self._of_container("PUT", place, like, "comp=lease&restype=container", lease))
        return send(self._of_container("DELETE", place, like, "restype=container"))

    def _container(self, request: Request, method: str, comps: Collection[str]) -> Place | None:
        query = dict(parse_qsl(urlsplit(request.uri).query, keep_blank_values=True))
        is_one = query.get("restype") == "container" or query.get("resource") == "filesystem"
        place = self.place(request)
        is_one = is_one and query.get("comp", "") in comps and place.level == "container"
        if request.method.upper() != method or not is_one:
            return None
        return Place(place.account.removesuffix(SECONDARY), place.container)

    def _of_container(
        self, method: str, place: Place, like: Request, query: str, headers: tuple[tuple[str, str], ...] = ()
    ) -> Request:
        base = self._blob_base(like)
        version = ("x-ms-version", version_of(like.headers) or DEFAULT_VERSION)
        uri = f"{base}/{quote(place.container)}?{query}"
        return Request(method, uri, (version, ("Content-Length", "0"), *headers))

    def _blob_base(self, like: Request) -> str:
        """Return the URL of the blob service, not that of its copy elsewhere, that a request went to the account of."""
        account = self.place(like).account
        base = re.sub(r"\.dfs\.", ".blob.", self.base_of(like), count=1)
        return base.replace(account, account.removesuffix(SECONDARY))

    def _with_sas(self, uri: str, account: str, key: str) -> str:
        if not is_sas(uri):
            return uri
        place = place_of(uri)
        return with_sas(uri, account, key, resource=f"/{place.container}/{place.path}".rstrip("/"))


def _typed_as_json(headers: Headers) -> Headers:
    """Return headers that say that a body is JSON, and what it was said to be."""
    return tuple(
        (name, f"application/json; of={value}" if name.lower() == "content-type" else value) for name, value in headers
    )


def _listed(item: Interaction) -> list[str]:
    """Return the containers that a listing has, but for those that are deleted."""
    body = ENTRY_OF_CONTAINER.findall(item.response.body)
    return [name.decode() for entry in body if b"<Deleted>true" not in entry for name in NAME.findall(entry)[:1]]


def _endpoint(request: Request) -> str:
    """Return the service: by the host, else by what only one of the two has."""
    told = endpoint_of_host(request.uri)
    if told:
        return told
    query = dict(parse_qsl(urlsplit(request.uri).query, keep_blank_values=True))
    headers = {name.lower(): value for name, value in request.headers}
    if "restype" in query or "comp" in query:
        return "blob"
    is_dfs = any(name in query for name in ONLY_DFS) or "x-ms-rename-source" in headers
    return "dfs" if is_dfs or headers.get("accept") == "application/json" else "blob"


def _shifted(uri: str, seconds: float, *, is_good: bool, is_secure: bool) -> str:
    """Return a SAS valid as it was; one whose expiry nobody kept is given one, as it could not have been without."""
    head, _, query = uri.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    moved = []
    for name, _, value in pairs:
        told = unquote(value)
        if name in ISO_DATES:
            told = shifted_iso_date(told, seconds)
        elif name == "spr" and not is_secure:
            told = "https,http"
        moved.append(f"{name}={quote(told, safe='') if told != unquote(value) else value}")
    names = {name for name, _, _ in pairs}
    if not names & {"se", "si"}:
        end = datetime.now(UTC) + timedelta(hours=1 if is_good else -1)
        moved.append(f"se={quote(end.strftime('%Y-%m-%dT%H:%M:%SZ'), safe='')}")
    return f"{head}?{'&'.join(moved)}"


def _is_past(uri: str, now: datetime) -> bool:
    """Return whether a SAS has expired; one without a date of its own has not."""
    expiry = dict(parse_qsl(urlsplit(uri).query)).get("se", "9999")
    return expiry < now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
