"""The blobs of a container, held against a dict."""

from __future__ import annotations

import base64

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.emulators.hns.blob_client import BlobClient, code, header

NAMES = st.sampled_from(["a", "b", "a/x", "a/y", "c/d/e", "a-b", "ä ö"])
CONTENT = st.binary(max_size=40)


def above(name: str) -> list[str]:
    """Return the directories that a name has above it."""
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


class Blobs(RuleBasedStateMachine):
    """A flat account, where a name is nothing but a name."""

    is_hierarchical = False

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, bytes] = {}
        self.directories: set[str] = set()

    @initialize()
    def begin(self) -> None:
        self.client = BlobClient(is_hierarchical=self.is_hierarchical)

    def is_refused(self, name: str) -> bool:
        """Whether a blob of this name would be below a file, or in the place of a directory."""
        return self.is_hierarchical and (name in self.directories or not self.model.keys().isdisjoint(above(name)))

    def keep(self, name: str, content: bytes) -> None:
        self.model[name] = content
        self.directories |= set(above(name))

    @rule(name=NAMES, content=CONTENT)
    def put(self, name: str, content: bytes) -> None:
        if not self.is_refused(name):
            assert self.client.put(name.replace(" ", "%20"), content).status == 201
            self.keep(name, content)

    @rule(name=NAMES, contents=st.lists(CONTENT.filter(bool), min_size=1, max_size=3))
    def put_blocks(self, name: str, contents: list[bytes]) -> None:
        if self.is_refused(name):
            return
        path = f"box/{name.replace(' ', '%20')}"
        ids = [base64.b64encode(bytes([number])).decode() for number in range(len(contents))]
        for block, content in zip(ids, contents, strict=True):
            assert self.client.send("PUT", f"{path}?comp=block&blockid={block}", body=content).status == 201
        body = "".join(f"<Latest>{block}</Latest>" for block in reversed(ids))
        answer = self.client.send("PUT", f"{path}?comp=blocklist", body=f"<BlockList>{body}</BlockList>".encode())
        assert answer.status == 201
        self.keep(name, b"".join(reversed(contents)))

    @precondition(lambda self: self.model)
    @rule(data=st.data(), name=NAMES)
    def copy(self, data: st.DataObject, name: str) -> None:
        source = data.draw(st.sampled_from(sorted(self.model)))
        if not self.is_refused(name):
            answer = self.client.copy(source.replace(" ", "%20"), name.replace(" ", "%20"))
            assert (answer.status, header(answer, "x-ms-copy-status")) == (202, "success")
            self.keep(name, self.model[source])

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        assert self.client.send("DELETE", f"box/{name.replace(' ', '%20')}").status == 202
        del self.model[name]

    @rule(name=NAMES, first=st.integers(0, 45), size=st.integers(1, 45))
    def read_range(self, name: str, first: int, size: int) -> None:
        asked = {"x-ms-range": f"bytes={first}-{first + size - 1}"}
        answer = self.client.send("GET", f"box/{name.replace(' ', '%20')}", asked)
        if name not in self.model:
            assert answer.status in (404, 416)
        elif first >= len(self.model[name]):
            assert code(answer) == (416, "InvalidRange")
            assert header(answer, "content-range") == f"bytes */{len(self.model[name])}"
        else:
            assert (answer.status, answer.body) == (206, self.model[name][first : first + size])

    @rule(prefix=st.sampled_from(["", "a", "a/", "c/"]), most=st.integers(1, 4))
    def list_by_page(self, prefix: str, most: int) -> None:
        pages = self.client.pages(f"prefix={prefix}&maxresults={most}&showonly=files")
        assert all(len(page) == most for page in pages[:-1])
        assert sorted(name for page in pages for name in page) == sorted(
            name for name in self.model if name.startswith(prefix)
        )

    @rule(prefix=st.sampled_from(["", "a", "a/", "c/"]), delimiter=st.sampled_from(["/", "-"]), most=st.integers(1, 3))
    def list_by_page_up_to_a_delimiter(self, prefix: str, delimiter: str, most: int) -> None:
        query = f"prefix={prefix}&delimiter={delimiter}"
        names = self.client.names(query)
        assert [name for page in self.client.pages(f"{query}&maxresults={most}") for name in page] == names
        cut = {
            (prefix + name[len(prefix) :].partition(delimiter)[0], name)
            for name in self.model
            if name.startswith(prefix)
        }
        expected = {short if short == name else short + delimiter for short, name in cut}
        assert len(set(names)) == len(names)
        assert expected <= set(names)
        assert self.is_hierarchical or expected == set(names)

    @invariant()
    def has_what_the_model_has(self) -> None:
        for name, content in self.model.items():
            got = self.client.send("GET", f"box/{name.replace(' ', '%20')}")
            assert (got.status, got.body) == (200, content)


class Files(Blobs):
    """An account with a hierarchy, where a blob makes the directories above it."""

    is_hierarchical = True

    @rule(name=NAMES, content=CONTENT)
    def put_below_a_file(self, name: str, content: bytes) -> None:
        if name in self.model:
            path = f"{name.replace(' ', '%20')}/below"
            assert code(self.client.put(path, content)) == (404, "BlobNotFound")
            assert code(self.client.send("DELETE", f"box/{path}")) == (409, "OperationNotAllowedInCurrentState")

    @precondition(lambda self: self.directories)
    @rule(data=st.data())
    def delete_directory(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.directories)))
        if any(other.startswith(f"{name}/") for other in [*self.model, *self.directories]):
            assert code(self.client.send("DELETE", f"box/{name}")) == (409, "DirectoryIsNotEmpty")
        else:
            assert self.client.send("DELETE", f"box/{name}").status == 202
            self.directories.remove(name)

    @invariant()
    def directories_stand_until_they_are_deleted(self) -> None:
        for name in self.directories:
            answer = self.client.send("HEAD", f"box/{name}")
            assert (answer.status, header(answer, "x-ms-meta-hdi_isfolder")) == (200, "true")


TestBlobs = Blobs.TestCase
TestFiles = Files.TestCase
TestBlobs.settings = TestFiles.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
