"""What comes of the calls of a filesystem: errors in the words of the contract, and entries of listings."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conformance.contract._api import NotOffered, Refused
from conformance.contract.drivers._statuses import kind_of_status, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Info = Mapping[str, Any]

KINDS: dict[type[OSError], str] = {
    FileExistsError: "already_exists",
    FileNotFoundError: "not_found",
    IsADirectoryError: "is_a_directory",
    NotADirectoryError: "not_a_directory",
    PermissionError: "access_denied",
}

#: EINVAL and EIO are missing: clients answer with them for anything.
KINDS_OF_ERRNO = {
    errno.EBUSY: "conflict",
    errno.EFBIG: "too_large",
    errno.EMSGSIZE: "too_large",
    errno.ENAMETOOLONG: "invalid_path",
    errno.ENOSYS: "unsupported",
    errno.ENOTEMPTY: "not_empty",
    errno.ENOTSUP: "unsupported",
}

#: How a client calls the metadata of a new file, by protocol.
METADATA_WORDS = {"s3": "Metadata"}


@contextmanager
def mapped() -> Iterator[None]:
    """Map the errors that Python has for files; an ``OSError`` of another number by the status of the answer behind it.

    Raises:
        Refused: The filesystem refused.
        NotOffered: It does not have the operation.
    """
    try:
        yield
    except NotImplementedError as error:
        raise NotOffered(str(error) or "the filesystem has no such operation") from error
    except (ConnectionError, TimeoutError):
        raise
    except OSError as error:
        status = status_of(error)
        kinds = (kind for sort, kind in KINDS.items() if isinstance(error, sort))
        kind = next(kinds, "") or KINDS_OF_ERRNO.get(error.errno or 0) or kind_of_status(status)
        if not kind:
            raise
        raise Refused(kind, status=status, code=type(error).__name__, detail=str(error)) from error


class Paths:
    """The paths of a contract, and those of a filesystem below one of its folders."""

    def __init__(self, root: str, *, protocol: str, is_local: bool) -> None:
        """Take the folder, as the filesystem spells it; empty where the filesystem is all the subject's own."""
        self.root = root
        self._protocol = protocol
        self._is_local = is_local

    def full(self, path: str) -> str:
        """Return a path as the filesystem takes it.

        Raises:
            NotOffered: It would leave the folder, on this machine's own disk.
        """
        if self._is_local and ".." in path.split("/"):
            raise NotOffered("the path leads out of the folder")
        return f"{self.root}/{path}" if self.root and path else self.root or path

    def inner(self, path: str) -> str:
        """Return the path of what is to go or to be copied, as the filesystem takes it.

        Raises:
            NotOffered: It is the root, that is a folder like others to the filesystem.
        """
        if not path.strip("/"):
            raise NotOffered("the root is a folder like others, and would go or be copied")
        return self.full(path)

    def entry(self, info: Info) -> dict[str, Any]:
        """Return an entry of a listing: its path relative to the root, its type, the size of a file."""
        return {"path": self._relative(info["name"])} | stat_of(info)

    def entries(self, infos: Iterable[Info], *, below: str = "") -> dict[str, Any]:
        """Return the entries of a listing, by path; without the folder that ``find`` counts among what is in it."""
        found = [self.entry(info) for info in infos]
        kept = [each for each in found if each["type"] != "directory" or each["path"] != below.strip("/")]
        return {"entries": sorted(kept, key=lambda each: each["path"])}

    def metadata_word(self) -> str:
        """Return the argument that gives a new file its metadata.

        Raises:
            NotOffered: The filesystem keeps none.
        """
        if self._protocol not in METADATA_WORDS:
            raise NotOffered(f"{self._protocol} keeps no metadata of files")
        return METADATA_WORDS[self._protocol]

    def writing(self, *, overwrite: bool, metadata: Mapping[str, str] | None) -> dict[str, Any]:
        """Return the arguments of ``pipe_file`` beside path and data."""
        found: dict[str, Any] = {} if overwrite else {"mode": "create"}
        return found if metadata is None else found | {self.metadata_word(): dict(metadata)}

    def _relative(self, name: str) -> str:
        root = self.root.strip("/")
        name = name.lstrip("/")
        return "" if name == root else name.removeprefix(f"{root}/" if root else "")


def stat_of(info: Info) -> dict[str, Any]:
    """Return the type of what a path names, and the size of a file."""
    return {"type": info["type"]} | ({"size": info["size"]} if info["type"] == "file" else {})


def metadata_of(found: Mapping[str, str]) -> dict[str, Any]:
    """Return metadata of a file; names in lower case, since they come in headers, whose case means nothing."""
    return {"metadata": {name.lower(): value for name, value in found.items()}}


def is_offered(*, overwrite: bool) -> None:
    """Refuse a move or copy that is not to overwrite.

    Raises:
        NotOffered: It is not: no filesystem of fsspec can be told so.
    """
    if not overwrite:
        raise NotOffered("fsspec overwrites what is there")
