"""Declares a fixture for a URL of fsspec: what `conformance generate --url` writes into fixtures.toml."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tomlkit

from conformance.errors import Unavailable, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from conformance.registry import BackendSpec

LOCAL = ("file", "local", "memory")
DRIVER = "conformance.contract.drivers.fsspec:file_system"
CONTRACT = "file_system"
ENV = "env:"
#: What is known of a scheme: the preset that keeps its secrets, the headers that its clients mean something by, and
#: what stands in a recording for a credential, so that clients take it.
PRESETS = {"s3": "aws", "s3a": "aws", "abfs": "azure", "abfss": "azure", "az": "azure"}
HEADERS = {
    "aws": ["content-type", "if-match", "if-none-match", "range", "x-amz-copy-source", "x-amz-meta-*"],
    "azure": ["if-match", "if-none-match", "x-ms-copy-source", "x-ms-meta-*", "x-ms-range", "x-ms-rename-source"],
}
STAND_INS = {
    "key": "AKIAIOSFODNN7EXAMPLE",
    "secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "account_key": "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "account_name": "standin",
}
SECRET = re.compile(r"secret|token|password|account_key|connection_string|sas", re.IGNORECASE)
#: Credentials that are found in the environment without being named, by the scheme's preset.
USUAL = {
    "aws": {"key": "AWS_ACCESS_KEY_ID", "secret": "AWS_SECRET_ACCESS_KEY", "token": "AWS_SESSION_TOKEN"},
    "azure": {"account_name": "AZURE_STORAGE_ACCOUNT", "account_key": "AZURE_STORAGE_KEY"},
}
#: The module that fsspec needs for a scheme, and what is to be installed for it.
CLIENTS = {"aws": ("s3fs", "conformance[s3]"), "azure": ("adlfs", "conformance[azure]")}
FSSPEC = ("fsspec", "fsspec")
#: What a service on this machine is given that no key is named for; one that knows no keys takes any.
ANY_KEY = {"key": "conformance", "secret": "conformance"}


@dataclass(frozen=True, slots=True)
class Declared:
    """A fixture that is to be declared.

    Attributes:
        backend: The name of its family.
        name: Its own name.
        kind: ``local``, ``service`` or ``live``.
        options: For the driver: the URL, and the storage options.
        preset: The preset of its secrets; empty where there is none.
    """

    backend: str
    name: str
    kind: str
    options: Mapping[str, object]
    preset: str

    @property
    def is_recorded(self) -> bool:
        """Whether its traffic is HTTP, and so recorded and replayed."""
        return self.kind != "local"

    @property
    def container(self) -> str:
        """The bucket or container that it works in; empty where it is given none, or is of another sort."""
        return str(self.options["url"]).partition("://")[2].partition("/")[0] if self.preset else ""

    @property
    def module(self) -> str:
        """The module that its scheme needs."""
        return CLIENTS.get(self.preset, FSSPEC)[0]

    @property
    def variables(self) -> list[str]:
        """The variables of the environment that its options are taken from."""
        return [each["env"] for each in self.options.values() if isinstance(each, dict)]


def declared(url: str, options: Sequence[str], env: Mapping[str, str]) -> Declared:
    """Return what is to be declared for a URL.

    Args:
        url: A URL of fsspec, such as ``memory://box`` or ``s3://bucket``.
        options: Storage options as ``NAME=VALUE``; ``env:VARIABLE`` for a value takes it from the environment.
        env: The environment.

    Raises:
        UsageError: The URL has no scheme, an option has no ``=``, a secret is given as it is, or there is no key for an
            account.
        Unavailable: The client of the scheme is not installed.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        raise UsageError(f"{url!r} is no URL of fsspec.", "Write for instance memory://box or s3://bucket.")
    preset = PRESETS.get(scheme, "")
    given = dict(_option(each) for each in options)
    for name, variable in USUAL.get(preset, {}).items():
        if name not in given and env.get(variable):
            given[name] = _of_env(name, variable)
    kind = _kind(scheme, given)
    if preset == "aws" and not given.get("anon") and "key" not in given:
        given |= _key(url, kind)
    module, package = CLIENTS.get(preset, FSSPEC)
    if importlib.util.find_spec(module) is None:
        raise Unavailable(f"Python module {module}, for {scheme}://", cure=f"Install {package}.")
    backend = re.sub(r"[^a-z0-9]+", "_", scheme)
    words = re.sub(r"[^a-z0-9]+", "_", rest.lower()).strip("_")[:40]
    name = f"{backend}_{words}" if words else f"{backend}_url"
    return Declared(backend, name, kind, {"url": url, **given}, preset)


