"""generate --url."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from conformance.contract.file_system import FILE_SYSTEM
from conformance.errors import ConformanceError, UsageError
from conformance.registry import load_registry

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("fsspec")

BOX = '\ufeff# mine\n[backend.box]\ndriver = "boxes:box"\n[fixture.box_live]\nbackend = "box"\nkind = "live"'
BEFORE = BOX.replace("\n", "\r\n").encode()
UNREACHABLE = """
import fsspec
from fsspec.implementations.memory import MemoryFileSystem

class Gone(MemoryFileSystem):
    protocol = "gone"
    cachable = False

    def _gone(self, *_, **__):
        raise ConnectionRefusedError("nobody is there")

    makedirs = mkdir = pipe_file = cat_file = info = ls = exists = _open = rm = _gone

fsspec.register_implementation("gone", Gone, clobber=True)
"""


def run(registry: Path, *arguments: str) -> tuple[int, str]:
    command = ["generate", "--registry", str(registry), "--programs=2", *arguments]
    result = CliRunner().invoke(conformance, command, env={"COLUMNS": "200"})
    if isinstance(result.exception, ConformanceError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_url_is_declared_with_what_it_offers_and_a_second_run_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    code, output = run(path, "--url=memory://box")
    assert code == 0
    assert "[fixture.memory_box] is new" in output
    spec = load_registry(path).fixture("memory_box")
    assert (spec.kind, spec.contract, spec.options["url"]) == ("local", "file_system", "memory://box")
    assert set() < spec.capabilities < FILE_SYSTEM.capabilities
    before = path.read_bytes()
    code, output = run(path, "--url=memory://box")
    assert (code, "is new" in output, path.read_bytes()) == (0, False, before)


def test_what_is_there_is_left_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    path.write_bytes(BEFORE)
    assert run(path, "--url=memory://box")[0] == 0
    after = path.read_bytes()
    assert after.startswith(BEFORE + b"\n")
    assert load_registry(path).fixtures.keys() == {"box_live", "memory_box"}


def test_a_backend_that_is_there_with_another_contract_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    path.write_text('[backend.memory]\ncontract = "object_store"\n')
    assert run(path, "--url=memory://box")[0] == 0
    registry = load_registry(path)
    assert (registry.backend("memory").contract, registry.fixture("memory_box").contract) == (
        "object_store",
        "file_system",
    )


def test_a_name_that_is_taken_by_another_url_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    assert run(path, "--url=memory://one-box")[0] == 0
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"memory_one_box is declared for memory://one-box, not for memory://one_box"):
        run(path, "--url=memory://one_box")
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["secret", "account_key", "sas_token", "password", "connection_string"])
def test_a_secret_that_is_given_as_it_is_is_refused_and_not_shown(tmp_path: Path, name: str) -> None:
    path = tmp_path / "fixtures.toml"
    with pytest.raises(UsageError, match=f"--option {name}=... gives a secret") as raised:
        run(path, "--url=s3://box", f"--option={name}=hunter2")
    assert "hunter2" not in str(raised.value)
    assert f"{name}=env:VARIABLE" in str(raised.value)
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("--url=box",), "'box' is no URL of fsspec"),
        (("--url=memory://box", "--option=anon"), "--option 'anon' has no value"),
        (("--option=anon=true",), "--option is of --url"),
    ],
)
def test_what_is_no_url_or_no_option_is_refused(tmp_path: Path, arguments: tuple[str, ...], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        run(tmp_path / "fixtures.toml", *arguments)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("before", [None, BEFORE])
def test_a_url_that_cannot_be_reached_is_an_environment_fault_and_leaves_no_fixture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None
) -> None:
    (tmp_path / "gone_files.py").write_text(UNREACHABLE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "gone_files", raising=False)
    __import__("gone_files")
    path = tmp_path / "project" / "fixtures.toml"
    path.parent.mkdir()
    if before is not None:
        path.write_bytes(before)
    code, output = run(path, "--url=gone://box")
    assert code == 3
    assert "(environment)" in output
    assert (path.read_bytes() if path.exists() else None) == before
    assert [each.name for each in path.parent.iterdir()] == ([] if before is None else ["fixtures.toml"])
