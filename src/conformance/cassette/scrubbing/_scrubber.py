"""Keeps secrets and volatile values out of what is stored.

Rules run on the stored request and response when recording, and on the sent request before matching, so that a scrubbed
recording still matches. The order is fixed:

1. declared values, in every form, the longest first;
2. redactors of a place, in the order in which they were added;
3. finders of names and forms, in one search;
4. what 2 and 3 found, wherever else it stands;
5. normalizers, in the order in which they were added.

Bodies are looked at without their content codings, and are put into them again only where something changed.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, cast

from conformance.cassette._interaction import Interaction, Request, Response, repeated, settled
from conformance.cassette.scrubbing._asleep import Asleep
from conformance.cassette.scrubbing._codings import Unwrapped, unwrapped
from conformance.cassette.scrubbing._finders import Search
from conformance.cassette.scrubbing._learned import Learned, is_worth_looking_for
from conformance.cassette.scrubbing._place_rule import DropHeaders, Replace, Unstored
from conformance.cassette.scrubbing._rules import sort_of_rule
from conformance.cassette.scrubbing._values import ReplaceValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.cassette._interaction import Message
    from conformance.cassette.scrubbing._finders import Anchored, Finder, Span
    from conformance.cassette.scrubbing._rules import Rule

search_for = lru_cache(64)(Search)
LARGE_BYTES = 256 * 1024


class Scrubber:
    """An ordered set of rules, and how often each fired. Safe to call from several threads.

    Attributes:
        fired: By the name of a rule, in how many messages it changed something.
    """

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        """Take the first rules."""
        self._rules = list(rules)
        self._plan: _Plan | None = None
        self._lock = threading.RLock()
        self._learned = Learned()
        self.fired: Counter[str] = Counter()

    def add(self, rule: Rule) -> None:
        """Add a rule at the end of those of its kind."""
        with self._lock:
            self._rules.append(rule)
            self._plan = None

    def fresh(self, more: Iterable[Rule] = ()) -> Scrubber:
        """Return a scrubber of the same rules, and more before them, that has seen nothing yet."""
        rules = [replace(rule, seen={}) if isinstance(rule, Replace) else rule for rule in self._rules]
        return Scrubber([*more, *rules])

    @property
    def values(self) -> tuple[ReplaceValue, ...]:
        """The rules of declared values."""
        return tuple(_values_of(self._rules))

    @property
    def issued(self) -> tuple[ReplaceValue, ...]:
        """The rules of secrets that answers gave away: in replay a client is answered what stands for them."""
        with self._lock:
            return self._learned.issued

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order in which they were added."""
        return tuple(self._rules)

    def request(self, request: Request) -> Request:
        """Return the request with every rule applied."""
        with self._lock:
            return _Run(self._planned(), self._learned, self.fired, request).scrubbed(request)

    def response(self, response: Response, *, to: Request | None = None) -> Response:
        """Return the response with every rule applied.

        Args:
            response: The response.
            to: What was asked, as it was sent; a rule that holds for some requests alone holds for all without it.
        """
        with self._lock:
            return _Run(self._planned(), self._learned, self.fired, to, response).scrubbed(response)

    def interaction(self, item: Interaction) -> Interaction:
        """Return the request and the response with every rule applied; what one gives away is removed of the other."""
        with self._lock:
            run = _Run(self._planned(), self._learned, self.fired, item.request, item.response)
            request = run.scrubbed(item.request)
            response = run.scrubbed(item.response)
            if request.body != item.request.body:
                headers = repeated(response.headers, item.request.body, request.body)
                response = response if headers == response.headers else replace(response, headers=headers)
            return item if request is item.request and response is item.response else Interaction(request, response)

    def is_stored(self, item: Interaction) -> bool:
        """Return whether an interaction is stored at all."""
        with self._lock:
            rules = self._planned().unstored
            kept = [rule for rule in rules if rule.is_kept]
            for rule in rules:
                when = rule.when
                is_named = (
                    when.holds_for(item.request)
                    and when.holds_for_status(item.response)
                    and when.holds_for_content(item.response)
                )
                self.fired[rule.name] += is_named
                if is_named:
                    return rule.is_kept
            return not kept

    def rules_that_change(self, request: Request) -> list[str]:
        """Return the names of the rules that would change a request, each by itself; nothing is counted."""
        return [rule.name for rule in self.rules if Scrubber([rule]).request(request) != request]

    @property
    def digest(self) -> str:
        """A short digest of the rules, in order, but for live values: which rule set a cassette was stored under."""
        told = [_told(rule) for rule in self._rules]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]

    def _planned(self) -> _Plan:
        if self._plan is None:
            self._plan = _Plan(self._rules)
        return self._plan


