"""Addresses of Azure Storage: what they name, and the same at another server or under another name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conformance.compare.verification._dialect import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = re.compile(r"(?P<account>[^./]+)(?:\.[^./]+)??\.(?P<endpoint>blob|dfs)\.(?P<rest>[^/]+)")
ADDRESS = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
SECONDARY = "-secondary"


def place_of(uri: str) -> Place:
    """Return what a URL names: the account by its host, or else by the first segment of its path."""
    parts = urlsplit(uri)
    found = HOST.fullmatch(parts.hostname or "")
    path = unquote(parts.path.lstrip("/"), errors="surrogateescape")
    account, rest = (found["account"], path) if found else (path.partition("/")[0], path.partition("/")[2])
    container, _, below = rest.partition("/")
    return Place(account, container, below)


def endpoint_of_host(uri: str) -> str:
    """Return ``blob`` or ``dfs``, as the host says it; empty where it does not."""
    found = HOST.fullmatch(urlsplit(uri).hostname or "")
    return found["endpoint"] if found else ""


def readdressed(uri: str, base: str, account: str, endpoint: str) -> str:
    """Return a URL at another base, path and query as they were; the label of the service is that of ``endpoint``."""
    was, parts = urlsplit(uri), urlsplit(base)
    old = HOST.fullmatch(was.hostname or "")
    path = was.path if old else "/" + was.path.lstrip("/").partition("/")[2]
    recorded = place_of(uri).account
    second = SECONDARY if recorded.endswith(SECONDARY) else ""
    rest = (path or "/") + (f"?{was.query}" if was.query else "")
    found = HOST.fullmatch(parts.hostname or "")
    if not found:
        return f"{parts.scheme}://{parts.netloc}/{account}{second}{rest if rest != '/' else '/'}"
    netloc = f"{account}{second}.{endpoint}.{found['rest']}" + (f":{parts.port}" if parts.port else "")
    return f"{parts.scheme}://{netloc}{rest}"


def renamed_uri(uri: str, names: Mapping[str, str]) -> str:
    """Return a URL, or the path of one, with another name of its container."""
    head = ADDRESS.match(uri)
    rest = uri[head.end() :] if head else uri
    is_host_style = not head or HOST.fullmatch(urlsplit(uri).hostname or "") is not None
    start = "/" if is_host_style else "/" + rest.lstrip("/").partition("/")[0] + "/"
    if not rest.startswith(start):
        return uri
    container, sign, more = re.match(r"([^/?%]*)((?:[/?]|%2[fF])?)(.*)", rest[len(start) :], re.DOTALL).groups()  # type: ignore[union-attr]
    return (head[0] if head else "") + start + names.get(container, container) + sign + more


def renamed_header(name: str, value: str, names: Mapping[str, str]) -> str:
    """Return the value of a header (lower-case name) with another name of the container that it names."""
    if name in {"x-ms-copy-source", "x-ms-rename-source"}:
        return renamed_uri(value, names)
    return names.get(value, value) if name.endswith("-container-name") else value
