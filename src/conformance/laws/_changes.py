"""The changes of a request that a matcher must see, or must not see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.errors import UsageError, nearest_word

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from conformance.cassette import Headers, Request

from hypothesis import strategies as st

LONG = b"0123456789" * 4
Change = Callable[["DrawFn", "Request", str], tuple["Request", "Request"]]


def changed(draw: DrawFn, request: Request, name: str) -> tuple[Request, Request]:
    """Return a request with what a change needs, and that request changed.

    Args:
        draw: Of the strategy.
        request: What to begin with.
        name: A key of ``CHANGES``; what stands behind a colon is the name of a header or parameter.

    Raises:
        UsageError: There is no such change.
    """
    word, _, argument = name.partition(":")
    if word not in CHANGES:
        near = nearest_word(word, CHANGES)
        cure = f'Did you mean "{near}"?' if near else f"Changes are {', '.join(CHANGES)}."
        raise UsageError(f"{name!r} is no change that a matcher can be tried with.", cure, slug="unknown-change")
    return CHANGES[word](draw, request, argument)


def _parts(uri: str) -> tuple[str, list[str]]:
    head, mark, query = uri.partition("?")
    return head, query.split("&") if mark else []


def _joined(head: str, pairs: list[str]) -> str:
    return head + ("?" + "&".join(pairs) if pairs else "")


def _with_pairs(request: Request, *pairs: str) -> Request:
    head, there = _parts(request.uri)
    return replace(request, uri=_joined(head, [*there, *pairs]))


def _without(headers: Headers, name: str) -> Headers:
    return tuple(pair for pair in headers if pair[0].lower() != name)


def _method(_draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    return request, replace(request, method="POST" if request.method == "PUT" else "PUT")


def _path(draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    head, pairs = _parts(request.uri)
    return request, replace(request, uri=_joined(head + draw(st.sampled_from(["x", "/x", "/"])), pairs))


def _path_case(_draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    head, pairs = _parts(request.uri)
    return tuple(replace(request, uri=_joined(f"{head}/{end}", pairs)) for end in ("name", "Name"))  # type: ignore[return-value]


def _host(_draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    return request, replace(request, uri=request.uri.replace("//box.test", "//other.test", 1))


def _scheme(_draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    return request, replace(request, uri=request.uri.replace("https:", "http:", 1))


def _port(_draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    return request, replace(request, uri=request.uri.replace("//box.test", "//box.test:8443", 1))


def _query_value(draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    one, other = draw(st.sampled_from([("1", "2"), ("a", "A"), ("", "0"), ("a", "ab")]))
    return _with_pairs(request, f"page={one}"), _with_pairs(request, f"page={other}")


def _query_repeated(draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    both = ["list=a", draw(st.sampled_from(["list=b", "list=a"]))]
    return _with_pairs(request, *both), _with_pairs(request, draw(st.sampled_from(both)))


def _query_empty(_draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    return request, _with_pairs(request, "flag=")


def _query_order(draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    request = _with_pairs(request, "first=1", "second=2")
    head, pairs = _parts(request.uri)
    names = draw(st.permutations(list(dict.fromkeys(pair.partition("=")[0] for pair in pairs))))
    order = sorted(pairs, key=lambda pair: names.index(pair.partition("=")[0]))  # of one name, in their order
    return request, replace(request, uri=_joined(head, order))


def _query_named(draw: DrawFn, request: Request, argument: str) -> tuple[Request, Request]:
    name = argument.replace("*", "x")
    changed_request = _with_pairs(request, f"{name}=2") if draw(st.booleans()) else request
    return _with_pairs(request, f"{name}=1"), changed_request


def _body(draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    body = (request.body or b"abc") + draw(st.sampled_from([b"", LONG]))
    at = draw(st.sampled_from([0, len(body) // 2, len(body) - 1]))
    flipped = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    backwards = body[::-1] if body != body[::-1] else flipped
    other = draw(st.sampled_from([flipped, body[:-1], b"", backwards]))
    return replace(request, body=body), replace(request, body=other)


def _header(draw: DrawFn, request: Request, argument: str) -> tuple[Request, Request]:
    name = argument.replace("*", "x")
    rest = _without(request.headers, name)
    one, other = ("bytes=0-9", "bytes=0-8") if "range" in name else ("one", "other")
    values = draw(st.sampled_from([(other,), (), (one, other)]))
    return replace(request, headers=((name, one), *rest)), replace(
        request, headers=(*((name, value) for value in values), *rest)
    )


def _header_order(draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    request = replace(request, headers=(*request.headers, ("Host", "box.test"), ("Via", "a")))
    return request, replace(request, headers=tuple(draw(st.permutations(request.headers))))


def _header_case(_draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    headers = (*_without(request.headers, "range"), ("Range", "bytes=0-1"))
    request = replace(request, headers=headers)
    return request, replace(request, headers=tuple((name.lower(), value) for name, value in headers))


def _other_header(draw: DrawFn, request: Request, _argument: str) -> tuple[Request, Request]:
    one = replace(request, headers=(*request.headers, ("X-Nobody-Declared", draw(st.sampled_from(["1", "2"])))))
    return request, one


CHANGES: dict[str, Change] = {
    "method": _method,
    "scheme": _scheme,
    "host": _host,
    "port": _port,
    "path": _path,
    "path case": _path_case,
    "query value": _query_value,
    "query, repeated": _query_repeated,
    "query, empty": _query_empty,
    "body": _body,
    "header": _header,
    "query order": _query_order,
    "query": _query_named,
    "header order": _header_order,
    "header case": _header_case,
    "other header": _other_header,
}