def _told(value: object) -> str:
    """Return what a rule is, as text that is the same in every process and whether or not its live value is known.

    What a rule leaves at its default is left out, so that an option that is new changes the digest of no rule set.
    """
    if isinstance(value, (Asleep, ReplaceValue)):
        return repr([value.name, value.stand_in, value.sort, value.expect])
    if isinstance(value, re.Pattern):
        return repr([value.pattern, value.flags])
    if isinstance(value, (frozenset, tuple)):
        return repr([_told(each) for each in value] if isinstance(value, tuple) else sorted(map(_told, value)))
    if is_dataclass(value) and not isinstance(value, type):
        given = ((each, getattr(value, each.name)) for each in fields(value) if each.compare)
        told = [f"{each.name}={_told(part)}" for each, part in given if part != each.default]
        return repr([type(value).__qualname__, *told])
    if callable(value):
        return f"{getattr(value, '__module__', '')}:{getattr(value, '__qualname__', '')}"
    return repr(value) if isinstance(value, (str, bytes, int, type(None))) else type(value).__qualname__


def _values_of(rules: Iterable[Rule]) -> Iterator[ReplaceValue]:
    return (rule for rule in rules if isinstance(rule, ReplaceValue))


class _Plan:
    """The rules of a scrubber in the order in which they run, and the one search for all that has anchors."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        places = [rule for rule in rules if not hasattr(rule, "span") and not isinstance(rule, (Asleep, Unstored))]
        values = tuple(sorted(_values_of(rules), key=lambda rule: -len(rule.value)))
        wakers = tuple(_Waker(rule.name, anchors) for rule in places if (anchors := _anchors_of(rule)))
        finders = tuple(rule for rule in rules if hasattr(rule, "span") and not isinstance(rule, ReplaceValue))
        self.stand_ins = {rule.stand_in for rule in rules if isinstance(rule, (Asleep, ReplaceValue))}
        self.spared = {stand_in.encode() for stand_in in self.stand_ins}
        self.values, self.finders = search_for(values), search_for(finders)
        self.anchored = cast("tuple[Anchored, ...]", (*values, *wakers, *finders))
        self.all = search_for(self.anchored)
        self.first_of_wakers = sum(len(value.anchors) for value in values)
        self.first_of_finders = self.first_of_wakers + sum(len(waker.anchors) for waker in wakers)
        self.redactors = [rule for rule in places if sort_of_rule(rule) == "redactor"]
        self.normalizers = [rule for rule in places if sort_of_rule(rule) == "normalizer"]
        self.stand_ins = {value.stand_in.lower() for value in values}
        self.unstored = [rule for rule in rules if isinstance(rule, Unstored)]
        self.sleepers = {waker.name for waker in wakers}


@dataclass(frozen=True, slots=True)
class _Waker:
    """Stands in the search for a rule of a place in the body, which need not run where its anchors are not."""

    name: str
    anchors: tuple[bytes, ...]


def _anchors_of(rule: Rule) -> tuple[bytes, ...]:
    return getattr(getattr(rule, "place", rule), "anchors", None) or ()


class _Run:
    """One message or two on their way through the rules."""

    def __init__(
        self,
        plan: _Plan,
        learned: Learned,
        fired: Counter[str],
        request: Request | None,
        response: Response | None = None,
    ) -> None:
        self._plan = plan
        self._learned = learned
        self._fired = fired
        self._request = request
        self._response = response
        self._here: list[ReplaceValue] = []
        self._is_answer = False

    def scrubbed(self, original: Message) -> Message:
        """Return a message with every rule applied."""
        self._is_answer = not isinstance(original, Request)
        inner = unwrapped(original.body, original.headers) if original.body else Unwrapped(b"")
        message = original if inner.body is original.body else replace(original, body=inner.body)
        plan = self._plan
        hits, may_repeat = self._hits(message.body)
        first = plan.first_of_finders
        asleep = plan.sleepers - {plan.all.name_of(which) for which, _, _ in hits if which < first}
        if plan.first_of_wakers:
            message = self._found(message, plan.values, [hit for hit in hits if hit[0] < plan.first_of_wakers])
        message = self._placed(message, plan.redactors, asleep)
        if message.body is inner.body:
            hits = [(which - first, start, end) for which, start, end in hits if which >= first]
        else:
            hits = plan.finders.hits(message.body.lower())
        message = self._found(message, plan.finders, hits)
        for search in self._learned.searches():
            message = self._found(message, search, search.hits(message.body.lower()))
        message = self._repeated(message, is_in_body=may_repeat)
        message = self._placed(message, plan.normalizers, asleep)
        return _finished(original, message, inner)

    def _placed(self, message: Message, rules: Iterable[Rule], asleep: set[str]) -> Message:
        names = frozenset([name.lower() for name, _ in message.headers])
        for rule in rules:
            if rule.name in asleep or not self._holds(rule):
                continue
            before = message
            if isinstance(rule, (DropHeaders, Replace)):
                if rule.may_change(names):
                    message = rule.changed(message, partial(self._learn, rule), self._plan.stand_ins)
            elif isinstance(message, Request):
                message = rule.request(message)
            else:
                message = rule.response(message)
            self._fired[rule.name] += message is not before
        return message

    def _hits(self, body: bytes) -> tuple[list[tuple[int, int, int]], bool]:
        """Return the anchors in a body, and whether it may hold a secret of this interaction.

        A large body is searched once for both, which is worth a search of its own.
        """
        plan = self._plan
        if not self._here or len(body) < LARGE_BYTES:
            return (plan.all.hits(body.lower()) if body else []), bool(body)
        hits = Search((*plan.anchored, *self._here)).hits(body.lower())
        own = [hit for hit in hits if hit[0] < plan.all.size]
        return own, len(own) < len(hits)

    def _repeated(self, message: Message, *, is_in_body: bool) -> Message:
        """Return a message without the secrets of this interaction; no body holds its own signature."""
        for rule in self._here:
            is_searched = is_in_body and not isinstance(message, Request)
            body = message.body.lower() if is_searched else b""
            if rule.may_be_in(body) or rule.may_be_in(_head(message)):
                search = Search([rule])
                message = self._found(message, search, search.hits(body))
        return message

    def _holds(self, rule: Rule) -> bool:
        when = getattr(rule, "when", None)
        if when is None:
            return True
        return (self._request is None or when.holds_for(self._request)) and (
            not when.status or (self._response is not None and when.holds_for_status(self._response))
        )

    def _learn(self, rule: Anchored | Rule, secret: str, stand_in: str) -> None:
        if secret.lower() in self._plan.stand_ins:
            return
        if getattr(rule, "is_lasting", True):
            self._learned.add(rule.name, secret, stand_in, is_issued=self._is_answer)
        elif is_worth_looking_for(secret):
            self._here.append(ReplaceValue(rule.name, secret, stand_in))

    def _found(self, message: Message, search: Search, hits: Sequence[tuple[int, int, int]]) -> Message:
        """Return a message with what a search finds replaced; the hits are those in the body."""
        fired: set[str] = set()
        if hits:
            body = search.replaced(message.body, hits, tell=partial(self._tell, fired), spared=self._plan.spared)
            message = message if body is message.body else replace(message, body=body)
        if search.hits(_head(message)):
            message = self._found_in_head(message, search, fired)
        for name in fired:
            self._fired[name] += 1
        return message

    def _found_in_head(self, message: Message, search: Search, fired: set[str]) -> Message:
        headers = tuple((name, self._text(value, search, fired)) for name, value in message.headers)
        if headers != message.headers:
            message = replace(message, headers=headers)
        if isinstance(message, Request):
            uri = self._text(message.uri, search, fired)
            message = message if uri == message.uri else replace(message, uri=uri)
        return message

    def _text(self, text: str, search: Search, fired: set[str]) -> str:
        data = text.encode("utf-8", "surrogateescape")
        hits = search.hits(data.lower())
        if not hits:
            return text
        data = search.replaced(data, hits, tell=partial(self._tell, fired), spared=self._plan.spared)
        return data.decode("utf-8", "surrogateescape")

    def _tell(self, fired: set[str], finder: Finder, span: Span) -> None:
        """Note that a finder found something, and learn its secret."""
        fired.add(finder.name)
        if span.secret:
            self._learn(finder, span.secret.decode("utf-8", "replace"), span.stand_in.decode())


def _head(message: Message) -> bytes:
    """Return the address and the values of the headers, in lower case."""
    texts = [message.uri if isinstance(message, Request) else ""]
    texts += [value for _, value in message.headers]
    return "\n".join(texts).encode("utf-8", "surrogateescape").lower()


def _finished(original: Message, message: Message, inner: Unwrapped) -> Message:
    """Return a message with its body wrapped as it was, and what its headers tell of the body made true."""
    if message.body is inner.body and not inner.is_signed:
        return message if inner.body is original.body else _with(message, original)
    body = inner.wrapped(message.body) if inner.wraps else message.body
    if inner.wraps:
        message = replace(message, headers=settled(message.headers, inner.body, message.body, is_within=True))
    if body == original.body:
        return _with(message, original)
    message = replace(message, body=body, headers=settled(message.headers, original.body, body))
    return replace(message, chunks=()) if isinstance(message, Response) else message


def _with(message: Message, original: Message) -> Message:
    """Return a message with the body of the original; the original itself where that is all."""
    message = replace(message, body=original.body)
    return original if message == original else message
