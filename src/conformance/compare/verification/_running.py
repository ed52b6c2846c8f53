"""Sends the requests of recordings to a server, in recorded order, and holds its answers against the recorded ones."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from conformance.cassette import Folding, Interaction, Request, Response, with_body
from conformance.compare.verification._azure_storage import AzureStorage
from conformance.compare.verification._comparing import compare_answers
from conformance.compare.verification._correlation import Correlation
from conformance.compare.verification._dates import read_http_date
from conformance.compare.verification._results import Checked, FileResult, Verification
from conformance.compare.verification._s3 import S3

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from conformance.compare.verification._dialect import Account, Dialect, Place

DIALECTS: tuple[Dialect, ...] = (AzureStorage(), S3())
OF_THE_CONNECTION = frozenset({"connection", "content-length", "expect", "host", "keep-alive", "transfer-encoding"})
BODYLESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
ELSEWHERE = "sent to another service"
NOT_WHOLE = "not recorded whole"
LONGEST_NAME = 63
GONE = 404


@dataclass(frozen=True, slots=True)
class Recording:
    """The interactions of one file, in recorded order; ``name`` is its path, as it is shown."""

    name: str
    interactions: tuple[Interaction, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """What is verified.

    Attributes:
        send: Answers one request, which is signed and has the server's own address. No answer is status 0.
        base: Its URL, as ``Dialect.addressed`` takes it.
        accounts: Whom requests are sent as; one without ``recorded`` stands for all that no other does. Where there
            are none, it is whom every emulator knows.
        reset: Empties it before each recording; None where it cannot be, and recordings clean up after themselves.
        configure: Called after ``reset`` with what a recording presupposes of the account; returns the names of what it
            cannot be. None where it can be nothing.
        wait: Called before each request with the seconds that lay between it and the one before it when they were
            recorded; returns by how much the server's clock is ahead of this machine's since. None where nothing waits.
    """

    send: Callable[[Request], Response]
    base: str
    accounts: Sequence[Account]
    reset: Callable[[], None] | None = None
    wait: Callable[[float], float] | None = None
    configure: Callable[[Mapping[str, str]], Collection[str]] | None = None

    def account_for(self, recorded: str, dialect: Dialect) -> Account:
        """Return the account that stands for a recorded one."""
        bare = recorded.removesuffix("-secondary")
        exact = [each for each in self.accounts if each.recorded == bare]
        others = [each for each in self.accounts if not each.recorded]
        return next(iter([*exact, *others, *self.accounts, dialect.emulator_account]))


def verify_server(  # noqa: PLR0913  (one argument an option)
    recordings: Iterable[Recording],
    server: Server,
    *,
    is_unique: bool = False,
    keeps: bool = False,
    dialects: Sequence[Dialect] = DIALECTS,
    tell: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Send recorded requests to a server and compare its answers, a recording at a time.

    Every recorded request is sent once, in order; nothing is retried, and no redirect followed. What a recording uses
    and has not created is created before it, and what it leaves is removed after it.

    Args:
        recordings: The recordings.
        server: What is verified.
        is_unique: Whether containers get names of their own in each recording, as on an account that others use.
        keeps: Whether what a recording leaves stays.
        dialects: What may be recorded; of a recording of none, nothing is sent.
        tell: Called with the name of each recording before it runs.
    """
    results = []
    for recording in recordings:
        tell(recording.name)
        if server.reset is not None:
            server.reset()
        world = _World(recording, server, is_unique=is_unique)
        dialect = next((each for each in dialects if any(map(each.applies, world.uris()))), dialects[0])
        results.append(world.run(dialect, keeps=keeps or server.reset is not None))
    return Verification(tuple(results))


