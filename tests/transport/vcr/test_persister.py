"""Files: read whole or not at all, placed by one rename, shared by several writers, written as vcr writes them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import vcr.cassette
import vcr.persisters.filesystem
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vcr.request import Request

from conformance.cassette import Interaction, read_journal, write_cassette
from conformance.cassette import Request as OurRequest
from conformance.cassette import Response as OurResponse
from conformance.errors import CassetteError
from conformance.vcr import VCR

HEAD = "interactions:\n- request:\n    body: null\n    headers: {}\n    method: GET\n    uri: http://a.test/\n"
GOOD = (
    HEAD + "  response:\n    body: {string: old}\n    headers: {}\n    status: {code: 200, message: OK}\nversion: 1\n"
)
DAMAGED = {
    "cut": (GOOD[: GOOD.index("    uri")], 2),
    "no interactions": ("version: 1\n", 1),
    "a list": ("- 1\n", 1),
    "text": ("what is this", 1),
    "not YAML": (GOOD + "x: [\n", 13),
    "a forbidden tag": (GOOD.replace("old", "!!python/name:os.system ''"), 8),
    "a conflict": (GOOD.replace("  response", "<<<<<<< HEAD\n  response"), 8),
}


ROOT = Path(__file__).parents[3]
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}


def answer(text: bytes) -> dict[str, Any]:
    return {"status": {"code": 200, "message": "OK"}, "headers": {"A": ["1"]}, "body": {"string": text}}


def get(path: str) -> Request:
    return Request("GET", f"http://a.test/{path}", None, {"B": "2"})


def record(path: Path, *names: str, **options: Any) -> None:
    with VCR(record_mode="new_episodes", **options).use_cassette(str(path)) as cassette:
        for name in names:
            cassette.append(get(name), answer(name.encode()))


def names_in(path: Path) -> list[str]:
    return [item["request"]["uri"].rpartition("/")[2] for item in yaml.safe_load(path.read_text())["interactions"]]


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "none"])
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_an_error_with_its_line_and_stays_as_it_is(tmp_path: Path, mode: str, damage: str) -> None:
    text, line = DAMAGED[damage]
    path = tmp_path / "tape.yaml"
    path.write_text(text)
    with pytest.raises(CassetteError) as caught, VCR(record_mode=mode).use_cassette(str(path)):
        pass
    assert (caught.value.fault.path, caught.value.fault.line) == (path, line)
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_an_error_and_not_an_empty_cassette(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.write_bytes(GOOD.replace("old", "\xff").encode("latin-1"))
    with pytest.raises(CassetteError, match=r"tape.yaml:8: is not UTF-8"), VCR().use_cassette(str(path)):
        pass


def test_damaged_json_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tape.json"
    path.write_text('{"interactions": [\n}')
    with pytest.raises(CassetteError) as caught, VCR(serializer="json").use_cassette(str(path)):
        pass
    assert (caught.value.fault.path, caught.value.fault.line) == (path, 2)


def test_a_custom_persister_that_cannot_decode_stops_the_test() -> None:
    class Broken:
        @staticmethod
        def load_cassette(*_: Any, **__: Any) -> None:
            raise vcr.persisters.filesystem.CassetteDecodeError("bad bytes")

    instance = VCR()
    instance.register_persister(Broken)
    with pytest.raises(CassetteError, match="bad bytes"), instance.use_cassette("tape.yaml"):
        pass


def test_an_empty_file_is_recorded_into_as_vcr_does(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.touch()
    record(path, "one")
    assert names_in(path) == ["one"]


TEXTS = st.text(max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.binary(max_size=8), TEXTS),
            st.dictionaries(st.text("abc-", min_size=1, max_size=4), TEXTS, max_size=2),
            st.one_of(st.binary(max_size=8), TEXTS.map(str.encode)),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["yaml", "json"]),
)
def test_files_are_to_the_byte_what_vcr_writes_and_load_the_same_again_and_again(
    tmp_path_factory: pytest.TempPathFactory, tape: list[tuple[Any, dict[str, str], bytes]], serializer: str
) -> None:
    if serializer == "json":
        tape = [(None, headers, body.decode("utf-8", "replace").encode()) for _, headers, body in tape]
    folder = tmp_path_factory.mktemp("tapes")
    texts, loaded = [], []
    for number, cls in enumerate((VCR, vcr.VCR)):
        path = folder / f"{number}.{serializer}"
        options = {"serializer": serializer}
        with cls(**options).use_cassette(str(path)) as cassette:
            for at, (body, headers, content) in enumerate(tape):
                response = answer(content)
                cassette.append(Request("POST", f"http://a.test/{at}", body, headers), response)
        texts.append(path.read_bytes())
        for _ in range(2):
            with cls(**options).use_cassette(str(path)) as cassette:
                loaded.append([([one._to_dict() for one in cassette.requests]), cassette.responses])
    assert texts[0] == texts[1]
    assert loaded == [loaded[-1]] * 4


def test_a_large_file_is_the_same_from_the_compiled_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "tape.yaml"
    instance = VCR()
    with instance.use_cassette(str(path)) as cassette:
        for number in range(40):
            cassette.append(get(str(number)), answer(bytes(range(200))))
    loads = []
    for _ in range(2):
        with instance.use_cassette(str(path)) as cassette:
            loads.append([([one._to_dict() for one in cassette.requests]), cassette.responses])
        monkeypatch.setattr(
            "vcr.serializers.yamlserializer.deserialize", lambda _: pytest.fail("the text was parsed again")
        )
    assert loads[0] == loads[1]
    assert len(list((tmp_path / "cache").glob("*.vcr"))) == 1


def test_what_a_compiled_form_cannot_tell_apart_is_parsed_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "tape.yaml"
    path.write_text(GOOD.replace("headers: {}\n    status", "headers: {7: [x]}\n    status") + "#" * 5000)
    for _ in range(2):
        with VCR().use_cassette(str(path)) as cassette:
            assert cassette.responses[0]["headers"] == {7: ["x"]}


def test_a_file_that_nothing_was_added_to_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text(GOOD)
    before = path.stat()
    with VCR(record_mode="all").use_cassette(str(path)) as cassette:
        cassette._save(force=True)
    loaded_and_saved = path.stat()
    assert path.read_text() != GOOD  # in the form of vcr
    with VCR().use_cassette(str(path)) as cassette:
        cassette._save(force=True)
    assert path.stat().st_ino == loaded_and_saved.st_ino != before.st_ino


def test_the_mode_of_a_file_and_a_link_to_it_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "tape.yaml", tmp_path / "link.yaml"
    record(path, "one")
    path.chmod(0o640)
    link.symlink_to(path)
    record(link, "two")
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert names_in(path) == ["one", "two"]


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tape.yaml"
    record(path, "one")
    before = path.read_bytes()

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="disk full"):
        patched.setattr(Path, "replace", fail)
        record(path, "two")
    assert path.read_bytes() == before
    (journal,) = [one for one in tmp_path.iterdir() if one != path]
    assert [item.request.uri for item in read_journal(journal).interactions] == ["http://a.test/two"]


def test_a_name_as_long_as_can_be_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 125 + ".yaml")
    record(path, "one")
    assert names_in(path) == ["one"]


def test_two_that_record_into_one_file_at_a_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    record(path, "old")
    options = {"record_mode": "new_episodes"}
    with VCR(**options).use_cassette(str(path)) as first, VCR(**options).use_cassette(str(path)) as second:
        second.append(get("two"), answer(b"2"))
        first.append(get("one"), answer(b"1"))
    assert names_in(path) == ["old", "two", "one"]


def test_what_one_drops_another_does_not_bring_back(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    record(path, "a", "b", "c")
    with VCR(drop_unused_requests=True).use_cassette(str(path)) as first:
        record(path, "d")
        first.play_response(get("b"))
    assert names_in(path) == ["b", "d"]


def test_threads_that_record_into_one_file_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    with VCR().use_cassette(str(path)) as cassette, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda at: cassette.append(get(str(at)), answer(b"")), range(200)))
    assert sorted(names_in(path), key=int) == [str(at) for at in range(200)]


def test_what_is_recorded_is_in_a_journal_until_it_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    record(path, "old")
    with VCR(record_mode="new_episodes").use_cassette(str(path)) as cassette:
        cassette.append(get("new"), answer(b"1"))
        (journal,) = tmp_path.glob(".*.journal")
        left = read_journal(journal)
    expected = Interaction(
        OurRequest("GET", "http://a.test/new", (("B", "2"),)), OurResponse(200, "OK", (("A", "1"),), b"1")
    )
    assert (left.cassette, left.interactions) == (path, (expected,))
    assert list(tmp_path.iterdir()) == [path]


def test_a_journal_goes_when_a_recording_is_given_up(tmp_path: Path) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        VCR(record_on_exception=False).use_cassette(str(tmp_path / "tape.yaml")) as cassette,
    ):
        cassette.append(get("new"), answer(b"1"))
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        {"filter_headers": ["B"]},
        {"filter_sensitive_data": {"<B>": "hidden-value"}},
        {"before_save_interaction": lambda _request, _response: None},
    ],
)
def test_no_journal_holds_what_a_cassette_may_not(tmp_path: Path, options: dict[str, Any]) -> None:
    with VCR(**options).use_cassette(str(tmp_path / "tape.yaml")) as cassette:
        cassette.append(Request("GET", "http://a.test/", None, {"B": "hidden-value"}), answer(b""))
        written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"hidden-value" not in written


def test_a_cassette_of_ours_is_played_and_its_checksum_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    item = Interaction(OurRequest("GET", "http://a.test/one", (("B", "2"),)), OurResponse(200, "OK", (), b"recorded"))
    write_cassette(path, (item,), None)
    with VCR().use_cassette(str(path)) as cassette:
        assert cassette.play_response(get("one"))["body"]["string"] == b"recorded"
    path.write_text(path.read_text().replace("recorded", "changed!"))
    with pytest.raises(CassetteError, match="was changed"), VCR().use_cassette(str(path)):
        pass
