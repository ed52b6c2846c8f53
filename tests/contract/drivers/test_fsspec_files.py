"""A file that fsspec fails to write is not written once more behind the back of its driver."""

from __future__ import annotations

import errno
import gc
from typing import Any

import pytest
from fsspec import AbstractFileSystem
from fsspec.spec import AbstractBufferedFile

from conformance.contract.drivers._fsspec import Paths
from conformance.contract.drivers.fsspec import FileSystem


class _File(AbstractBufferedFile):  # type: ignore[misc]  # fsspec has no types
    def __init__(self, fs: _Files, path: str, mode: str, **settings: Any) -> None:
        super().__init__(fs, path, mode, **settings)
        if fs.fails_at == "opening":
            raise OSError(errno.EINVAL, path)

    def _initiate_upload(self) -> None:
        self.fs.sent.append("start")

    def _upload_chunk(self, final: bool = False) -> bool:  # noqa: FBT002  (fsspec's own)
        self.fs.sent.append("chunk")
        if self.fs.fails_at == "writing":
            raise OSError(errno.EINVAL, self.path)
        return final


class _Files(AbstractFileSystem):  # type: ignore[misc]
    cachable = False

    def __init__(self, fails_at: str) -> None:
        super().__init__()
        self.fails_at = fails_at
        self.sent: list[str] = []

    def _open(self, path: str, mode: str = "rb", **settings: Any) -> _File:
        settings.pop("cache_options", None)
        return _File(self, path, mode, **settings)


@pytest.mark.parametrize(
    ("fails_at", "sent"), [("opening", []), ("writing", ["start", "chunk"]), ("nothing", ["start", "chunk"])]
)
def test_what_fails_to_be_written_is_not_sent_again_when_it_is_collected(fails_at: str, sent: list[str]) -> None:
    files = _Files(fails_at)
    subject = FileSystem(files, Paths("", protocol="stub", is_local=False))
    if fails_at == "nothing":
        subject.append("a", b"x")
    else:
        with pytest.raises(OSError, match="a"):
            subject.append("a", b"x")
    del subject
    gc.collect()
    assert files.sent == sent
