"""What an account holds: containers, and in each the files and directories, or blobs, by path."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from conformance.emulators.hns._acl import UMASK, new_acl
from conformance.emulators.hns._clock import BEGINNING, precise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.emulators.hns._clock import Clock

SUPERUSER = "$superuser"
"""Owner and group of what a request with the key of the account makes."""
FILE_ACL = "user::rw-,group::r--,other::---"
PAGE_BYTES = 512
KIND, SKU, REPLICATION = "StorageV2", "Standard_LRS", "unavailable"
QUOTE = '"'
DIRECTORY_ACL = "user::rwx,group::r-x,other::---"


@dataclass(slots=True)
class Lease:
    """A lease, or the want of one (REST reference, "Lease Blob").

    Attributes:
        id: Lower case; None where nobody has it.
        duration_s: None where it does not end.
        ends: When it ends, or ended; None where it does not.
        breaks: When it is, or was, broken; None where nobody asked.
    """

    id: str | None = None
    duration_s: int | None = None
    ends: datetime | None = None
    breaks: datetime | None = None


@dataclass(slots=True)
class Node:
    """A file, a directory or a blob.

    Attributes:
        etag: In quotes.
        kind: BlockBlob, AppendBlob or PageBlob; a directory looks like a block blob.
        content: What was committed.
        appended: What the dfs endpoint took and has not flushed, by position.
        blocks: What was committed block by block: id (base64, as sent) and size, in order.
        staged: Blocks that are not committed, by id, in the order of arrival.
        is_committed: False for a blob that has staged blocks and nothing else: there is none to read.
        settings: The headers that a client sets and gets back, by the lower-case name of the answer: content-type,
            content-encoding, content-language, content-disposition, cache-control, content-md5.
        metadata: Names as they were spelt.
        acl: The entries of the access ACL and the default ACL, with commas.
        copied: The ``x-ms-copy-…`` headers of the last copy onto it.
        key_sha256: Of the key that the client encrypted it with; None where the service did.
        scope: The encryption scope; None where it is that of the account.
        version: The id of the version of a blob that it is; empty in an account that keeps none.
        accessed: When its content was read or written last; None where nobody keeps that.
        tier: None where it is inferred from the account.
        expires: When it goes by itself.
        snapshots: Earlier states by the time of the snapshot, as it is written in URLs; oldest first.
        pages: Of a page blob, what is written: 512 bytes each, by the number of the page; none where it was cleared.
        length: Of a page blob, in bytes; of any other the content says it.
        extras: What only single operations use (tags, sequence number, seal, legal hold), by a name of theirs.
    """

    etag: str
    modified: datetime
    created: datetime
    is_directory: bool = False
    kind: str = "BlockBlob"
    content: bytes | bytearray = b""
    appended: dict[int, bytes] = field(default_factory=dict)
    blocks: list[tuple[str, int]] = field(default_factory=list)
    staged: dict[str, bytes] = field(default_factory=dict)
    is_committed: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    owner: str = SUPERUSER
    group: str = SUPERUSER
    acl: str = FILE_ACL
    lease: Lease = field(default_factory=Lease)
    copied: dict[str, str] = field(default_factory=dict)
    key_sha256: str | None = None
    scope: str | None = None
    version: str = ""
    accessed: datetime | None = None
    tier: str | None = None
    expires: datetime | None = None
    snapshots: dict[str, Node] = field(default_factory=dict)
    pages: dict[int, bytes] = field(default_factory=dict)
    length: int = 0
    extras: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The count of bytes that a read of all returns."""
        return self.length if self.kind == "PageBlob" else len(self.content)

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """Return the bytes from ``start`` up to and without ``end``; to the last one where it is None."""
        end = self.size if end is None else min(end, self.size)
        if self.kind != "PageBlob":
            return (
                bytes(memoryview(self.content)[start:end]) if start or end < len(self.content) else bytes(self.content)
            )
        first, last = start // PAGE_BYTES, -(-end // PAGE_BYTES)
        empty = bytes(PAGE_BYTES)
        text = b"".join(self.pages.get(page) or empty for page in range(first, last))
        return text[start - first * PAGE_BYTES : end - first * PAGE_BYTES]

    def extend(self, more: bytes) -> None:
        """Put bytes behind what was committed, in place: a file of many appends is not copied for each."""
        if isinstance(self.content, bytes):
            self.content = bytearray(self.content)
        self.content += more


