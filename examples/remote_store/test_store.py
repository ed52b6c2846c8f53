"""What a store of remote-store does, whichever backend holds the files.

A plain test runs on sync and async stores alike: conformance hands it an async one whose coroutines are run to their
end. What only one of the two can do has an ``async def`` test, or asks for the capability ``file_objects``.
"""

from __future__ import annotations

import asyncio
import io
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from remote_store import AlreadyExists, DirectoryNotEmpty, InvalidPath, NotFound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from remote_store import PathEntry, Store
    from remote_store.aio import AsyncStore

# More than the megabyte from which the Azure backends upload in blocks.
LARGE = b"0123456789abcdef" * (5 * 2**15)


def paths(entries: Iterable[PathEntry]) -> list[str]:
    """Return the paths of a listing; no backend promises an order."""
    return sorted(str(entry.path) for entry in entries)


def write_tree(store: Store) -> None:
    """Write three files in two folders and one beside them."""
    for path in ("top.txt", "reports/2025.csv", "reports/2026.csv", "reports/raw/2026.json"):
        store.write(path, path.encode())


# --- reading and writing ---------------------------------------------------------------------------------------------


def test_what_was_written_is_read(subject: Store) -> None:
    written = subject.write("notes/one.bin", b"\x00\xff some bytes")
    assert (str(written.path), written.size) == ("notes/one.bin", 13)
    assert subject.read_bytes("notes/one.bin") == b"\x00\xff some bytes"


def test_an_empty_file_is_a_file(subject: Store) -> None:
    subject.write("empty", b"")
    assert subject.is_file("empty")
    assert subject.read_bytes("empty") == b""


def test_text_and_names_keep_every_letter(subject: Store) -> None:
    subject.write_text("Übergröße/日本 & 100%+#.txt", "naïve, 日本\n")
    assert paths(subject.list_files("Übergröße")) == ["Übergröße/日本 & 100%+#.txt"]
    assert subject.read_text("Übergröße/日本 & 100%+#.txt") == "naïve, 日本\n"


def test_a_file_is_replaced_only_when_asked(subject: Store) -> None:
    subject.write("file", b"first, and longer")
    with pytest.raises(AlreadyExists):
        subject.write("file", b"second")
    assert subject.read_bytes("file") == b"first, and longer"
    subject.write_atomic("file", b"second", overwrite=True)
    assert subject.read_bytes("file") == b"second"


def test_a_missing_file_is_not_found(subject: Store) -> None:
    assert not subject.exists("nothing")
    for operation in (subject.read_bytes, subject.get_file_info, subject.delete):
        with pytest.raises(NotFound):
            operation("nothing")


def test_the_root_is_no_file(subject: Store) -> None:
    with pytest.raises(InvalidPath):
        subject.write("", b"data")
    with pytest.raises(InvalidPath):
        subject.read_bytes("../outside")


def test_a_large_file_is_read_piece_by_piece(subject: Store) -> None:
    subject.write("large", LARGE)
    with closing(subject.read("large")) as stream:
        pieces = iter(lambda: stream.read(2**19), b"") if hasattr(stream, "read") else stream
        assert b"".join(pieces) == LARGE


@pytest.mark.subject(capabilities=["file_objects"])
def test_a_file_object_is_written_and_read_from_the_middle(subject: Store) -> None:
    assert subject.write("large", io.BytesIO(LARGE)).size == len(LARGE)
    with subject.read_seekable("large") as file:
        file.seek(-16, io.SEEK_END)
        assert file.read(10) == b"0123456789"


async def test_an_async_iterator_is_written(subject: AsyncStore) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(LARGE), 2**19):
            yield LARGE[start : start + 2**19]

    assert (await subject.write("large", pieces())).size == len(LARGE)
    assert b"".join([piece async for piece in subject.read("large")]) == LARGE


