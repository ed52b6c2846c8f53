"""Digests of files → what was once made of them, outside the repository. A file that is cut or damaged is never used.

``CONFORMANCE_CACHE`` names another folder, or ``off``.
"""

from __future__ import annotations

import gc
import hashlib
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
WORTHWHILE_BYTES = 4 * 1024


def reuse_or_make(
    data: bytes,
    sort: str,
    *,
    make: Callable[[], T],
    pack: Callable[[T], bytes | None],
    unpack: Callable[[bytes], T | None],
) -> T:
    """Return what ``make`` makes of ``data``, or what ``unpack`` gives back of what ``pack`` once made of that.

    Args:
        data: The content of the file.
        sort: The suffix of what is kept; another form needs another one.
        make: Called when nothing was kept.
        pack: Returns what is worth keeping, or None.
        unpack: Returns None where the bytes are not whole.
    """
    path = compiled_path(data, sort)
    if path is None:
        return make()
    with suppress(OSError):
        kept = unpack(path.read_bytes())
        if kept is not None:
            return kept
    made = make()
    packed = pack(made)
    if packed is not None:
        with suppress(OSError):  # a cache that cannot be written is none
            _write(path, packed)
    return made


def compiled_path(data: bytes, sort: str = "compiled") -> Path | None:
    """Return where the compiled form of a cassette file is, or would be; None where none is kept."""
    folder = _folder()
    if len(data) < WORTHWHILE_BYTES or folder is None:
        return None
    return folder / f"{hashlib.sha256(data).hexdigest()}.{sort}"


def seal(magic: bytes, rest: bytes) -> bytes:
    """Return a content under a line that tells its digest."""
    return magic + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def unseal(magic: bytes, data: bytes) -> bytes | None:
    """Return the content of what was sealed; None when it is not whole."""
    head, _, rest = data.partition(b"\n")
    return rest if head == magic + hashlib.sha256(rest).hexdigest().encode() else None


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the cyclic garbage collector: over half of a load goes into its passes over what was just made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _folder() -> Path | None:
    place = os.environ.get("CONFORMANCE_CACHE", "")
    if place == "off":
        return None
    return Path(place) if place else user_cache_path("conformance", appauthor=False)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".new", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
