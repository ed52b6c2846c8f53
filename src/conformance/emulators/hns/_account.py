"""The account: takes a request, has it checked and carried out, and answers."""

from __future__ import annotations

import base64
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import refusal, response
from conformance.emulators.hns._auth import authorize
from conformance.emulators.hns._blob import carry_out_blob
from conformance.emulators.hns._call import parse_call
from conformance.emulators.hns._clock import Clock
from conformance.emulators.hns._dfs import carry_out_dfs
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._rights import check_rights
from conformance.emulators.hns._sas import Credentials, Grant
from conformance.emulators.hns._state import KIND, REPLICATION, SKU, SUPERUSER, AccountInformation, State
from conformance.errors import UsageError

if TYPE_CHECKING:
    from conformance.cassette import Request, Response
    from conformance.emulators.hns._call import Call

NAME = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The account that emulators of this service have in common; its key is public."""
READ = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)


class Account:
    """A storage account in memory. Requests are carried out one at a time, from any thread.

    Args:
        name: Of the account.
        key: Of the account, in base64.
        is_hierarchical: Whether it has a hierarchical namespace; without one it is an account for blobs.
        seed: Fixes dates, ETags and ids; see `Clock`.
        is_open: Whether signatures are left unchecked.
        allows_tokens: Whether bearer tokens are accepted, whichever they are.
        kind: Of the account, as its information tells it.
        sku: Of the account, as its information tells it.
        replication: The status of its copy elsewhere, as its statistics tell it.
        is_versioned: Whether every write of a blob makes a version; of no effect with a hierarchy.
        tracks_access: Whether it tells when blobs were read.

    Raises:
        UsageError: The key is not base64.
    """

    def __init__(  # noqa: PLR0913  (each is of its own, and all are optional)
        self,
        name: str = NAME,
        key: str = KEY,
        *,
        is_hierarchical: bool = True,
        seed: int | None = None,
        is_open: bool = False,
        allows_tokens: bool = False,
        kind: str = KIND,
        sku: str = SKU,
        replication: str = REPLICATION,
        is_versioned: bool = False,
        tracks_access: bool = False,
    ) -> None:
        """Begin with an empty account."""
        try:
            base64.b64decode(key, validate=True)
        except ValueError as error:
            cure = "Leave it out for the key that emulators have in common, or give one in base64."
            raise UsageError("The key of an account is base64, and this one is not.", cure, slug="bad-key") from error
        self.name = name
        self.key = key
        self.is_open = is_open
        self._credentials = Credentials(name, key, allows_tokens)
        self._is_hierarchical = is_hierarchical
        self._seed = seed
        self._told = AccountInformation(
            kind, sku, replication, is_versioned=is_versioned and not is_hierarchical, tracks_access=tracks_access
        )
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget all that it holds, and begin anew with the same seed."""
        self.clock = Clock(self._seed)
        self.state = State(self.clock, self._is_hierarchical, self.key, told=self._told)

    def handle(self, request: Request) -> Response:
        """Return the answer to a request with an absolute URI; see `parse_call` for what URIs say."""
        with self._lock:
            request_id, method = self.clock.request_id(), request.method.upper()
            call = None
            try:
                call = parse_call(request, account=self.name)
                grant = Grant() if self.is_open else self._authorize(call)
                self.state.caller, self.state.user = grant.owner or SUPERUSER, grant.user
                self.state.is_bound = grant.is_bound
                check_rights(call, self.state)
                carry_out = carry_out_blob if call.is_blob else carry_out_dfs
                answer = carry_out(call, self.state)
                if answer.status in READ:
                    replaced = {name.lower() for name in grant.overrides}
                    kept = {name: value for name, value in answer.headers.items() if name.lower() not in replaced}
                    answer.headers = kept | grant.overrides
            except ServiceError as error:
                endpoint = call.endpoint if call is not None else "blob"
                answer = refusal(error, endpoint, clock=self.clock, request_id=request_id)
            return response(answer, call, method=method, clock=self.clock, request_id=request_id)

    def _authorize(self, call: Call) -> Grant:
        now = self.clock.machine_time()
        return authorize(call, self._credentials, state=self.state, now=now)
