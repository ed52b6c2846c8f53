"""What an exploration of moto finds is shown by the script of each finding, run in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli._main import conformance
from conformance.compare import load_reports
from conformance.contract import Verdict

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fixtures of this repository, with no traces yet."""
    shutil.copy(ROOT / "fixtures.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(conformance, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


@pytest.mark.parametrize("fixture", ["s3_objects_moto_boto3", "s3_files_moto_s3fs"])
def test_each_finding_comes_twice_again_and_is_shown_by_its_script(fixture: str, project: Path) -> None:
    code, output = run("generate", "--fixture", fixture, "--time", "15s", "--programs", "25")
    assert code == 0, output
    (found,) = load_reports([project / ".conformance" / "reports" / f"{fixture}.json"]).explorations
    sure = [each for each in found.findings if each.verdict is Verdict.DIVERGES]
    assert sure
    assert {each.reproduced for each in sure} == {2}
    code, output = run("reproduce", "--scripts")
    unshown = [line for line in output.splitlines() if line.startswith("not shown")]
    assert code == 0, "\n".join(unshown)
    folder = project / ".conformance" / "reports" / fixture
    assert any("from conformance" not in path.read_text("utf-8") for path in folder.glob("*.py"))
    for path in folder.glob("*.sh"):
        subprocess.run(["sh", "-n", path], check=True)
        text = path.read_text("utf-8")
        assert "--aws-sigv4" in text
        assert "Signature=" not in text
