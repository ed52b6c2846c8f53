"""detect-secrets through its plugins, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.report._detect_secrets import open_plugins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("detect_secrets")
# Put together here, so that nothing in this file is itself a finding.
TOKENS = {
    "GitHub Token": "ghp_" + "1aB2" * 9,
    "Slack Token": "xoxb-" + "123456789012-" * 2 + "aB3dE6gH9jK2mN5pQ8sT1vW4",
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "Basic Auth Credentials": "https://box:" + "pass1234@box.test/",
    "Azure Storage Account access key": "AccountKey=" + "aB3dE6gH9j" * 8 + "aB3dE6==",
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N",
}


@pytest.mark.parametrize("sort", TOKENS)
def test_it_finds_what_detect_secrets_finds_in_a_file(tmp_path: Path, sort: str) -> None:
    path = tmp_path / "tape.yaml"
    path.write_text(f"uri: {TOKENS[sort]}\n")
    with open_plugins() as find:
        assert find is not None
        found = find(path.read_text().rstrip())
        assert [each for each, _ in found] == [each for each, _ in by_file(path)] == [sort]


def test_a_line_without_a_secret_has_none_however_often_it_comes() -> None:
    with open_plugins() as find:
        assert find is not None
        assert [find(line) for line in ("ETag: 5f70bf18a086007016e948b04aed3b82", "key: value") * 2] == [[]] * 4
        assert find(TOKENS["GitHub Token"]) == find(TOKENS["GitHub Token"]) != []


def by_file(path: Path) -> Iterator[tuple[str, str | None]]:
    from detect_secrets.core.scan import scan_file  # noqa: PLC0415  (an extra, asked for above)

    for secret in scan_file(str(path)):
        yield secret.type, secret.secret_value