async def test_files_are_written_at_the_same_time(subject: AsyncStore) -> None:
    names = [f"file-{number}" for number in range(8)]
    await asyncio.gather(*(subject.write(name, name.encode()) for name in names))
    assert await asyncio.gather(*map(subject.read_bytes, names)) == [name.encode() for name in names]


def test_metadata_is_kept(subject: Store) -> None:
    subject.write("file", b"data", metadata={"author": "Ada", "step": "7 of 9"})
    info = subject.get_file_info("file")
    assert (info.name, info.size, info.metadata) == ("file", 4, {"author": "Ada", "step": "7 of 9"})
    assert info.etag == subject.head("file").etag


# --- folders ---------------------------------------------------------------------------------------------------------


def test_a_folder_lists_its_own_files_and_folders(subject: Store) -> None:
    write_tree(subject)
    assert paths(subject.list_files("reports")) == ["reports/2025.csv", "reports/2026.csv"]
    assert paths(subject.list_folders("reports")) == ["reports/raw"]
    assert paths(subject.iter_children("")) == ["reports", "top.txt"]
    assert paths(subject.list_files("elsewhere")) == []


def test_a_recursive_listing_goes_as_deep_as_asked(subject: Store) -> None:
    write_tree(subject)
    assert len(paths(subject.list_files("", recursive=True))) == 4
    assert paths(subject.list_files("", max_depth=1, pattern="*6.csv")) == ["reports/2026.csv"]
    summary = subject.get_folder_info("reports")
    assert (summary.file_count, summary.total_size) == (3, 53)


@pytest.mark.subject(capabilities=["glob"])
def test_a_pattern_finds_files_in_all_folders(subject: Store) -> None:
    write_tree(subject)
    assert paths(subject.glob("**/2026.*")) == ["reports/2026.csv", "reports/raw/2026.json"]


def test_a_file_and_a_folder_are_told_apart(subject: Store) -> None:
    write_tree(subject)
    assert subject.is_folder("reports/raw")
    assert not subject.is_file("reports/raw")
    assert not subject.is_folder("top.txt")
    with pytest.raises(InvalidPath):
        subject.read_bytes("reports")


# --- deleting, moving, copying ---------------------------------------------------------------------------------------


def test_a_deleted_file_is_gone(subject: Store) -> None:
    write_tree(subject)
    subject.delete("reports/2025.csv")
    subject.delete("reports/2025.csv", missing_ok=True)
    assert paths(subject.list_files("reports")) == ["reports/2026.csv"]


def test_a_folder_that_holds_files_is_deleted_only_with_them(subject: Store) -> None:
    write_tree(subject)
    with pytest.raises(DirectoryNotEmpty):
        subject.delete_folder("reports")
    subject.delete_folder("reports", recursive=True)
    assert not any(map(subject.is_file, ("reports/2025.csv", "reports/2026.csv", "reports/raw/2026.json")))
    assert paths(subject.list_files("")) == ["top.txt"]


@pytest.mark.subject(capabilities=["folders_vanish"])
def test_a_folder_vanishes_with_its_last_file(subject: Store) -> None:
    subject.write("folder/file", b"data")
    subject.delete("folder/file")
    assert not subject.exists("folder")
    assert paths(subject.iter_children("")) == []


def test_a_moved_file_is_in_its_new_place_alone(subject: Store) -> None:
    subject.write("old/name", b"data")
    subject.move("old/name", "new/name")
    assert not subject.exists("old/name")
    assert subject.read_bytes("new/name") == b"data"
    with pytest.raises(NotFound):
        subject.move("old/name", "newer/name")


def test_a_copy_leaves_its_source_and_spares_what_is_there(subject: Store) -> None:
    subject.write("source", b"data")
    subject.copy("source", "folder/target")
    assert subject.read_bytes("source") == subject.read_bytes("folder/target") == b"data"
    subject.write("other", b"other")
    with pytest.raises(AlreadyExists):
        subject.copy("other", "folder/target")
    assert subject.read_bytes("folder/target") == b"data"
