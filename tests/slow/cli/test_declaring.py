"""What `conformance generate --url` declares, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.cli._declaring import declared, rendered
from conformance.cli._from_url import declare_url
from conformance.errors import EnvironmentFault, Unavailable, UsageError
from conformance.registry import load_registry
from tests.backends.services import moto

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
NOWHERE = "endpoint_url=http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


def test_a_service_on_this_machine_is_given_any_key() -> None:
    found = declared("s3://box", [NOWHERE], {})
    assert (found.kind, found.options["key"], found.variables) == ("service", "conformance", [])


@pytest.mark.parametrize("options", [["anon=true"], ["key=mine"]])
def test_a_key_or_none_that_is_asked_for_is_left_as_it_is(options: list[str]) -> None:
    found = declared("s3://box", [NOWHERE, *options], {})
    assert found.options.get("key") == ("mine" if "key=mine" in options else None)


def test_an_account_without_a_key_is_refused() -> None:
    with pytest.raises(UsageError, match="AWS_ACCESS_KEY_ID"):
        declared("s3://box", [], {})


def test_a_client_that_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(Unavailable, match=r"s3fs[\s\S]*conformance\[s3\]"):
        declared("s3://box", [NOWHERE], {})


@pytest.mark.parametrize("count", [2, 3])
def test_keys_of_the_environment_are_needed_by_the_fixture_and_not_by_its_replay(tmp_path: Path, count: int) -> None:
    path = tmp_path / "fixtures.toml"
    found = declared("s3://box", [], dict.fromkeys(KEYS[:count], "a key of the environment"))
    path.write_text(rendered(found, ["append"], {}, is_first=True), "utf-8")
    registry = load_registry(path)
    live, replay = registry.fixture("s3_box"), registry.fixture("s3_box_replay")
    assert (live.kind, live.requires.env, live.requires.modules) == ("live", KEYS[:count], ("s3fs",))
    assert (replay.requires.env, replay.requires.modules) == ((), ("s3fs",))
    assert "a key of the environment" not in path.read_text("utf-8")


def test_a_server_that_is_not_there_leaves_the_registry_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    with pytest.raises(EnvironmentFault, match=r"s3://box at http://127.0.0.1:1 cannot be used"):
        declare_url(path, "s3://box", [NOWHERE])
    assert not path.exists()


def test_a_bucket_that_is_not_there_is_made_once_and_said(tmp_path: Path) -> None:
    path = tmp_path / "fixtures.toml"
    with moto() as service:
        option = f"endpoint_url=http://{service.netloc}"
        _, done = declare_url(path, "s3://box", [option])
        path.unlink()
        _, again = declare_url(path, "s3://box", [option])
    made = "box is new: it was not there"
    assert [made in done, made in again] == [True, False]
    assert "ranges" in load_registry(path).fixture("s3_box").capabilities


def test_a_bucket_that_an_account_lacks_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "fixtures.toml"
    monkeypatch.setattr("conformance.cli._declaring._kind", lambda *_: "live")
    with moto() as service, pytest.raises(UsageError, match="There is no crate"):
        declare_url(path, "s3://crate", [f"endpoint_url=http://{service.netloc}", "key=any", "secret=env:PATH"])
    assert not path.exists()