def _key(url: str, kind: str) -> Mapping[str, object]:
    if kind == "service":
        return ANY_KEY
    cure = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name others (--option key=env:VARIABLE), or add anon=true."
    raise UsageError(f"There is no key for {url}.", cure)


def _option(text: str) -> tuple[str, object]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise UsageError(f"--option {text!r} has no value.", "Write --option NAME=VALUE or NAME=env:VARIABLE.")
    if value.startswith(ENV):
        return name, _of_env(name, value.removeprefix(ENV))
    if SECRET.search(name):
        what = f"--option {name}=... gives a secret as it is, and fixtures.toml would have it in the open."
        raise UsageError(what, f"Put it into a variable, and write --option {name}=env:VARIABLE.")
    words: dict[str, object] = {"true": True, "false": False}
    return name, words.get(value.lower(), int(value) if re.fullmatch(r"-?\d+", value) else value)


def _of_env(name: str, variable: str) -> Mapping[str, str]:
    return {"env": variable, "stand_in": STAND_INS.get(name, f"stand-in-{name.replace('_', '-')}")}


def _kind(scheme: str, options: Mapping[str, object]) -> str:
    if scheme in LOCAL:
        return "local"
    endpoint = str(options.get("endpoint_url") or options.get("account_host") or options.get("connection_string") or "")
    host = urlsplit(endpoint).hostname or ""
    return "service" if host in ("localhost", "127.0.0.1", "::1") else "live"


def rendered(
    found: Declared, capabilities: Collection[str], backends: Mapping[str, BackendSpec], *, is_first: bool = False
) -> str:
    """Return what is to be appended to a registry for a fixture, and for its backend if it is not there.

    Args:
        found: The fixture.
        capabilities: What it offers.
        backends: The backends that are declared.
        is_first: Whether nothing stands before it.
    """
    tables = tomlkit.document()
    if found.backend not in backends:
        backend = tomlkit.table()
        backend["contract"] = CONTRACT
        if found.preset:
            backend["scrub"] = _inline({"presets": [found.preset]})
            backend["match"] = _inline({"headers": HEADERS[found.preset]})
        tables["backend"] = _super({found.backend: backend})
    fixture = tomlkit.table()
    fixture["backend"] = found.backend
    fixture["kind"] = found.kind
    fixture["driver"] = DRIVER
    client = {"modules": [found.module]}
    fixture["requires"] = _inline(client | ({"env": found.variables} if found.variables else {}))
    if found.backend in backends and backends[found.backend].contract != CONTRACT:
        fixture["contract"] = CONTRACT
    fixture["options"] = _inline(found.options)
    fixture["capabilities"] = tomlkit.array(_listed(capabilities)).multiline(len(capabilities) > 6)  # noqa: PLR2004
    fixtures = {found.name: fixture}
    if found.is_recorded:
        twin = tomlkit.table()
        twin["replays"] = found.name
        twin["requires"] = _inline(client)
        fixtures[f"{found.name}_replay"] = twin
    tables["fixture"] = _super(fixtures)
    return ("" if is_first else "\n") + tomlkit.dumps(tables)


def _super(tables: Mapping[str, tomlkit.items.Table]) -> tomlkit.items.Table:
    found = tomlkit.table(is_super_table=True)
    for name, table in tables.items():
        found[name] = table
    return found


def _inline(values: Mapping[str, object]) -> tomlkit.items.InlineTable:
    found = tomlkit.inline_table()
    for name, value in values.items():
        found[name] = _inline(value) if isinstance(value, dict) else value
    return found


def _listed(words: Collection[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in sorted(words)) + "]"
