"""A recording of programs with realistic credentials holds none of them in any form, and replays with others."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
import string
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cassette import load_cassette
from conformance.fixtures import find_command
from conformance.laws import Secret
from conformance.laws._oracle import leaks_in

ROOT = Path(__file__).parents[2]
PROJECT = Path(__file__).with_name("secret_project")
LETTERS = string.ascii_letters + string.digits


def credentials() -> dict[str, str]:
    """Return what the real services issue, by form, made up."""
    return {
        "BOX_KEY_ID": "ASIA" + "".join(secrets.choice(string.ascii_uppercase + "234567") for _ in range(16)),
        "BOX_SECRET_KEY": base64.b64encode(secrets.token_bytes(28)).decode()[:38] + "/+",
        "BOX_SESSION_TOKEN": "IQoJb3JpZ2luX2VjE" + base64.b64encode(secrets.token_bytes(240)).decode(),
        "BOX_CUSTOMER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "BOX_ACCOUNT": "st" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(14)),
        "BOX_ACCOUNT_KEY": base64.b64encode(secrets.token_bytes(64)).decode(),
    }


def run(project: Path, *arguments: str, **environment: str) -> str:
    accounts = f"{environment['BOX_ACCOUNT']}:{environment['BOX_ACCOUNT_KEY']}"
    path = f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-rs", *arguments],
        cwd=project,
        env={**os.environ, **environment, "PATH": path, "PYTHONPATH": str(ROOT), "AZURITE_ACCOUNTS": accounts},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    return result.stdout


def test_no_credential_is_stored_and_the_recording_replays_with_others(tmp_path: Path) -> None:
    if find_command("azurite-blob", root=ROOT) is None:
        pytest.skip("azurite-blob is not installed; CONTRIBUTING.md says how")
    project = Path(shutil.copytree(PROJECT, tmp_path / "project"))
    issued = tmp_path / "issued"
    mine = credentials()
    run(project, "--stage=2", "--record", "--require-fixtures", BOX_ISSUED=str(issued), **mine)
    derived = {
        "account key, its bytes": base64.b64decode(mine["BOX_ACCOUNT_KEY"]).hex(),
        "customer key, its MD5": base64.b64encode(
            hashlib.md5(base64.b64decode(mine["BOX_CUSTOMER_KEY"]), usedforsecurity=False).digest()
        ).decode(),
        **{f"issued {at}": secret for at, secret in enumerate(issued.read_text().split())},
    }
    recorded = {path: load_cassette(path).interactions for path in project.rglob("*.yaml")}
    assert len(recorded) == 15
    raw = b"\n".join(path.read_bytes() for path in project.rglob("*") if path.is_file())
    for name, secret in (mine | derived).items():
        assert secret.encode() not in raw, name
        leaks = {path.name: leaks_in(Secret(secret, name == "BOX_ACCOUNT"), items) for path, items in recorded.items()}
        assert not any(leaks.values()), (name, leaks)
    run(project, "--stage=1", **credentials())