@dataclass(slots=True)
class Deleted:
    """What was deleted where retention is on, and can be restored.

    Attributes:
        id: Of the deletion; a number, as the service counts them.
        path: Where it was.
        node: The file, directory, blob or snapshot.
        at: When it was deleted.
        until: When it goes for good.
        below: With a directory, what was in it, by path.
        snapshot: The time of the snapshot that it is; None where it is none.
        version: The id of the version that it is; empty where it is none.
    """

    id: str
    path: str
    node: Node
    at: datetime
    until: datetime
    below: dict[str, Node] = field(default_factory=dict)
    snapshot: str | None = None
    version: str = ""


@dataclass(slots=True)
class Container:
    """A container, which the dfs endpoint calls a filesystem.

    Attributes:
        nodes: By path, without slashes at either end; with a hierarchy every directory is one, and the root is not.
        root: The root directory; what it has of its own is its ACL.
        access: ``blob``, ``container``, or None for no public access.
        policies: The XML of the stored access policies, as set.
        settings: Further properties that a request gave (default encryption scope), by lower-case header name.
        is_hierarchical: Whether paths are directories and files, or only names.
        trash: What was deleted below it and can be restored, oldest first.
        versions: What blobs were before, by path and id of the version, oldest first.
        deleted: When it was deleted itself; None for one that is there.
    """

    etag: str
    modified: datetime
    is_hierarchical: bool
    metadata: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    root: Node = field(
        default_factory=lambda: Node('"0x0"', BEGINNING, BEGINNING, is_directory=True, acl=DIRECTORY_ACL)
    )
    lease: Lease = field(default_factory=Lease)
    access: str | None = None
    policies: bytes = b""
    settings: dict[str, str] = field(default_factory=dict)
    trash: list[Deleted] = field(default_factory=list)
    versions: dict[str, dict[str, Node]] = field(default_factory=dict)
    deleted: datetime | None = None
    _order: list[str] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        """Let the root directory be as old as the container, with an ETag of its own that comes after it."""
        self.root.etag = f'"0x{int(self.etag.strip(QUOTE), 16) + 1:X}"'
        self.root.modified = self.root.created = self.modified

    def add(self, path: str, node: Node) -> None:
        """Put a node in its place, over one that is there."""
        if path not in self.nodes:
            bisect.insort(self._order, self.key(path))
        self.nodes[path] = node

    def remove(self, path: str) -> Node:
        """Take a node away; what is below it stays.

        Raises:
            KeyError: There is none.
        """
        node = self.nodes.pop(path)
        del self._order[bisect.bisect_left(self._order, self.key(path))]
        return node

    def below(self, directory: str) -> list[str]:
        """Return the paths below a directory (the empty path is the root) at any depth, in the order of listings.

        A directory comes before what is in it, and that before what follows the directory.
        """
        if not directory:
            return [self.path(key) for key in self._order]
        prefix = self.key(directory + "/")
        start = bisect.bisect_left(self._order, prefix)
        end = bisect.bisect_left(self._order, prefix[:-1] + chr(ord(prefix[-1]) + 1))
        return [self.path(key) for key in self._order[start:end]]

    def with_prefix(self, prefix: str, *, begin: str = "", beyond: str = "") -> Iterator[str]:
        """Yield the paths that begin with a prefix, in the order of listings.

        Args:
            prefix: Empty for all paths.
            begin: The path to begin with, or the one after it; empty for the first.
            beyond: Where given, those that begin with it and what stands before them are left out.
        """
        start = bisect.bisect_left(self._order, self.key(prefix))
        if begin:
            start = max(start, bisect.bisect_left(self._order, self.key(begin)))
        if beyond:
            key = self.key(beyond)
            start = max(start, bisect.bisect_left(self._order, key[:-1] + chr(ord(key[-1]) + 1)))
        for at in range(start, len(self._order)):
            path = self.path(self._order[at])
            if not path.startswith(prefix):
                break
            yield path

    def between(self, directory: str, *, after: str = "", is_below_too: bool = True) -> Iterator[str]:
        """Yield the paths below a directory (the empty path is the root), in the order of listings.

        Args:
            directory: Without slashes at either end.
            after: The path to go on after; empty for the beginning.
            is_below_too: Whether what is below ``after`` comes as well.
        """
        prefix = self.key(f"{directory}/") if directory else ""
        start = bisect.bisect_left(self._order, prefix)
        if after:
            beyond = self.key(after) + ("\0" if is_below_too else "\x01")
            start = max(start, bisect.bisect_left(self._order, beyond))
        while start < len(self._order) and self._order[start].startswith(prefix):
            yield self.path(self._order[start])
            start += 1

    def file_above(self, path: str) -> str | None:
        """Return the path of the file that stands where a directory above this path would have to be, if one does."""
        return next(
            (above for above in ancestors(path) if above in self.nodes and not self.nodes[above].is_directory), None
        )

    def move(self, source: str, destination: str) -> None:
        """Give a node, and all that is below it, another path; what is at the destination goes."""
        if destination in self.nodes:
            self.remove(destination)
        for path in [source, *self.below(source)]:
            self.add(destination + path[len(source) :], self.remove(path))

    def key(self, path: str) -> str:
        """Return what paths are ordered by: with a hierarchy, what is in a directory stays together."""
        return path.replace("/", "\0") if self.is_hierarchical else path

    def path(self, key: str) -> str:
        """Return the path that a key of `key` is of."""
        return key.replace("\0", "/") if self.is_hierarchical else key


