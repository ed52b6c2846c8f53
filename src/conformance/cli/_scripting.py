"""Makes a script for each finding of a report, and runs them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from conformance.cassette import Capture
from conformance.contract import BUILT_IN, Unreachable, call_of, run_program
from conformance.errors import ConformanceError
from conformance.fixtures import scrubber_of
from conformance.report import (
    CurlScript,
    client_script,
    contract_of_fixture,
    curl_script,
    fixture_script,
    reproduced,
    script_path,
    write_scripts,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conformance.contract import Finding
    from conformance.fixtures import Opener
    from conformance.registry import FixtureSpec, Registry

SECONDS = 60.0
SHOWN = "diverges"  # how a line begins; the exit code may be that of a client that fails when the process ends
ENDS = (SHOWN, "does not show")
ENDPOINT = re.compile(r"os\.environ\.get\('ENDPOINT', '([^']*)'\)")


def make_scripts(
    findings: Sequence[Finding],
    folder: Path,
    *,
    registry: Registry,
    opener: Opener,
    tell: Callable[[str, int, int], None],
) -> None:
    """Write a script for each finding of one report: for the client alone where that can be, and with curl.

    Args:
        findings: In the order of the report.
        folder: The folder beside the report.
        registry: Where the fixtures are declared.
        opener: Opens them.
        tell: Called with what is being done, how far it is, and how far it goes.

    Raises:
        ConformanceError: A fixture cannot be opened.
    """
    scripts = {}
    for number, finding in enumerate(findings, start=1):
        tell("writing scripts", number - 1, len(findings))
        path = script_path(folder, number, finding)
        scripts[path] = _scripts_of(finding, f"{number:02}-body", registry, opener)
    write_scripts(folder, scripts)


def shows_by_script(path: Path, spec: FixtureSpec, *, registry: Registry, opener: Opener) -> tuple[bool, str]:
    """Run the script of a finding in a process of its own, against a service of this one.

    Args:
        path: The script.
        spec: The fixture of the finding.
        registry: Where it is declared.
        opener: Opens it, to learn where its service is.

    Returns:
        Whether the divergence showed, and else what the script said last.
    """
    opened = opener.open(spec, "direct", module="reproduction", test=path.stem, mend="")
    try:
        endpoint = ENDPOINT.search(getattr(opened.subject, "setup", ""))
    finally:
        opened.close()
    variables = {"ENDPOINT": endpoint[1]} if endpoint else {}
    done = reproduced(path.absolute(), timeout_s=SECONDS, folder=registry.path.absolute().parent, variables=variables)
    printed = done.printed.strip().split("\n")
    said = printed[-1] if printed[-1].startswith(ENDS) else (done.complained.strip() or printed[-1]).split("\n")[-1]
    return said.startswith(SHOWN), said


def _scripts_of(finding: Finding, stem: str, registry: Registry, opener: Opener) -> tuple[str, CurlScript]:
    spec = registry.fixture(finding.fixture)
    contract = contract_of_fixture(spec, registry)
    if contract is None:
        what = f"[fixture.{spec.name}] keeps no contract."
        raise ConformanceError(what, "Write the report again with `conformance generate`.", slug="other-contract")
    capture = Capture()
    opened = opener.open(spec, "direct", module="reproduction", test=stem, mend="", meter=capture)
    before = len(capture.interactions)
    is_sending = False
    text = None
    try:
        with suppress(Unreachable):
            text = client_script(
                finding,
                contract,
                opened.subject,
                capabilities=spec.capabilities,
                run=opened.run,
                is_telling=True,
            )
            if len(capture.interactions) == before:
                call = call_of(opened.subject, run=opened.run)
                run_program(contract, finding.program, call, capabilities=spec.capabilities)
        is_sending = len(capture.interactions) > before
    finally:
        opened.close()
    scrubber = scrubber_of(spec, registry=registry, is_live=True)
    sent = [scrubber.interaction(each) for each in capture.interactions]
    curl = curl_script(sent, stem=stem, is_movable=True) if is_sending else CurlScript("", {})
    word = BUILT_IN.get(spec.contract or "", spec.contract or "")
    return text or fixture_script(finding, registry=registry.path.absolute(), contract=word), curl
