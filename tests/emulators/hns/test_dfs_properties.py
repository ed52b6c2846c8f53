"""The dfs endpoint against a model: a dictionary of paths."""

from __future__ import annotations

from urllib.parse import quote

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.emulators.hns.dfs_client import Client, code

PATHS = st.sampled_from(["a", "a/b", "a/b/c", "a-", "a-/b", "ä %2F", "ä %2F/b"])
CONTENTS = st.binary(min_size=1, max_size=8)


class DfsMachine(RuleBasedStateMachine):
    """What the endpoint says of each step, and holds after it, is what the model says and holds."""

    def __init__(self) -> None:
        super().__init__()
        self.client = Client()
        self.model: dict[str, bytes | None] = {}
        self.pending: dict[str, bytes] = {}

    def url(self, path: str) -> str:
        return f"lake/{quote(path)}"

    def is_below_file(self, path: str) -> bool:
        return any(self.model.get(above, None) is not None for above in ancestors(path))

    def below(self, path: str) -> list[str]:
        return [one for one in self.model if one.startswith(f"{path}/")]

    def put(self, path: str, content: bytes | None) -> None:
        for above in ancestors(path):
            self.model.setdefault(above, None)
        self.model[path] = content
        self.pending.pop(path, None)

    @rule(path=PATHS, is_directory=st.booleans())
    def create(self, path: str, is_directory: bool) -> None:
        answer = self.client.send("PUT", f"{self.url(path)}?resource={'directory' if is_directory else 'file'}")
        is_other = path in self.model and (self.model[path] is None) != is_directory
        if self.is_below_file(path) or is_other:
            assert code(answer) == (409, "PathConflict")
            return
        assert answer.status == 201
        self.put(path, None if is_directory else b"")

    @rule(path=PATHS, content=CONTENTS)
    def append(self, path: str, content: bytes) -> None:
        had = self.model.get(path)
        position = len(had or b"") + len(self.pending.get(path, b""))
        answer = self.client.send("PATCH", f"{self.url(path)}?action=append&position={position}", body=content)
        if path not in self.model:
            assert code(answer) == (404, "PathNotFound")
        elif had is None:
            assert code(answer) == (409, "ResourceTypeMismatch")
        else:
            assert answer.status == 202
            self.pending[path] = self.pending.get(path, b"") + content

    @rule(path=PATHS, off=st.sampled_from([0, 0, 0, 1, -1]))
    def flush(self, path: str, off: int) -> None:
        had = self.model.get(path)
        if had is None:
            return
        position = max(0, len(had) + len(self.pending.get(path, b"")) + off)
        is_all = position == len(had) + len(self.pending.get(path, b""))
        answer = self.client.send("PATCH", f"{self.url(path)}?action=flush&position={position}")
        if is_all:
            assert answer.status == 200
            self.model[path] = had + self.pending.pop(path, b"")
        else:
            assert code(answer) == (400, "InvalidFlushPosition")

    @rule(path=PATHS, is_recursive=st.booleans())
    def delete(self, path: str, is_recursive: bool) -> None:
        answer = self.client.send("DELETE", f"{self.url(path)}?recursive={str(is_recursive).lower()}")
        if self.is_below_file(path):
            assert code(answer) == (409, "PathConflict")
        elif path not in self.model:
            assert code(answer) == (404, "PathNotFound")
        elif self.below(path) and not is_recursive:
            assert code(answer) == (409, "DirectoryNotEmpty")
        else:
            assert answer.status == 200
            for one in [path, *self.below(path)]:
                del self.model[one]
                self.pending.pop(one, None)

    @rule(source=PATHS, destination=PATHS, mode=st.sampled_from(["legacy", "posix"]), is_encoded=st.booleans())
    def rename(self, source: str, destination: str, mode: str, is_encoded: bool) -> None:
        named = quote(source, safe="" if is_encoded else "/")
        answer = self.client.send(
            "PUT", f"{self.url(destination)}?mode={mode}", {"x-ms-rename-source": f"/lake/{named}"}
        )
        if source not in self.model:
            assert code(answer) == (404, "SourcePathNotFound")
            return
        if mode == "posix" and destination != source and self.model.get(destination, b"") is None:
            destination = f"{destination}/{source.rpartition('/')[2]}"
        assert code(answer) == self.expected_rename(source, destination)
        if answer.status == 201 and source != destination:
            moved = {destination + one[len(source) :]: one for one in [source, *self.below(source)]}
            self.pending.pop(destination, None)
            for new, old in moved.items():
                self.model[new] = self.model.pop(old)
                if old in self.pending:
                    self.pending[new] = self.pending.pop(old)

    def expected_rename(self, source: str, destination: str) -> tuple[int, str]:
        is_directory = self.model[source] is None
        if is_directory and f"{destination}/".startswith(f"{source}/"):
            return 409, "InvalidRenameSourcePath"
        if self.is_below_file(destination):
            return 409, "InvalidSourceOrDestinationResourceType"
        if (parent := destination.rpartition("/")[0]) and parent not in self.model:
            return 404, "RenameDestinationParentPathNotFound"
        if destination in self.model and (self.model[destination] is None) != is_directory:
            return 409, "InvalidSourceOrDestinationResourceType"
        if is_directory and self.below(destination):
            return 409, "InternalOperationAbortError"
        return 201, ""

    @rule(most=st.integers(1, 3), directory=st.just("") | PATHS, is_recursive=st.booleans())
    def list_in_pages(self, most: int, directory: str, is_recursive: bool) -> None:
        query = f"recursive={str(is_recursive).lower()}&directory={quote(directory)}"
        if directory and (directory not in self.model or self.is_below_file(directory)):
            expected = (409, "PathConflict") if self.is_below_file(directory) else (404, "PathNotFound")
            assert code(self.client.send("GET", f"lake?resource=filesystem&{query}")) == expected
            return
        prefix = f"{directory}/" if directory else ""
        names = [one for one in self.model if one.startswith(prefix)]
        if not is_recursive:
            names = [one for one in names if "/" not in one[len(prefix) :]]
        if self.model.get(directory) is not None:
            names = [directory]
        assert self.client.pages(f"{query}&maxResults={most}") == in_order(names)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        rows = self.client.rows()
        assert [row["name"] for row in rows] == in_order(list(self.model))
        assert [row.get("isDirectory") == "true" for row in rows] == [self.model[row["name"]] is None for row in rows]
        for path, content in self.model.items():
            if content is not None:
                assert self.client.send("GET", self.url(path)).body == content


def ancestors(path: str) -> list[str]:
    segments = path.split("/")
    return ["/".join(segments[:count]) for count in range(1, len(segments))]


def in_order(names: list[str]) -> list[str]:
    """Return paths as listings have them: a directory, what is in it, and then what follows the directory."""
    return sorted(names, key=lambda name: name.split("/"))


TestDfs = DfsMachine.TestCase
TestDfs.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
