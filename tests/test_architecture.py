"""What the layout promises and import-linter cannot see."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import get_args

import pytest

import conformance
from conformance.cassette import PRESETS
from conformance.cassette._matching import PARTS
from conformance.registry._schema import PARTS as DECLARED_PARTS
from conformance.registry._schema import Preset

SOURCE = Path(conformance.__file__).parent
PACKAGES = [
    f"conformance.{item.name}"
    for item in pkgutil.iter_modules(conformance.__path__)
    if item.name not in ("pytest_plugin", "cli")
] + ["conformance.transport.vcr"]
SERVICE_WORDS = re.compile(r"azure|\bs3\b|\baws\b|\bamz\b", re.IGNORECASE)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_exports_what_it_lists_and_documents_it(name: str) -> None:
    module = importlib.import_module(name)
    public = {
        word
        for word, value in vars(module).items()
        if not word.startswith("_") and not inspect.ismodule(value) and word not in ("annotations", "TYPE_CHECKING")
    }
    listed = set(module.__all__)
    assert listed <= public
    imported = {word for word in public if getattr(vars(module)[word], "__module__", name).startswith("conformance")}
    assert imported <= listed
    assert module.__doc__
    for word in listed:
        value = getattr(module, word)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, word


@pytest.mark.parametrize("package", ["cassette", "transport"])
def test_the_machinery_names_no_service(package: str) -> None:
    presets = SOURCE / "cassette" / "presets"
    named = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for path in (SOURCE / package).rglob("*.py")
        if presets not in path.parents
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if SERVICE_WORDS.search(line)
    ]
    assert named == []


def test_presets_that_the_registry_knows_are_those_that_there_are() -> None:
    assert set(get_args(Preset)) == set(PRESETS)
    assert set(DECLARED_PARTS) == set(PARTS)


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert {name: size for name, size in lengths.items() if size > 400} == {}