@dataclass(slots=True)
class _World:
    """One recording, run on a server."""

    recording: Recording
    server: Server
    is_unique: bool
    correlation: Correlation = field(default_factory=Correlation)
    folding: Folding = field(default_factory=Folding)
    foldings: dict[Place, Folding] = field(default_factory=dict)
    written: dict[str, Place] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    left: dict[Place, Request] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    recorded_at: datetime | None = None
    ahead_s: float = 0.0

    def run(self, dialect: Dialect, *, keeps: bool) -> FileResult:
        whole = dialect.completed(self.recording.interactions)
        sendable, left_out = self._sorted(dialect, whole)
        items = [item for _, item in sendable]
        if self.is_unique:
            self.names = _unique_names(dialect, items)
        self._configure(dialect, items)
        for place in dialect.presupposed(items):
            requests = [item.request for item in items if dialect.place(item.request).account == place.account]
            within = [each for each in requests if dialect.place(each).container == place.container]
            self._prepare(dialect, place, next(iter([*within, *requests])))
        for request in dialect.contents(items):
            answer = self._sent(dialect, request)
            if not 200 <= answer.status < 300:  # noqa: PLR2004
                self.failures.append(f"{dialect.place(request).path} could not be put beforehand: {answer.status}")
        checked: list[Checked] = []
        for number, item in sendable:
            checked.append(self._check(dialect, number, item, checked))
        if not keeps:
            self._remove_left(dialect)
        return FileResult(self.recording.name, tuple(checked), left_out, tuple(self.failures))

    def _configure(self, dialect: Dialect, items: Sequence[Interaction]) -> None:
        """Set the account as it was; one that is not emptied, and belongs to others too, stays as it is."""
        settings, properties = dialect.settings(items), dialect.properties(items)
        configure = self.server.configure
        lacking = list(settings) if configure is None else sorted(configure(settings))
        if self.server.reset is None:
            lacking += ["properties"] if properties else []
        else:
            statuses = [self._sent(dialect, request).status for request in properties]
            bad = [status for status in statuses if not 200 <= status < 300]  # noqa: PLR2004
            self.failures += [f"properties could not be set beforehand: {status}" for status in bad]
        self.failures += [f"presupposes {name.replace('_', ' ')}" for name in lacking]

    def uris(self) -> list[str]:
        return [item.request.uri for item in self.recording.interactions]

    def _sorted(
        self, dialect: Dialect, items: Sequence[Interaction]
    ) -> tuple[list[tuple[int, Interaction]], tuple[tuple[int, str], ...]]:
        """Return what is sent, and why the rest is not."""
        sendable, left_out = [], []
        for number, item in enumerate(items, start=1):
            why = NOT_WHOLE if item.request.unrecorded or item.response.unrecorded else ""
            why = why or ("" if dialect.applies(item.request.uri) else ELSEWHERE) or dialect.obstacle(item)
            left_out += [(number, why)] if why else []
            sendable += [] if why else [(number, item)]
        return sendable, tuple(left_out)

    def _check(self, dialect: Dialect, number: int, item: Interaction, before: Sequence[Checked]) -> Checked:
        now = self._pass_time(_time_of(item))
        shift_s = (now - self.recorded_at).total_seconds() if self.recorded_at else 0.0
        request = dialect.renamed(item.request, self.names)
        request = self.correlation.dated(request, dialect.date_headers, shift_s=shift_s)
        asked = self.correlation.placed(request)
        sent = self._ready(dialect, asked, item.response, now=now, shift_s=shift_s)
        self._remove_gone(dialect, item)
        answer = self.server.send(sent)
        live = self._as_recorded(dialect, item.request, sent, answer)
        self.correlation.pair(dialect.chosen(item.response), dialect.chosen(live))
        self._note(dialect, item.request, answer)
        folding = self._folding_of(dialect, item)
        found = compare_answers(item.response, live, dialect, folding, method=item.request.method)
        behaviour = dialect.behaviour(item.request, item.response)
        after = _follows(dialect, item.request, before) if found else None
        return Checked(self.recording.name, number, behaviour, item, asked, live, tuple(found), after)

    def _folding_of(self, dialect: Dialect, item: Interaction) -> Folding:
        """Return what ids stand for each other where an interaction takes place.

        Two writes at one time may give the same ETag in two places: it is the same by chance, and only there.
        """
        place = dialect.place(item.request)
        etag = next((value for name, value in item.response.headers if name.lower() == "etag"), "")
        is_write = item.request.method.upper() not in BODYLESS and not list(dialect.sources(item.request))
        if etag and is_write and self.written.setdefault(etag, place) != place:
            self.foldings[place] = Folding()
        return self.foldings.get(place, self.folding)

    def _pass_time(self, recorded_at: datetime | None) -> datetime:
        """Let as much time pass as passed when a recording was made; return what time the server has."""
        before, self.recorded_at = self.recorded_at, recorded_at or self.recorded_at
        if self.server.wait is not None and before is not None and self.recorded_at is not None:
            self.ahead_s = self.server.wait(max(0.0, (self.recorded_at - before).total_seconds()))
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def _ready(
        self, dialect: Dialect, request: Request, response: Response, *, now: datetime, shift_s: float
    ) -> Request:
        account = self.server.account_for(dialect.place(request).account, dialect)
        moved = dialect.addressed(request, self.server.base, account.name)
        is_secure = self.server.base.startswith("https:")
        settled = dialect.settled(moved, response, shift_s=shift_s, is_secure=is_secure)
        headers = tuple(pair for pair in settled.headers if pair[0].lower() not in OF_THE_CONNECTION)
        if settled.body or settled.method.upper() not in BODYLESS:
            headers = (*headers, ("Content-Length", str(len(settled.body))))
        return dialect.signed(replace(settled, headers=headers), account, response, now=now)

    def _as_recorded(self, dialect: Dialect, recorded: Request, sent: Request, answer: Response) -> Response:
        """Return an answer with the addresses and names of the recording."""
        pairs = [(dialect.base_of(sent), dialect.base_of(recorded))]
        pairs += [(new, old) for old, new in self.names.items()]
        body, headers = answer.body, answer.headers
        for new, old in pairs:
            body = body.replace(new.encode(), old.encode())
            headers = tuple((name, value.replace(new, old)) for name, value in headers)
        return with_body(replace(answer, headers=headers), body)

    def _note(self, dialect: Dialect, request: Request, answer: Response) -> None:
        """Remember what a request has created or removed."""
        if not 200 <= answer.status < 300:  # noqa: PLR2004  (it did what it asks for)
            return
        created, removed = dialect.creates(request), dialect.removes(request)
        if created is not None:
            self.left[created] = request
        if removed is not None:
            self.left.pop(removed, None)

    def _prepare(self, dialect: Dialect, place: Place, like: Request) -> None:
        answer = self._sent(dialect, dialect.creation(place, like))
        if 200 <= answer.status < 300:  # noqa: PLR2004
            self.left[place] = like
        else:
            self.failures.append(f"{place.container} could not be created beforehand: {answer.status}")

    def _remove_gone(self, dialect: Dialect, item: Interaction) -> None:
        """Remove a container that a recording creates though it has it: it was made in parts, and cleaned up between.

        An answer 201 says that something new was created (RFC 9110 section 15.3.2).
        """
        created = dialect.creates(item.request)
        if created in self.left and item.response.status == 201:  # noqa: PLR2004
            dialect.removal(created, self.left.pop(created), partial(self._sent, dialect))

    def _remove_left(self, dialect: Dialect) -> None:
        for place, like in self.left.items():
            answer = dialect.removal(place, like, partial(self._sent, dialect))
            if not 200 <= answer.status < 300 and answer.status != GONE:  # noqa: PLR2004
                self.failures.append(f"{place.container} could not be removed: {answer.status}")

    def _sent(self, dialect: Dialect, request: Request) -> Response:
        good = Response(200)
        named = dialect.renamed(request, self.names)
        return self.server.send(self._ready(dialect, named, good, now=self._pass_time(None), shift_s=0))


