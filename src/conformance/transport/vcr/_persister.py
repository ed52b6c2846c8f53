"""vcr's persister protocol on files that are read whole or not at all, and that several writers may share."""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import yaml
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer

from conformance.cassette import (
    Cassette,
    load_cassette,
    locked,
    paused_collector,
    reuse_or_make,
    seal,
    unseal,
)
from conformance.errors import CassetteError
from conformance.transport.vcr._messages import StoredRequest, to_vcr, to_vcr_request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAGIC = b"conformance-compiled-vcr 1 "
OURS = b"conformance:"
CURE = "Restore the file from version control, or remove it and record it again."

Content = tuple[list[Any], list[Any], dict[str, Any]]


class Files:
    """The persister of one cassette.

    A damaged file stops the test and stays as it is; vcr takes one that is not UTF-8 for empty, and overwrites it. A
    file is put in place by one rename, so nobody reads half of it, and a writer that is killed leaves the old one. What
    others have written since this cassette was loaded is kept, before what this one adds.
    """

    def __init__(self, extra_paths: Sequence[str] | None = None) -> None:
        """Take the paths of files that are loaded after the cassette's own, where they exist.

        Where they are given, even none, files without an interaction count for missing, as pytest-recording has it.
        """
        self.extra_paths = extra_paths
        self._base: bytes | None = None

    def load_cassette(self, cassette_path: Any, serializer: Any) -> Content:
        """Return requests, responses and metadata, in the order of the files.

        Raises:
            CassetteNotFoundError: There is no file, or there is nothing in it.
            CassetteError: A file is damaged.
        """
        own = Path(cassette_path)
        self._base = _read(own)
        requests: list[Any] = []
        responses: list[Any] = []
        metadata: dict[str, Any] = {}
        for path in dict.fromkeys([own, *map(Path, self.extra_paths or ())]):
            data = self._base if path == own else _read(path)
            if data is not None and data.strip():
                content = _parse(path, data, serializer)
                requests += content[0]
                responses += content[1]
                metadata = metadata or content[2]
        if not requests and (self.extra_paths is not None or not (self._base or b"").strip()):
            raise CassetteNotFoundError
        return requests, responses, metadata

    def save_cassette(self, cassette_path: Any, cassette_dict: dict[str, Any], serializer: Any) -> None:
        """Put a cassette in place, as text that vcr would write; a file that says the same already is left alone."""
        path = Path(os.path.realpath(cassette_path))
        data = _text(serialize(cassette_dict, serializer)).encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path):
            present = _read(path)
            if present != self._base and present is not None and present.strip():
                data = _merged(path, (self._base or b"", data, present), serializer)
            if data != present:
                _place(path, data)
        self._base = data


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except FileNotFoundError:
        return None


def _text(written: object) -> str:
    return written.decode() if isinstance(written, bytes) else str(written)


def _place(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{secrets.token_hex(8)}.new")  # short: the name of a cassette may be as long as can be
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _merged(path: Path, texts: tuple[bytes, bytes, bytes], serializer: Any) -> bytes:
    """Make to the file as it is now the change that was made from the one that was loaded to the one that is saved."""
    (base, _), (saved, new), (present, old) = (_items(path, text, serializer) for text in texts)
    changes = Counter(key for key, _ in saved)
    changes.subtract(key for key, _ in base)
    kept = [item for key, item in present if not _take(changes, key, -1)]
    kept += [item for key, item in saved if _take(changes, key, 1)]
    whole = {"requests": [one for one, _ in kept], "responses": [two for _, two in kept], "metadata": old | new}
    return _text(serialize(whole, serializer)).encode()


def _take(changes: Counter[str], key: str, sign: int) -> bool:
    """Return whether one more of these is to be removed (-1) or added (1), and count it."""
    if changes[key] * sign <= 0:
        return False
    changes[key] -= sign
    return True


def _items(path: Path, data: bytes, serializer: Any) -> tuple[list[tuple[str, tuple[Any, Any]]], dict[str, Any]]:
    """Return each interaction with the text that stands for it, and the metadata."""
    requests, responses, metadata = _parse(path, data, serializer) if data.strip() else ([], [], {})
    items = list(zip(requests, responses, strict=True))
    texts = [_text(serialize({"requests": [one], "responses": [two]}, serializer)) for one, two in items]
    return list(zip(texts, items, strict=True)), metadata


def _parse(path: Path, data: bytes, serializer: Any) -> Content:
    if data.startswith(OURS) and serializer is yamlserializer:
        items = load_cassette(path).interactions
        return [to_vcr_request(item.request) for item in items], [to_vcr(item.response) for item in items], {}
    with paused_collector():
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise CassetteError("is not UTF-8.", CURE, path=path, line=data.count(b"\n", 0, error.start) + 1) from error
        return _build(path, _raw(path, data, text, serializer))


def _raw(path: Path, data: bytes, text: str, serializer: Any) -> Any:
    """Return what the serializer makes of the text; vcr's own YAML through the compiled cache."""
    try:
        if serializer is not yamlserializer:
            return serializer.deserialize(text)
        return reuse_or_make(data, "vcr", make=lambda: serializer.deserialize(text), pack=_pack, unpack=_unpack)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"is not YAML that a cassette may hold: {getattr(error, 'problem', None) or error}."
        raise CassetteError(what, CURE, path=path, line=mark.line + 1 if mark else None) from error
    except json.JSONDecodeError as error:
        raise CassetteError(f"is not JSON: {error.msg}.", CURE, path=path, line=error.lineno) from error


def _build(path: Path, raw: Any) -> Content:
    """Let vcr make requests and responses of it, all at once or, to tell which one is damaged, one by one."""
    try:
        requests, responses, *metadata = deserialize("", SimpleNamespace(deserialize=lambda _: raw))
    except (KeyError, TypeError, AttributeError) as error:
        items = raw.get("interactions") if isinstance(raw, dict) else None
        if not isinstance(items, list):
            raise CassetteError("is no cassette: it has no list of interactions.", CURE, path=path, line=1) from error
        position = next(_damaged(items), 0)
        what = f"has an interaction that is not whole: {type(error).__name__}: {error}."
        line = Cassette(path, (), None).line_of(position)
        raise CassetteError(what, CURE, path=path, line=line) from error
    for request in requests:
        request.__class__ = StoredRequest
    return requests, responses, metadata[0] if metadata else {}


def _damaged(items: list[Any]) -> Iterator[int]:
    for position, item in enumerate(items):
        try:
            deserialize("", SimpleNamespace(deserialize=lambda _, item=item: {"interactions": [item]}))
        except (KeyError, TypeError, AttributeError):
            yield position


def _pack(raw: Any) -> bytes | None:
    """Return plain data as JSON; None where that would not give the same back."""
    try:
        packed = seal(MAGIC, json.dumps(raw, default=_from_bytes, separators=(",", ":")).encode())
    except (TypeError, ValueError):
        return None
    return packed if _unpack(packed) == raw else None


def _unpack(data: bytes) -> Any:
    packed = unseal(MAGIC, data)
    return None if packed is None else json.loads(packed, object_hook=_to_bytes)


def _from_bytes(value: object) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(value)
    return {"!!binary": b64encode(value).decode()}


def _to_bytes(value: dict[str, Any]) -> Any:
    return b64decode(value["!!binary"]) if "!!binary" in value else value
