"""Puts what a live service answers now in the place of what was recorded of it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from conformance.errors import ConformanceError, RecordingError

if TYPE_CHECKING:
    from conformance.cassette import Recorder, Response, Steps
    from conformance.compare.verification import FileResult, Verification
    from conformance.registry import FixtureSpec, Registry


def record_again(found: Verification, spec: FixtureSpec, registry: Registry, *, is_agreed: bool) -> None:
    """Ask, and write the cassettes that have drifted, scrubbed and proven like any recording; say what came of each.

    A cassette that cannot be recorded whole stays as it is.

    Args:
        found: What a live service was verified with.
        spec: The fixture that its cassettes are recorded of.
        registry: Where it is declared.
        is_agreed: Whether nobody is asked.
    """
    drifted = [file for file in found.files if file.score.ratio < 1]
    if not drifted:
        return
    question = f"Put the live answers in the place of the recorded ones, in {len(drifted)} cassettes?"
    if not is_agreed and not click.confirm(question):
        return
    for file in drifted:
        try:
            _record(file, spec, registry)
        except ConformanceError as error:
            click.echo(str(error), err=True)
        else:
            click.echo(f"{file.name}: recorded again")


def _record(file: FileResult, spec: FixtureSpec, registry: Registry) -> None:
    """Replace one cassette.

    Raises:
        RecordingError: Not all of it was answered, an answer says nothing about the service, or it would not replay.
        CassetteError: It is no cassette, or was edited.
    """
    from conformance.cassette import RetryPolicy  # noqa: PLC0415
    from conformance.fixtures import CassetteSession, matcher_of, scrubber_of  # noqa: PLC0415

    path = Path(file.name)
    if file.left_out or not all(each.live.status for each in file.checked):
        what = "is not recorded again: not all of its requests were sent and answered."
        raise RecordingError(what, "Record it with the client that made it.", path=path)
    expected = {each.recorded.response.status for each in file.checked}
    session = CassetteSession(
        spec,
        "record",
        path=path,
        matcher=matcher_of(spec, registry=registry),
        scrubber=scrubber_of(spec, registry=registry, is_live=True),
        policy=RetryPolicy(spec.record.skip - expected),
        mend="conformance verify --record",
    )
    try:
        exchange = cast("Recorder", session.exchange)  # what a session that records has
        for each in file.checked:
            _hand_over(exchange.steps(each.asked), each.live)
        session.place(clean=scrubber_of(spec, registry=registry, is_live=False))
    finally:
        session.finish()


def _hand_over(steps: Steps, answer: Response) -> None:
    """Tell what records that a request was sent and answered."""
    next(steps)
    with suppress(StopIteration):
        steps.send(answer)
