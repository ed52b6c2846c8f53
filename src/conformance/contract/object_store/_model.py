"""The state of the model: objects, uploads and tokens; and what changes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.trace import Chosen, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOTHING: Mapping[str, str] = MappingProxyType({})


ANY_ETAG = "*"


@dataclass(frozen=True, slots=True)
class Stored:
    """An object.

    Attributes:
        data: Its body.
        etag: The model's name for its ETag.
        metadata: As it was given.
        content_type: As it was given; None where it was not.
    """

    data: bytes
    etag: str
    metadata: Mapping[str, str]
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an upload that is not completed: its body, and the model's name for its ETag."""

    data: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was neither completed nor aborted; its parts by number."""

    key: str
    metadata: Mapping[str, str]
    parts: Mapping[int, Part]


@dataclass(frozen=True, slots=True)
class Query:
    """What a listing is asked for; ``order`` is that of ``ORDERS``."""

    prefix: str = ""
    delimiter: str = ""
    start_after: str = ""
    order: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a token stands for.

    Attributes:
        query: What was asked for.
        last: The last entry that was returned.
        following: The first entry that was not; None where there was none.
    """

    query: Query
    last: str
    following: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What the store holds.

    Attributes:
        objects: By key.
        uploads: By the model's name for the upload.
        ended: The keys of uploads that were completed or aborted, by their names.
        bodies: Of what every ETag was of, by the model's name for it: objects and parts, of now and before.
        numbers: Of every part, by the model's name for it.
        cursors: By the model's name for the token.
        count: Of the names that were given.
    """

    objects: Mapping[str, Stored] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    ended: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    count: int = 0

    def named(self, what: str) -> str:
        """Return a name that the model has not given yet."""
        return f"{what} {self.count + 1}"

    def stored(
        self, key: str, data: bytes, *, metadata: Mapping[str, str] | None, content_type: str | None = None
    ) -> State:
        """Return the state with an object put in place, with an ETag of its own."""
        etag = self.named("etag")
        made = Stored(data, etag, metadata or NOTHING, content_type)
        return replace(
            self, objects={**self.objects, key: made}, bodies={**self.bodies, etag: data}, count=self.count + 1
        )

    def etag_of(self, key: str) -> Chosen:
        """Return the ETag of an object."""
        return Chosen(self.objects[key].etag)

    def without(self, keys: Sequence[str]) -> State:
        """Return the state without the objects of some keys; those that are missing make no difference."""
        return replace(self, objects={key: each for key, each in self.objects.items() if key not in keys})

    def started(self, key: str, metadata: Mapping[str, str] | None) -> tuple[State, Chosen]:
        """Return the state with an upload started, and its name."""
        name = self.named("upload")
        uploads = {**self.uploads, name: Upload(key, metadata or NOTHING, {})}
        return replace(self, uploads=uploads, count=self.count + 1), Chosen(name)

    def with_part(self, upload: str, number: int, data: bytes) -> tuple[State, Chosen]:
        """Return the state with a part of an upload, in place of the one that has its number; and its name."""
        name = self.named("part")
        before = self.uploads[upload]
        uploads = {**self.uploads, upload: replace(before, parts={**before.parts, number: Part(data, name)})}
        bodies = {**self.bodies, name: data}
        numbers = {**self.numbers, name: number}
        return replace(self, uploads=uploads, bodies=bodies, numbers=numbers, count=self.count + 1), Chosen(name)

    def without_upload(self, upload: str) -> State:
        """Return the state with an upload completed or aborted."""
        uploads = {name: each for name, each in self.uploads.items() if name != upload}
        return replace(self, uploads=uploads, ended={**self.ended, upload: self.uploads[upload].key})

    def with_cursor(self, cursor: Cursor) -> tuple[State, Chosen]:
        """Return the state with a token given, and its name."""
        name = self.named("token")
        return replace(self, cursors={**self.cursors, name: cursor}, count=self.count + 1), Chosen(name)

    def upload_of(self, key: str, upload: Value) -> Upload | None:
        """Return an upload to a key by its name; None where there is none."""
        found = self.uploads.get(str(upload))
        return found if found is not None and found.key == key else None

    def is_same(self, etag: Value, *, name: str, data: bytes) -> bool | None:
        """Whether an ETag is that of an object or part with this name and body; None where services differ.

        An ETag of equal content may be the same (S3: the digest of the body) or another (Azure: of each write); ``*``
        is that of any (RFC 9110 section 13.1.2).
        """
        if str(etag) in {name, ANY_ETAG}:
            return True
        return None if self.bodies.get(str(etag)) == data else False
