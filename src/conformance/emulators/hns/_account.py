"""The account: takes a request, has it checked and carried out, and answers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from conformance.emulators.hns._answer import refusal, response
from conformance.emulators.hns._auth import authorize
from conformance.emulators.hns._blob import carry_out_blob
from conformance.emulators.hns._call import parse_call
from conformance.emulators.hns._clock import Clock
from conformance.emulators.hns._dfs import carry_out_dfs
from conformance.emulators.hns._errors import ServiceError
from conformance.emulators.hns._state import State

if TYPE_CHECKING:
    from conformance.cassette import Request, Response

NAME = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The account that emulators of this service have in common; its key is public."""


class Account:
    """A storage account in memory. Requests are carried out one at a time, from any thread.

    Args:
        name: Of the account.
        key: Of the account, in base64.
        is_hierarchical: Whether it has a hierarchical namespace; without one it is an account for blobs.
        seed: Fixes dates, ETags and ids; see `Clock`.
        is_open: Whether signatures are left unchecked.
    """

    def __init__(
        self,
        name: str = NAME,
        key: str = KEY,
        *,
        is_hierarchical: bool = True,
        seed: int | None = None,
        is_open: bool = False,
    ) -> None:
        """Begin with an empty account."""
        self.name = name
        self.key = key
        self.is_open = is_open
        self._is_hierarchical = is_hierarchical
        self._seed = seed
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget all that it holds, and begin anew with the same seed."""
        self.clock = Clock(self._seed)
        self.state = State(self.clock, self._is_hierarchical)

    def handle(self, request: Request) -> Response:
        """Return the answer to a request with an absolute URI; see `parse_call` for what URIs say."""
        with self._lock:
            request_id, method = self.clock.request_id(), request.method.upper()
            call = None
            try:
                call = parse_call(request, account=self.name)
                if not self.is_open:
                    authorize(call, name=self.name, key=self.key, state=self.state)
                carry_out = carry_out_blob if call.is_blob else carry_out_dfs
                answer = carry_out(call, self.state)
            except ServiceError as error:
                endpoint = call.endpoint if call is not None else "blob"
                answer = refusal(error, endpoint, clock=self.clock, request_id=request_id)
            return response(answer, call, method=method, clock=self.clock, request_id=request_id)
