"""Record, replay, and everything that may go wrong between the two."""

from __future__ import annotations

from pathlib import Path

import pytest

PLAIN = "def test_it(subject):\n    assert subject.get('/a').startswith('/a')\n"
SERVICE = ("--stage=2", "--fixture=box_service")
RECORD = (*SERVICE, "--record")
REPLAY = ("--fixture=box_replay",)


def cassettes(project: pytest.Pytester) -> list[str]:
    """Return the paths of what is recorded."""
    folder = project.path / "cassettes"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_was_recorded_is_replayed_sync_and_async(project: pytest.Pytester) -> None:
    project.makepyfile(PLAIN, test_async="async def test_it(subject):\n    assert await subject.get('/a')\n")
    result = project.runpytest("--stage=2", "--record")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["recorded    1 test: box_service changed"])
    project.runpytest("--fixture=box_replay", "--fixture=box_async_replay").assert_outcomes(passed=3)
    assert [name.split("/")[0] for name in cassettes(project)] == ["box_async", "box_async", "box_service"]


def test_a_replay_returns_what_was_recorded_and_not_what_the_server_would_say_now(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(subject):\n    print('got', subject.get('/a'))\n")
    first = project.runpytest(*RECORD, "-s").stdout.str()
    again = project.runpytest(*REPLAY, "-s").stdout.str()
    assert "got /a 1" in first
    assert "got /a 1" in again


def test_a_run_may_have_its_recordings_elsewhere(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(subject):\n    print('got', subject.get('/a'))\n")
    elsewhere = project.path / "else where"
    project.runpytest(*RECORD, "-o", f"conformance_cassettes={elsewhere}").assert_outcomes(passed=1)
    assert not (project.path / "cassettes").exists()
    assert len(list(elsewhere.rglob("*.yaml"))) == 1
    project.runpytest(*REPLAY).assert_outcomes(skipped=1)
    project.runpytest(*REPLAY, "-o", "conformance_cassettes=else where").assert_outcomes(passed=1)


def test_a_missing_cassette_is_a_skip_at_the_request_and_says_the_command(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_sends(subject):
            print("before")
            subject.get("/a")

        def test_sends_nothing(subject):
            pass
        """
    )
    result = project.runpytest(*REPLAY, "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    command = "`pytest --stage=2 --record --fixture=box_service`"
    result.stdout.fnmatch_lines([f"missing     1 test: box_replay has no recording; record it with {command}"])


STALE = """
def test_it(subject):
    {body}
"""


@pytest.mark.parametrize(
    "body",
    [
        "subject.get('/b')",
        "\n    try: subject.get('/b')\n    except Exception: pass",
        "\n    try: subject.get('/b')\n    except BaseException: pass",
        "\n    try: subject.get('/b')\n    except BaseException: raise KeyError('mapped') from None",
        "\n    import threading\n    t = threading.Thread(target=lambda: subject.get('/b'))\n    t.start(); t.join()",
    ],
    ids=["plain", "exception", "everything", "mapped", "thread"],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_stale_cassette_is_a_failure_whatever_the_client_does_with_it(project: pytest.Pytester, body: str) -> None:
    project.makepyfile("def test_it(subject):\n    subject.get('/a')\n")
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    project.makepyfile(STALE.format(body=body))
    result = project.runpytest(*REPLAY, "-p", "no:threadexception")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*No recorded interaction answers GET /b.", "*nearest*#1, line*path differs*", "*recorded /a", "*sent     /b"]
    )
    assert "During handling" not in result.stdout.str()


def test_a_missing_cassette_is_a_skip_even_where_the_client_swallows_it(project: pytest.Pytester) -> None:
    project.makepyfile(STALE.format(body="\n    try: subject.get('/b')\n    except BaseException: assert False"))
    project.runpytest(*REPLAY).assert_outcomes(skipped=1)


@pytest.mark.parametrize("is_strict", [True, False])
def test_unplayed_interactions_are_reported_and_fail_a_strict_run(project: pytest.Pytester, *, is_strict: bool) -> None:
    registry = (project.path / "fixtures.toml").read_text()
    (project.path / "fixtures.toml").write_text(f"[conformance]\nstrict = {str(is_strict).lower()}\n" + registry)
    project.makepyfile("def test_it(subject):\n    subject.get('/a')\n    subject.get('/b')\n")
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    project.makepyfile("def test_it(subject):\n    subject.get('/a')\n")
    result = project.runpytest(*REPLAY)
    result.assert_outcomes(passed=1, errors=int(is_strict))
    result.stdout.fnmatch_lines(["unplayed    *test_it*: 1 unplayed, the first GET http://box.test:80/b"])


def test_a_recording_that_fails_leaves_the_old_cassette_as_it_was(project: pytest.Pytester) -> None:
    project.makepyfile(PLAIN)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    (path,) = (project.path / "cassettes").rglob("*.yaml")
    before = path.read_bytes()
    project.makepyfile("def test_it(subject):\n    subject.get('/other')\n    assert False\n")
    project.runpytest(*RECORD).assert_outcomes(failed=1)
    assert path.read_bytes() == before
    assert len(cassettes(project)) == 1


def test_a_damaged_cassette_stops_replay_and_recording_and_is_left_as_it_is(project: pytest.Pytester) -> None:
    project.makepyfile(PLAIN)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    (path,) = (project.path / "cassettes").rglob("*.yaml")
    damaged = path.read_bytes()[:-30]
    path.write_bytes(damaged)
    for options in (REPLAY, RECORD):
        result = project.runpytest(*options)
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"*{Path(path).name}*"])
    assert path.read_bytes() == damaged


def test_a_test_that_no_longer_sends_anything_loses_its_cassette(project: pytest.Pytester) -> None:
    project.makepyfile(PLAIN)
    project.runpytest(*RECORD)
    project.makepyfile("def test_it(subject):\n    pass\n")
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    assert cassettes(project) == []


def test_the_network_is_closed_in_replay_and_an_escape_is_a_failure(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import socket
        def test_it(subject):
            try:
                socket.create_connection(("192.0.2.1", 80), timeout=1)
            except BaseException:
                pass
        """
    )
    result = project.runpytest(*REPLAY)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*tried to reach 192.0.2.1*"])


def test_a_record_run_leaves_out_the_replays_of_what_it_records(project: pytest.Pytester) -> None:
    project.makepyfile(PLAIN)
    listed = project.runpytest("--stage=2", "--record", "--collect-only", "-q").stdout.str()
    assert "box_service" in listed
    assert "box_replay" not in listed


def test_a_driver_that_fails_because_replay_stopped_it_is_reported_as_stopped(project: pytest.Pytester) -> None:
    driver = (project.path / "box_backend.py").read_text()
    hungry = """
@contextmanager
def store(opening):
    inner = Store(netloc_of(opening))
    try:
        inner.get("/setup")
    except BaseException:
        pass
    raise TypeError("nothing came back")
    yield inner
"""
    project.makepyfile(PLAIN, box_backend=driver + hungry)
    project.runpytest(*REPLAY).assert_outcomes(skipped=1)


def test_an_xfail_that_fails_as_expected_is_recorded_and_replayed(project: pytest.Pytester) -> None:
    project.makepyfile(
        "import pytest\n@pytest.mark.xfail(strict=True)\ndef test_it(subject):\n    assert subject.get('/a') == 'x'\n"
    )
    project.runpytest(*RECORD).assert_outcomes(xfailed=1)
    project.runpytest(*REPLAY).assert_outcomes(xfailed=1)
    assert len(cassettes(project)) == 1


def test_a_driver_knows_in_replay_too_whether_the_recorded_fixture_has_a_service(project: pytest.Pytester) -> None:
    driver = (project.path / "box_backend.py").read_text()
    asking = """
@contextmanager
def store(opening):
    assert opening.has_service
    yield Store(netloc_of(opening))
"""
    project.makepyfile(PLAIN, box_backend=driver + asking)
    project.runpytest(*RECORD).assert_outcomes(passed=1)
    project.runpytest(*REPLAY).assert_outcomes(passed=1)
