"""Python objects in YAML: what stands for plain data is read as such, and nothing is made of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from multidict import istr
from yarl import URL

from conformance.cassette import FormatFault, Interaction, Request, Response, parse_cassette
from conformance.cassette._plain_yaml import PlainLoader
from conformance.cassette.formats import read_any
from conformance.errors import CassetteError
from tests.cassette.strategies import URIS

if TYPE_CHECKING:
    from pathlib import Path

LEFT = """\
interactions:
- request:
    body: !!python/unicode 'sent'
    headers:
      ? !!python/object/new:multidict._multidict.istr
      - Content-Type
      : !!python/tuple
      - text/plain
    method: !!python/str "PUT"
    uri: !!python/object/new:yarl.URL
      state: !!python/tuple
      - !!python/object/new:urllib.parse.SplitResult
        - https
        - box.test
        - /dir%2Fkey
        - restype=directory
        - ''
  response:
    body: {string: !!binary "AP8="}
    headers: {ETag: '"e"'}
    status: {code: 201, message: Created}
    url: !!python/object/new:yarl.URL
      state: !!python/tuple
      - !!python/object/new:urllib.parse.SplitResult [https, box.test, /, '', '']
version: 1
"""


def load(text: str) -> Any:
    return yaml.load(text, Loader=PlainLoader)  # noqa: S506  (the loader that is tested)


def test_a_cassette_of_an_asynchronous_client_is_read() -> None:
    headers = (("Content-Type", "text/plain"),)
    assert parse_cassette(LEFT)[0] == (
        Interaction(
            Request("PUT", "https://box.test/dir%2Fkey?restype=directory", headers, b"sent"),
            Response(201, "Created", (("ETag", '"e"'),), b"\x00\xff"),
        ),
    )


@given(st.text(st.characters(codec="utf-8"), min_size=1), URIS)
def test_what_yaml_writes_of_objects_is_read_as_what_they_stand_for(text: str, uri: str) -> None:
    value = {istr(text): (text, b"\xff"), "url": URL(uri, encoded=True)}
    assert load(yaml.dump(value, Dumper=yaml.Dumper)) == {text: [text, b"\xff"], "url": str(URL(uri, encoded=True))}


@pytest.mark.parametrize(
    "tag",
    [
        "object/apply:os.system [echo]",
        "object/new:collections.OrderedDict [[]]",
        "object:conformance.cassette.Request {method: GET}",
        "name:os.system ''",
        "module:os ''",
        "none ''",
        "object/new:yarl.URL {state: []}",
        "object/new:yarl.URL {state: [[https, box.test]]}",
        "object/new:urllib.parse.SplitResult [https, box.test, /, '']",
        "object/new:urllib.parse.SplitResult [https, box.test, /, '', 1]",
        "object/new:multidict._multidict.istr [a, b]",
        "object/new:multidict._multidict.istr [1]",
    ],
)
def test_any_other_object_is_refused_with_its_line(tmp_path: Path, tag: str) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text(LEFT.replace('"PUT"', "PUT").replace("!!python/str PUT", f"!!python/{tag}"), "utf-8")
    with pytest.raises(CassetteError, match=f"has an object of Python, !!python/{tag.split(' ', 1)[0]}, ") as caught:
        read_any(path)
    assert (caught.value.fault.slug, caught.value.fault.line) == ("python-object", 9)
    assert "as text" in caught.value.fault.cure


@pytest.mark.parametrize("value", ["!!python/tuple {a: 1}", "!!python/bytes [1]", "!!python/bytes 'a'", "!!yarl.URL a"])
def test_a_tag_on_what_it_cannot_stand_on_is_a_damaged_file(value: str) -> None:
    with pytest.raises(FormatFault) as caught:
        parse_cassette(LEFT.replace('!!python/str "PUT"', value))
    assert (caught.value.slug, str(caught.value)[:11]) == ("bad-cassette", "is not YAML")


def test_bytes_that_python_2_and_3_wrote_are_bytes() -> None:
    assert load("[!!python/bytes 'AP8=', !!binary 'AP8=', !!python/unicode 'é']") == [b"\x00\xff", b"\x00\xff", "é"]