def ancestors(path: str) -> Iterator[str]:
    """Yield the directories above a path, outermost first; not the root."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


@dataclass(frozen=True, slots=True)
class AccountInformation:
    """What an account is, and how it was set up.

    Attributes:
        kind: As its information tells it.
        sku: Likewise.
        replication: The status of its copy elsewhere.
        is_versioned: Whether every write of a blob makes a version; never with a hierarchy.
        tracks_access: Whether it keeps when blobs were read.
    """

    kind: str = KIND
    sku: str = SKU
    replication: str = REPLICATION
    is_versioned: bool = False
    tracks_access: bool = False


@dataclass(slots=True)
class State:
    """All that an account holds.

    Attributes:
        containers: By name.
        deleted: Containers that can be restored, by name and version, where retention is on.
        properties: The XML of the service properties, by endpoint-independent root element; as set.
        is_hierarchical: Whether the account has a hierarchical namespace.
        key: Of the account, in base64; what is signed by the account is signed with it.
        caller: Who makes what the request makes that is carried out.
        user: Whose rights it has; empty for who may do anything.
        is_bound: Whether those are the user's by ACLs, and not by a role.
        last_snapshot: The time of the last one.
        told: What the account is, and how it was set up.
    """

    clock: Clock
    is_hierarchical: bool
    key: str = ""
    caller: str = SUPERUSER
    user: str = ""
    is_bound: bool = False
    containers: dict[str, Container] = field(default_factory=dict)
    deleted: dict[tuple[str, str], Container] = field(default_factory=dict)
    properties: bytes = b""
    last_snapshot: datetime = BEGINNING
    told: AccountInformation = field(default_factory=AccountInformation)

    def node(self, *, is_directory: bool = False) -> Node:
        """Return a new node of now."""
        now = self.clock.now()
        acl = DIRECTORY_ACL if is_directory else FILE_ACL
        node = Node(self.clock.etag(now), now, now, is_directory=is_directory, owner=self.caller, acl=acl)
        node.accessed = now if self.told.tracks_access else None
        return node

    def snapshot(self, node: Node) -> Node:
        """Return what a node is now, without lease and snapshots; a later change of the node leaves it as it is."""
        return replace(
            node,
            content=bytes(node.content),
            blocks=list(node.blocks),
            staged={},
            settings=dict(node.settings),
            metadata=dict(node.metadata),
            copied=dict(node.copied),
            pages=dict(node.pages),
            extras=dict(node.extras),
            lease=Lease(),
            snapshots={},
        )

    def snapshot_time(self) -> str:
        """Return the time of a new snapshot, later than that of every other."""
        self.last_snapshot = max(self.clock.now(), self.last_snapshot + timedelta(microseconds=1))
        return precise(self.last_snapshot)

    def touch(self, changed: Node | Container) -> None:
        """Give what was changed a new ETag and date."""
        changed.modified = self.clock.now()
        changed.etag = self.clock.etag(changed.modified)

    def make_ancestors(self, container: Container, path: str) -> None:
        """Make the directories above a path that are missing, where there is a hierarchy."""
        if container.is_hierarchical:
            parent = container.root
            for above in ancestors(path):
                if above not in container.nodes:
                    made = self.node(is_directory=True)
                    made.acl = new_acl(parent.acl, None, UMASK, is_directory=True)
                    container.add(above, made)
                parent = container.nodes[above]
