"""Scripts made with the drivers that ship here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.drivers import aiobotocore, boto3, fsspec, obstore
from conformance.contract.drivers._azure import EMULATOR_KEY, Account
from conformance.contract.drivers._fsspec_setups import obstore_setup, setup_of
from conformance.contract.drivers._s3 import Connection, Place
from conformance.contract.drivers._setups import azure_setup, s3_setup
from conformance.contract.file_system import FILE_SYSTEM
from conformance.contract.object_store import OBJECT_STORE
from conformance.report import client_script, reproduced
from conformance.trace import Ref, Step
from tests.backends.services import Endpoint, moto
from tests.contract.drivers.openings import Given, opened
from tests.report.reproductions.box import finding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FACTORIES = {"boto3": boto3.object_store, "aiobotocore": aiobotocore.object_store}
OFFERED = frozenset({"multipart", "conditional_read"})
STEPS = (
    Step("start_upload", {"key": "a"}),
    Step("upload_part", {"key": "a", "upload": Ref(1, "upload"), "number": 1, "data": b"x"}),
    Step(
        "complete_upload",
        {"key": "a", "upload": Ref(1, "upload"), "parts": [{"number": 1, "part": Ref(2, "part")}]},
    ),
    Step("get", {"key": "a", "if_match": Ref(3, "etag")}),
    Step("put", {"key": "k" * 1025, "data": b""}),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with moto() as found:
        yield found


@pytest.mark.parametrize("name", list(FACTORIES))
def test_a_script_needs_the_client_alone_and_shows_the_divergence(name: str, server: Endpoint, tmp_path: Path) -> None:
    factory: Any = FACTORIES[name]
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        run = loop.run_until_complete
        with opened(factory, Given(server=server), loop) as (subject, _):
            finding = finding_of(subject, *STEPS, run=run, contract=OBJECT_STORE, capabilities=OFFERED)
        with opened(factory, Given(server=server), loop) as (subject, _):
            text = client_script(finding, OBJECT_STORE, subject, capabilities=OFFERED, run=run)
    assert finding.step == 5
    assert text is not None
    assert "import conformance" not in text
    assert "from conformance" not in text
    assert "UploadId=result_1['UploadId']" in text
    assert "'ETag': result_2['ETag']" in text
    assert "IfMatch=result_3['ETag']" in text
    path = tmp_path / "reproduction.py"
    path.write_text(text, "utf-8")
    done = reproduced(path, timeout_s=120)
    assert done.exit_code == 1, done.complained
    assert done.printed.startswith("got: {'ResponseMetadata'")
    assert "'HTTPStatusCode': 200" in done.printed


ROOT = (Step("delete", {"path": ""}),)
CREATED_TWICE = (
    Step("write", {"path": "a", "data": b"x"}),
    Step("write", {"path": "a", "data": b"y", "overwrite": False}),
)
MOVED_ONTO_ITSELF = (Step("move", {"source": "a", "target": "a", "overwrite": True}),)
FILE_SYSTEMS: dict[str, tuple[Any, dict[str, Any], tuple[Step, ...]]] = {
    "s3fs": (fsspec.file_system, {"url": "s3://"}, ROOT),
    "async s3fs": (fsspec.async_file_system, {"url": "s3://"}, ROOT),
    "memory": (fsspec.file_system, {"url": "memory://"}, MOVED_ONTO_ITSELF),
    "obstore on S3": (obstore.file_system, {"store": "s3"}, CREATED_TWICE),
    "obstore in memory": (obstore.file_system, {"store": "memory"}, CREATED_TWICE),
    "obstore on the disk": (obstore.file_system, {"store": "local"}, CREATED_TWICE),
}


@pytest.mark.parametrize("name", list(FILE_SYSTEMS))
def test_a_script_of_a_filesystem_of_fsspec_tells_that_it_diverges(name: str, server: Endpoint, tmp_path: Path) -> None:
    factory, options, steps = FILE_SYSTEMS[name]
    offered = frozenset({"create_only", "move"})
    given = Given(options, server if "s3" in name.lower() else None)
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        run = loop.run_until_complete
        with opened(factory, given, loop) as (subject, _):
            finding = finding_of(subject, *steps, run=run, contract=FILE_SYSTEM, capabilities=offered)
        with opened(factory, given, loop) as (subject, _):
            text = client_script(finding, FILE_SYSTEM, subject, capabilities=offered, run=run, is_telling=True)
    assert text is not None
    assert "from conformance" not in text
    path = tmp_path / "reproduction.py"
    path.write_text(text, "utf-8")
    done = reproduced(path, timeout_s=120)
    assert done.printed.endswith("diverges\n"), done.complained


def test_options_that_may_be_secret_are_in_no_source() -> None:
    assert setup_of(Given({"url": "memory://"}), "memory", "/a").text
    assert not setup_of(Given({"url": "memory://", "token": "hush"}), "memory", "/a").text
    assert not setup_of(Given({"url": "s3://bucket"}), "s3", "bucket/a").text
    connection = Connection("https://box.test", "eu-west-3", "name", "hush")
    assert not obstore_setup("s3", "b", connection, Place("b", "")).text


def test_a_key_that_is_not_of_this_machine_is_in_no_source() -> None:
    for access, secret in (("name", "hush"), ("conformance", "hush"), ("name", "conformance")):
        connection = Connection("https://box.test", "eu-west-3", access, secret)
        text, names = s3_setup(connection, Place("b", "p/"), imports=(), client=(), creation="make")
        assert "hush" not in text
        assert ("os.environ['SECRET']" in text) is (secret == "hush")
        assert "make" not in text
        assert names == {"bucket": "b"}
    own = s3_setup(connection, Place("b", ""), imports=(), client=(), creation="make")
    located = "make(Bucket=bucket, CreateBucketConfiguration={'LocationConstraint': 'eu-west-3'})"
    assert own.text.endswith(f"\n{located}")
    for key in ("hush", EMULATOR_KEY):
        account = Account("https://box.test", "name", key)
        text, names = azure_setup(account, "c", imports=(), client="make()", is_own=True)
        assert "hush" not in text
        assert (EMULATOR_KEY in text) is (key == EMULATOR_KEY)
        assert names == {"container": "c", "endpoint": "https://box.test"}