def _time_of(item: Interaction) -> datetime | None:
    """Return when an interaction was recorded: by the answer's date, else by one that the request was sent with."""
    told = [value for name, value in item.response.headers if name.lower() == "date"]
    told += [value for name, value in item.request.headers if name.lower().endswith("date")]
    return next((read for read in map(read_http_date, told) if read is not None), None)


def _follows(dialect: Dialect, request: Request, before: Iterable[Checked]) -> int | None:
    """Return the number of the first before a request that came out otherwise and is about a place of it."""
    places = [dialect.place(request), *dialect.sources(request)]
    for each in before:
        earlier = [dialect.place(each.recorded.request), *dialect.sources(each.recorded.request)]
        if each.is_other_outcome and any(one.touches(other) for one in places for other in earlier):
            return each.number
    return None


def _unique_names(dialect: Dialect, items: Iterable[Interaction]) -> dict[str, str]:
    """Return a name of its own for every container of a recording, as long as a name may be."""
    suffix = f"-{secrets.token_hex(4)}"
    listed = list(items)
    places = [*(dialect.place(item.request) for item in listed), *dialect.presupposed(listed)]
    names = {place.container for place in places if place.container}
    return {name: name[: LONGEST_NAME - len(suffix)] + suffix for name in sorted(names) if not name.startswith("$")}
