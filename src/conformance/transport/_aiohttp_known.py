"""Which aiohttp the quick way through its seam knows: what takes which arguments, and what a session is set to.

From 3.10 to 3.14. One that has more may do more with it, so that way is closed there.
"""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

from aiohttp import ClientRequest, ClientResponse, ClientSession

OPTIONS = frozenset({
    "allow_redirects", "auth", "auto_decompress", "chunked", "compress", "cookies", "data", "expect100",
    "fingerprint", "headers", "json", "max_field_size", "max_headers", "max_line_size", "max_redirects",
    "middlewares", "params", "proxy", "proxy_auth", "proxy_headers", "raise_for_status", "read_bufsize",
    "read_until_eof", "server_hostname", "skip_auto_headers", "ssl", "ssl_context", "timeout", "trace_request_ctx",
    "upload_tracker", "verify_ssl"
})  # fmt: skip
SETTINGS = frozenset({
    "_auto_decompress", "_base_url", "_base_url_origin", "_connector", "_connector_owner", "_cookie_jar",
    "_default_auth", "_default_headers", "_default_proxy", "_default_proxy_auth", "_json_serialize",
    "_json_serialize_bytes", "_loop", "_max_field_size", "_max_headers", "_max_line_size", "_middlewares",
    "_raise_for_status", "_read_bufsize", "_request_class", "_requote_redirect_url", "_resolve_charset",
    "_response_class", "_retry_connection", "_skip_auto_headers", "_source_traceback", "_timeout", "_trace_configs",
    "_trust_env", "_version", "_ws_response_class", "requote_redirect_url"
})  # fmt: skip
OF_REQUEST = frozenset({
    "auth", "chunked", "compress", "cookies", "data", "expect100", "headers", "loop", "params", "proxy",
    "proxy_auth", "proxy_headers", "response_class", "server_hostname", "session", "skip_auto_headers", "ssl",
    "timer", "traces", "trust_env", "version"
})  # fmt: skip
OF_RESPONSE = frozenset({
    "continue100", "loop", "request_info", "session", "stream_writer", "timer", "traces", "writer"
})  # fmt: skip
# What this way asks of a session without looking whether it is there.
ASKED = frozenset({
    "_cookie_jar", "_loop", "_raise_for_status", "_request_class", "_response_class", "_version"
})  # fmt: skip


def is_known() -> bool:
    """Return whether the aiohttp that runs is one that this way knows, and nobody has put something else in."""
    takes = (
        (ClientSession._request, OPTIONS),
        (ClientRequest.__init__, OF_REQUEST),
        (ClientRequest.send, frozenset[str]()),
        (ClientResponse.__init__, OF_RESPONSE),
        (ClientResponse.start, frozenset[str]()),
    )
    is_same = all(_is_own(of) and _keywords(of) <= names for of, names in takes)
    return is_same and ASKED <= ClientSession.ATTRS <= SETTINGS


def _is_own(function: Any) -> bool:
    """Return whether a function was written in the module that it says; what wraps one only says so."""
    return type(function) is FunctionType and function.__globals__ is vars(sys.modules[function.__module__])


def _keywords(function: Any) -> set[str]:
    code = function.__code__
    return set(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
