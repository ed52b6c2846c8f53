"""A contract with three operations, and subjects of it that go wrong."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conformance.contract import (
    Allowed,
    Contract,
    Expected,
    Finding,
    Refused,
    Verdict,
    call_of,
    contract,
    maybe,
    ok,
    operation,
    patterned,
    pooled,
    refused,
    run_program,
)
from conformance.contract import earlier as earlier_of
from conformance.trace import Chosen, Program, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


LONGEST_KEY = 1024


@contract("box", errors=["not_found", "not_modified", "invalid_key"])
class Box:
    """Keys, and a condition."""

    def start(self, _: frozenset[str]) -> dict[str, bytes]:
        return {}

    @operation(gives=["etag"], key=pooled("keys"), data=patterned(1))
    def put(self, state: dict[str, bytes], *, key: str, data: bytes) -> Allowed:
        if len(key) > LONGEST_KEY:
            return refused(state, "invalid_key")
        return ok({**state, key: data}, etag=Chosen(repr(data)))

    @operation(key=pooled("keys"), if_none_match=maybe(earlier_of("etag")))
    def get(self, state: dict[str, bytes], *, key: str, if_none_match: Chosen | None = None) -> Allowed:
        if key not in state:
            return refused(state, "not_found")
        if if_none_match == Chosen(repr(state[key])):
            return refused(state, "not_modified")
        return ok(state, data=state[key])


BOX: Contract = Box  # type: ignore[assignment]


def finding_of(
    subject: Any,
    *steps: Step,
    run: Callable[[Any], Any] | None = None,
    contract: Contract = BOX,
    capabilities: frozenset[str] = frozenset(),
) -> Finding:
    """Run a program and return the finding that it is."""
    program = Program(contract.id, steps)
    ran = run_program(contract, program, call_of(subject, run=run), capabilities=capabilities)
    played = ran.divergence
    assert played is not None
    step = ran.played.index(played)
    expected = tuple(Expected(each.outcome, each.reason) for each in played.expected)
    actual = ran.outcomes[step]
    return Finding(
        contract.id, "box", played.group, Verdict.DIVERGES, program, step + 1, expected, actual, 1, played.signature
    )


SETUP = """
from uuid import uuid4

import boto3
from moto import mock_aws

mock_aws().start()
client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
bucket = f"box-{uuid4().hex}"
client.create_bucket(Bucket=bucket)
"""


class Moto:
    """A bucket in this process; its service takes keys that are too long."""

    setup = SETUP

    def __init__(self, client: Any) -> None:
        self.client = client
        self.setup_names = {"bucket": "box-of-this-run"}
        client.create_bucket(Bucket="box-of-this-run")

    def put(self, key: str, data: bytes) -> dict[str, Any]:
        answer = self.client.put_object(Bucket="box-of-this-run", Key=key, Body=data)
        return {"etag": Chosen(answer["ETag"])}

    def get(self, key: str, if_none_match: str | None = None) -> dict[str, Any]:
        condition = {} if if_none_match is None else {"IfNoneMatch": if_none_match}
        try:
            return {"data": self.client.get_object(Bucket="box-of-this-run", Key=key, **condition)["Body"].read()}
        except self.client.exceptions.NoSuchKey as error:
            raise Refused("not_found", status=404) from error
        except self.client.exceptions.ClientError as error:
            raise Refused("not_modified", status=304) from error


@contextmanager
def moto(_: object = None) -> Iterator[Moto]:
    """Open one."""
    import boto3  # noqa: PLC0415  (slow to import)
    from moto import mock_aws  # noqa: PLC0415

    with mock_aws():
        yield Moto(boto3.client("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"))
