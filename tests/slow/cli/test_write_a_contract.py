"""The example of `docs/how-to/write-a-contract.md` does what the page says."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from subprocess import run as run_program

import pytest

from tests.cli.test_main import run

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "write-a-contract.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    page = PAGE.read_text("utf-8")
    for name, language in (("notes.py", "python"), ("fixtures.toml", "toml")):
        found = re.search(rf"`{re.escape(name)}`:\n\n```{language}\n(.*?)```", page, re.DOTALL)
        assert found, name
        (tmp_path / name).write_text(found[1], "utf-8")
    return tmp_path


def test_the_example_finds_its_bug_and_keeps_it(project: Path) -> None:
    page = PAGE.read_text("utf-8")
    done = run("generate", "--fixture=notes_memory", "--programs=200", "--time=20s", folder=project)
    assert done.returncode == 0, done.stderr
    told = [line.strip() for line in done.stdout.splitlines()[1:]]
    assert all(line in page for line in told), told
    shown = run("report", "--show", "ok instead of missing", folder=project).stdout
    assert "put(name='A', text='')" in shown
    assert "get(name='a')" in shown
    suite = run_program(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project, capture_output=True, text=True, check=False,
    )  # fmt: skip
    passed = re.search(r"\d+ passed", suite.stdout)
    assert passed
    assert passed[0] in page
