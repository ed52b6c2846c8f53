"""Python scripts that show a divergence."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.report import Reproduced, client_script, fixture_script, reproduced
from conformance.trace import Ref, Step
from tests.report.reproductions.box import BOX, SETUP, Moto, finding_of, moto
from tests.report.reproductions.test_scripts import script_of_an_async_client

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]
STEPS = (
    Step("get", {"key": "none"}),
    Step("put", {"key": "a", "data": b"x" * 5000}),
    Step("get", {"key": "a"}),
    Step("get", {"key": "a", "if_none_match": Ref(2, "etag")}),
    Step("put", {"key": "k" * 1025, "data": b""}),
)


def written(folder: Path, text: str | None) -> Path:
    assert text is not None
    path = folder / "reproduction.py"
    path.write_text(text, "utf-8")
    return path


def test_a_script_of_a_client_alone_shows_the_divergence(tmp_path: Path) -> None:
    with moto() as subject:
        finding = finding_of(subject, *STEPS)
    with moto() as subject:
        client = subject.client
        text = client_script(finding, BOX, subject, capabilities=frozenset())
        assert subject.client is client
    path = written(tmp_path, text)
    assert "conformance" not in path.read_text("utf-8")
    assert path.read_text("utf-8").endswith(
        """
# step 1: get(key='none')
try:
    client.get_object(Bucket=bucket, Key='none')
except Exception as error:
    print(repr(error))
# step 2: put(key='a', data=b'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'… (5.0 kB))
result_1 = client.put_object(Bucket=bucket, Key='a', Body=b'x' * 5000)
# step 3: get(key='a')
client.get_object(Bucket=bucket, Key='a')['Body'].read()
# step 4: get(key='a', if_none_match=<etag of step 2>)
try:
    client.get_object(Bucket=bucket, Key='a', IfNoneMatch=result_1['ETag'])
except Exception as error:
    print(repr(error))
# step 5: put(key='kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk'… (1,025 characters), data=b'')
try:
    got = client.put_object(Bucket=bucket, Key='k' * 1025, Body=b'')
except Exception as error:
    got = error
print("got:", repr(got)[:1000])
# expected: invalid_key
is_shown = not isinstance(got, Exception)
print("diverges" if is_shown else "does not show")
sys.exit(is_shown)
"""
    )
    done = reproduced(path)
    assert done.complained == ""
    assert done.exit_code == 1
    lines = done.printed.splitlines()
    assert [line.partition("(")[0] for line in lines[:2]] == ["NoSuchKey", "ClientError"]
    assert lines[2].startswith("got: {'ResponseMetadata'")


class Handing(Moto):
    """Hands its client something that has no source, and goes on."""

    def get(self, key: str, if_none_match: str | None = None) -> dict[str, Any]:
        with suppress(Exception):
            self.client.head_bucket(Bucket=object())
        return super().get(key, if_none_match)


def test_a_script_that_would_leave_something_out_is_not_made() -> None:
    with moto() as subject:
        finding = finding_of(subject, *STEPS)
        assert client_script(finding, BOX, Handing(subject.client), capabilities=frozenset()) is None
        missing = Step("get", {"key": "a", "if_none_match": Ref(1, "etag")})
        never = replace(finding, program=replace(finding.program, steps=(STEPS[0], missing)), step=2)
        assert client_script(never, BOX, subject, capabilities=frozenset()) is None


def test_a_script_that_cannot_be_made_is_none() -> None:
    with moto() as subject:
        finding = finding_of(subject, STEPS[-1])
    with moto() as subject:
        subject.client.put_object = lambda **_: subject.client.no_such_call()
        assert client_script(finding, BOX, subject, capabilities=frozenset()) is None
    with moto() as subject:
        del type(subject).setup
        try:
            assert client_script(finding, BOX, subject, capabilities=frozenset()) is None
        finally:
            type(subject).setup = SETUP


def test_a_script_of_an_async_client_runs_in_a_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    path = written(tmp_path, script_of_an_async_client())
    done = reproduced(path, folder=ROOT, timeout_s=30)
    assert (done.exit_code, done.printed) == (1, "got: ['a-other', 'tag-of-a']\ndiverges\n"), done.complained


def test_a_script_of_a_fixture_runs_the_program_as_this_library_does(tmp_path: Path) -> None:
    (tmp_path / "fixtures.toml").write_text(
        '[backend.box]\n[fixture.box]\nbackend = "box"\nstage = 1\nkind = "local"\n'
        'driver = "tests.report.reproductions.box:moto"\n'
    )
    with moto() as subject:
        finding = finding_of(subject, *STEPS)
    text = fixture_script(finding, registry=tmp_path / "fixtures.toml", contract="tests.report.reproductions.box:BOX")
    done = reproduced(written(tmp_path, text), folder=ROOT)
    assert done.complained == ""
    assert done.exit_code == 1
    assert done.printed.splitlines()[-1] == f"diverges: {finding.group}"
    other = replace(finding, group="put/key, data none: another")
    text = fixture_script(other, registry=tmp_path / "fixtures.toml", contract="tests.report.reproductions.box:BOX")
    assert reproduced(written(tmp_path, text), folder=ROOT).exit_code == 0


def test_a_script_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = written(tmp_path, "import time\nprint('begun', flush=True)\ntime.sleep(60)")
    assert reproduced(path, timeout_s=2) == Reproduced(None, "begun\n", "")
