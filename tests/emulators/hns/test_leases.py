"""Leases: what they keep others from, and how they end."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.emulators.hns.blob_client import BlobClient, code, header

IDS = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"]
STEP_S = 20


class LeaseMachine(RuleBasedStateMachine):
    """The lease of one blob, held against the table of the reference ("Lease Blob", outcomes by state)."""

    def __init__(self) -> None:
        super().__init__()
        self.client = BlobClient()
        self.client.put("f", b"0")
        self.client.account.clock._fixed = self.client.account.clock.now()
        self.id = ""
        self.duration = 0
        self.left = 0
        self.state = "available"

    def act(self, action: str, **headers: str) -> tuple[int, str]:
        said = {f"x-ms-{name.replace('_', '-')}": value for name, value in headers.items()}
        return code(self.client.send("PUT", "box/f?comp=lease", {"x-ms-lease-action": action} | said))

    @rule(proposed=st.sampled_from(IDS), duration=st.sampled_from([-1, 15, 60]))
    def acquire(self, proposed: str, duration: int) -> None:
        said = self.act("acquire", lease_duration=str(duration), proposed_lease_id=proposed)
        if self.state == "breaking":
            same = "LeaseIsBreakingAndCannotBeAcquired" if proposed == self.id else "LeaseAlreadyPresent"
            assert said == (409, same)
        elif self.state == "leased" and proposed != self.id:
            assert said == (409, "LeaseAlreadyPresent")
        else:
            assert said == (201, "")
            self.id, self.duration, self.left, self.state = proposed, duration, duration, "leased"

    @rule(given=st.sampled_from(IDS))
    def renew(self, given: str) -> None:
        said = self.act("renew", lease_id=given)
        if given != self.id:
            assert said == (409, "LeaseIdMismatchWithLeaseOperation")
        elif self.state in ("breaking", "broken"):
            assert said == (409, "LeaseIsBrokenAndCannotBeRenewed")
        else:
            assert said == (200, "")
            self.left, self.state = self.duration, "leased"

    @rule(given=st.sampled_from(IDS), proposed=st.sampled_from(IDS))
    def change(self, given: str, proposed: str) -> None:
        said = self.act("change", lease_id=given, proposed_lease_id=proposed)
        if self.state in ("available", "broken", "expired"):
            assert said == (409, "LeaseNotPresentWithLeaseOperation")
        elif self.id not in (given, proposed):
            assert said == (409, "LeaseIdMismatchWithLeaseOperation")
        elif self.state == "breaking":
            assert said == (409, "LeaseIsBreakingAndCannotBeChanged")
        else:
            assert said == (200, "")
            self.id = proposed

    @rule(given=st.sampled_from(IDS))
    def release(self, given: str) -> None:
        said = self.act("release", lease_id=given)
        if given != self.id:
            assert said == (409, "LeaseIdMismatchWithLeaseOperation")
        else:
            assert said == (200, "")
            self.id, self.state = "", "available"

    @precondition(lambda self: self.state in ("leased", "available"))
    @rule(period=st.sampled_from(["", "0", "30"]))
    def break_(self, period: str) -> None:
        said = self.act("break", **({"lease_break_period": period} if period else {}))
        if self.state == "available":
            assert said == (409, "LeaseNotPresentWithLeaseOperation")
            return
        assert said == (202, "")
        if self.duration == -1:
            self.left = int(period or 0)
        elif period:
            self.left = min(self.left, int(period))
        self.state = "breaking" if self.left > 0 else "broken"

    @precondition(lambda self: self.state in ("leased", "breaking"))
    @rule()
    def wait(self) -> None:
        self.client.account.clock.advance(STEP_S)
        if self.state == "breaking" or self.duration != -1:
            self.left -= STEP_S
            if self.left <= 0:
                self.state = "broken" if self.state == "breaking" else "expired"

    @rule(given=st.sampled_from(["", *IDS]))
    def write(self, given: str) -> None:
        said = code(self.client.put("f", b"1", {"x-ms-lease-id": given} if given else {}))
        if self.state in ("leased", "breaking"):
            missing = (412, "LeaseIdMissing") if not given else (412, "LeaseIdMismatchWithBlobOperation")
            assert said == ((201, "") if given == self.id else missing)
        elif given:
            other = "LeaseIdMismatchWithBlobOperation" if given != self.id else "LeaseLost"
            assert said == (412, "LeaseNotPresentWithBlobOperation" if self.state == "available" else other)
        else:
            assert said == (201, "")
            self.id, self.state = "", "available"

    @invariant()
    def says_its_state(self) -> None:
        got = self.client.send("HEAD", "box/f")
        assert header(got, "x-ms-lease-state") == self.state
        assert header(got, "x-ms-lease-status") == ("locked" if self.state in ("leased", "breaking") else "unlocked")


TestLeases = LeaseMachine.TestCase
TestLeases.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, (400, "MissingRequiredHeader")),
        ({"x-ms-lease-action": "borrow"}, (400, "InvalidHeaderValue")),
        ({"x-ms-lease-action": "acquire"}, (400, "MissingRequiredHeader")),
        ({"x-ms-lease-action": "acquire", "x-ms-lease-duration": "long"}, (400, "InvalidHeaderValue")),
        ({"x-ms-lease-action": "break", "x-ms-lease-break-period": "61"}, (400, "InvalidHeaderValue")),
        ({"x-ms-lease-action": "renew", "x-ms-lease-id": "id"}, (400, "InvalidHeaderValue")),
    ],
)
def test_what_is_no_request_for_a_lease_is_refused(headers: dict[str, str], said: tuple[int, str]) -> None:
    client = BlobClient()
    client.put("f")
    assert code(client.send("PUT", "box/f?comp=lease", headers)) == said


def test_a_lease_has_an_id_though_none_was_proposed() -> None:
    client = BlobClient()
    client.put("f")
    answer = client.send("PUT", "box/f?comp=lease", {"x-ms-lease-action": "acquire", "x-ms-lease-duration": "-1"})
    given = header(answer, "x-ms-lease-id")
    assert client.send("PUT", "box/f?comp=metadata", {"x-ms-lease-id": f"{{{given.upper()}}}"}).status == 200


@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since"])
def test_a_condition_has_a_date(name: str) -> None:
    client = BlobClient()
    client.put("f")
    assert code(client.send("GET", "box/f", {name: "yesterday"})) == (400, "InvalidHeaderValue")
