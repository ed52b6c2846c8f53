"""Python scripts that show a divergence: how one reads. That they run is tried in ``tests/slow``."""

from __future__ import annotations

import asyncio
from typing import Any

from conformance.report import client_script
from conformance.trace import Chosen, Ref, Step
from tests.report.reproductions.box import BOX, finding_of


class Tool:
    """A client with everything that a client may return."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def folder(self, name: str) -> Tool:
        assert name == "f"
        return self

    async def write(self, key: str, data: bytes) -> Any:
        await asyncio.sleep(0)
        self.kept[key] = data
        return Written(f"tag-of-{key}")

    async def chunks(self) -> Any:
        for each in sorted(self.kept):
            yield each

    def __aenter__(self) -> Any:
        return self._entered()

    async def _entered(self) -> Tool:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.kept = {}


class Written:
    """What a write gives."""

    def __init__(self, tag: str) -> None:
        self.tag = tag


class AsyncSubject:
    """Loses what it is given."""

    setup = "from tests.report.reproductions.test_scripts import Tool\nclient = Tool()"

    def __init__(self) -> None:
        self.client: Any = Tool()

    async def put(self, key: str, data: bytes) -> dict[str, Any]:
        async with self.client.folder("f") as folder:
            return {"etag": Chosen((await folder.write(key, data)).tag)}

    async def get(self, key: str, if_none_match: str | None = None) -> dict[str, Any]:
        await self.client.write(f"{key}-other", b"")
        if if_none_match:
            await self.client.write(if_none_match, b"")
        return {"data": "".join([each async for each in self.client.chunks()]).encode()}


def script_of_an_async_client() -> str | None:
    """Return a script of the client above."""
    steps = Step("put", {"key": "a", "data": b"x"}), Step("get", {"key": "a", "if_none_match": Ref(1, "etag")})
    with asyncio.Runner() as runner:
        finding = finding_of(AsyncSubject(), *steps, run=runner.run)
        return client_script(finding, BOX, AsyncSubject(), capabilities=frozenset(), run=runner.run)


def test_a_script_of_an_async_client_has_its_calls_in_a_loop() -> None:
    text = script_of_an_async_client()
    assert text is not None
    assert "    await client.write(result_2.tag, b'')\n" in text
    assert "        got = [each async for each in client.chunks()]\n" in text
