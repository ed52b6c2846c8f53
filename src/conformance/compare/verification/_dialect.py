"""What the verification has to know of a family of services, and of one interaction with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from conformance.cassette import Interaction, Request, Response


@dataclass(frozen=True, slots=True)
class Place:
    """What a request is about.

    Attributes:
        account: As the host or the first segment of the path names it; empty where nothing does.
        container: A container, filesystem or bucket; empty for the account itself.
        path: Decoded, below the container, without a slash in front; empty for the container itself.
    """

    account: str
    container: str = ""
    path: str = ""

    @property
    def level(self) -> str:
        """``account``, ``container`` or ``path``."""
        return "path" if self.path else "container" if self.container else "account"

    def touches(self, other: Place) -> bool:
        """Return whether what happened at one of the two may show at the other: it is the same, or holds it."""
        if self.account != other.account or self.container != other.container:
            return False
        here, there = self.path.strip("/").split("/"), other.path.strip("/").split("/")
        size = min(len(here), len(there))
        return not self.path or not other.path or here[:size] == there[:size]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an interaction shows of a service: an operation at a sort of place, and how it came out.

    Attributes:
        method: Upper-case.
        endpoint: Which of the services of the family, such as ``blob``.
        level: ``account``, ``container`` or ``path``.
        parameters: What selects the operation, as words: ``comp=lease lease:acquire``; empty where nothing does.
        status: Of the answer.
        code: Of the error; empty where there is none.
    """

    method: str
    endpoint: str
    level: str
    parameters: str
    status: int
    code: str

    def __str__(self) -> str:
        words = [self.method, self.endpoint, self.level, self.parameters, "->", str(self.status), self.code]
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the requests are sent as.

    Attributes:
        name: The account, or the id of an access key.
        key: What requests are signed with; empty to send them unsigned.
        recorded: The account of the recording that it stands for; empty for any that no other stands for.
        takes_tokens: Whether its server lets users in by unsigned tokens, as an emulator may.
    """

    name: str
    key: str
    recorded: str = ""
    takes_tokens: bool = False


class Dialect(Protocol):
    """What is known of a family of services.

    A dialect holds no state and sends nothing: every method returns what is made of its arguments. The engine asks,
    for each recorded interaction in order: ``applies``, ``obstacle``, ``place`` and ``behaviour``; then it puts chosen
    values and dates in place and calls ``addressed``, ``settled``, and ``signed`` last, with a request whose headers
    and body are final; ``chosen`` is called with both answers; ``plain`` with both before they are compared.

    Attributes:
        name: A word for it, such as ``azure-storage``.
        endpoints: The words that ``behaviour`` has as endpoints.
        volatile_headers: Lower-case names of response headers that say nothing: they are not compared.
        volatile_leaves: Names of leaves of XML and JSON bodies, and lower-case names of headers, whose values the
            server chose: whether they are there is compared, and no more.
        date_headers: Lower-case names of request headers that hold a date (RFC 9110 section 5.6.7).
        list_keys: By the name of the element (XML) or member (JSON) that repeats, the child that tells one entry from
            another; such lists are compared by key, not by position.
        ordered_lists: Those names of ``list_keys`` whose entries the service promises in an order.
        emulator_account: Whom every emulator of these services knows; sent as where no account is named.
        environment: The variables of the environment that hold the name and the key of a live account.
    """

    name: str
    endpoints: Collection[str]
    volatile_headers: Collection[str]
    volatile_leaves: Collection[str]
    date_headers: Collection[str]
    list_keys: Mapping[str, str]
    ordered_lists: Collection[str]
    emulator_account: Account
    environment: tuple[str, str]

    def applies(self, uri: str) -> bool:
        """Return whether a recorded URI is one of these services."""

    def obstacle(self, interaction: Interaction) -> str:
        """Return why a request cannot be sent anew, as it was signed with what nobody has; empty if it can."""

    def place(self, request: Request) -> Place:
        """Return what a recorded request is about."""

    def sources(self, request: Request) -> Iterable[Place]:
        """Return what else it reads or moves: the source of a copy or a rename."""

    def behaviour(self, request: Request, response: Response) -> Behaviour:
        """Return what a recorded interaction shows."""

    def error_code(self, response: Response) -> str:
        """Return the code of an error, wherever it stands; empty where there is none."""

    def chosen(self, response: Response) -> Iterable[tuple[str, str]]:
        """Return the values of an answer that the server chose and a client may send back, each with its place.

        Equal places in two answers to one request hold values that stand for each other. No quotes around values.
        """

    def plain(self, response: Response) -> Response:
        """Return an answer without what an error's text tells of the one request alone (its id, its time)."""

    def addressed(self, request: Request, base: str, account: str) -> Request:
        """Return a recorded request sent to another address: its URI, and every header that holds an address.

        Args:
            request: Its path and query stay encoded as they were.
            base: The URL of the server, without a path, or with the account as the only segment of it.
            account: The account there.
        """

    def public_base(self, account: Account) -> str:
        """Return the URL of a live account, as ``addressed`` takes it."""

    def base_of(self, request: Request) -> str:
        """Return what an answer to a request calls its service: the URL without anything within the account."""

    def settled(self, request: Request, response: Response, *, shift_s: float, is_secure: bool) -> Request:
        """Return a request with what was signed into its URL shifted in time and made ready to be signed again.

        Args:
            request: What is to be sent.
            response: The recorded answer: it tells whether the request was good.
            shift_s: How many seconds later than the recording it is sent.
            is_secure: Whether it is sent by https.
        """

    def signed(self, request: Request, account: Account, response: Response, *, now: datetime) -> Request:
        """Return a request signed, as the recorded one was: unsigned or badly signed where the answer says so."""

    def renamed(self, request: Request, names: Mapping[str, str]) -> Request:
        """Return a recorded request with other names of containers, wherever one stands."""

    def presupposed(self, interactions: Iterable[Interaction]) -> list[Place]:
        """Return the containers that a recording uses and has not created; in order of first use."""

    def completed(self, interactions: Iterable[Interaction]) -> list[Interaction]:
        """Return recorded interactions with what a recorder left out of requests, and later ones tell."""

    def contents(self, interactions: Iterable[Interaction]) -> list[Request]:
        """Return recorded-style requests that put into presupposed containers what a recording shows to be there."""

    def properties(self, interactions: Iterable[Interaction]) -> list[Request]:
        """Return recorded-style requests that set properties of the account as they were before a recording."""

    def settings(self, interactions: Iterable[Interaction]) -> Mapping[str, str]:
        """Return what of an account no request of these services can set, as it was: names and values."""

    def creates(self, request: Request) -> Place | None:
        """Return the container that a request creates, if it is such a request."""

    def removes(self, request: Request) -> Place | None:
        """Return the container that a request removes, if it is such a request."""

    def creation(self, place: Place, like: Request) -> Request:
        """Return the recorded-style request that creates a container, for the service of another request."""

    def removal(self, place: Place, like: Request, send: Callable[[Request], Response]) -> Response:
        """Remove a container whatever it holds, and return the answer to its removal.

        Args:
            place: The container.
            like: A recorded request to its service.
            send: Answers one recorded-style request.
        """
