"""Why each example of the page leaks: what the code, or the description, does with it."""

from __future__ import annotations

_REQUEST_ONLY = "The option is applied to requests; a response passes `before_record_response` alone."
_QUERY_ONLY = "Only the query of the request's own address is read; an address within something else is text."
_LITERAL = "The text is looked for as it is; nothing is decoded first."
_ESCAPED = "The notation of the body escapes some of the secret's characters, so that its text does not stand there."
_PACKED = "`decode_compressed_response` is for responses; the body of a request is searched as it was sent, compressed."
_PARSER = "Only `application/json`, exactly so, is read as JSON; this body is taken for a form, and has no field."

VCRPY = {
    "response header Set-Cookie": _REQUEST_ONLY,
    "response header Set-Cookie, second value": _REQUEST_ONLY,
    "query sig, upper case": "Names of parameters are compared with their case.",
    "query sig in the fragment": "The fragment is no part of the query (OAuth's implicit flow puts tokens there).",
    "query sig of a URL in a query": _QUERY_ONLY,
    "query sig of a URL in a request header": _QUERY_ONLY,
    "query sig of a URL in a request body": _QUERY_ONLY,
    "query sig of a URL in Location": _REQUEST_ONLY,
    "query sig of a URL in a response body": _REQUEST_ONLY,
    "form client_secret, upper case": "Names of fields are compared with their case.",
    "form client_secret, gzip": "The body is searched as it was sent, compressed.",
    "json client_secret, charset": _PARSER,
    "json client_secret, +json": _PARSER,
    "json client_secret, nested": "Without `filter_nested_post_data_parameters`, only the outermost object is read.",
    "json client_secret, in a list": (
        "Without `filter_nested_post_data_parameters`, the name is looked for among the items of the list."
    ),
    "json client_secret, inside a string": "A string that holds JSON is not read as such.",
    "json client_secret, gzip": (
        "The compressed body is handed to `json.loads`, which raises `UnicodeDecodeError`: nothing is stored, and the "
        "request of the client fails."
    ),
    "part client_secret, name not quoted": (
        "The name of a part is looked for within quotes; RFC 2183 allows a token without."
    ),
    "response json client_secret": _REQUEST_ONLY,
    "response json client_secret, nested": _REQUEST_ONLY,
    "response json client_secret, gzip": _REQUEST_ONLY,
    "response event client_secret": _REQUEST_ONLY,
    "in a URL": "The address has the secret percent-encoded; what is looked for is its plain text.",
    "as percent": _LITERAL,
    "as base64": f"{_LITERAL} Basic authentication and many tokens are base64.",
    "as hex": _LITERAL,
    "as json": _LITERAL,
    "as xml": _LITERAL,
    "as case": "Case counts; services repeat account names and GUIDs in another one.",
    "in a request body, json": _ESCAPED,
    "in a request body, xml": _ESCAPED,
    "in a request body, form": _ESCAPED,
    "in a request body, part": "A file name has its quotes as `%22` (WHATWG HTML, multipart/form-data).",
    "in a request body, gzip": _PACKED,
    "in a request body, deflate": _PACKED,
    "in a response body, json": _ESCAPED,
    "in a response body, xml": _ESCAPED,
    "in a response body, form": _ESCAPED,
    "in a response body, part": "A file name has its quotes as `%22` (WHATWG HTML, multipart/form-data).",
}

_NO_QUERY = "The preset has no rule for the query."
_OWN_QUERY = "The rule deletes parameters of the request's own address."
_NO_JSON = "Fields are looked for in JSON; a form is text that holds none."
_BINARY = "Neither JSON nor text by its content type, so the body is stored as base64, as it came."
_TEXT_ONLY = "`redactBodyText` runs on text and events, not on JSON."
_TOP = "The expression is tried on the whole path, `auth.client_secret`, so that `^` holds it to the outermost object."

SEINFELD = {
    "query sig": _NO_QUERY,
    "query sig, upper case": "Names of parameters are compared with their case; `paranoid` has no rule for the query.",
    "query sig, name escaped": _NO_QUERY,
    "query sig, second value": _NO_QUERY,
    "query sig in the fragment": _OWN_QUERY,
    "query sig of a URL in a query": _OWN_QUERY,
    "query sig of a URL in a request header": _OWN_QUERY,
    "query sig of a URL in a request body": _OWN_QUERY,
    "query sig of a URL in Location": _OWN_QUERY,
    "query sig of a URL in a response body": _OWN_QUERY,
    "form client_secret": _NO_JSON,
    "form client_secret, upper case": _NO_JSON,
    "form client_secret, name escaped": _NO_JSON,
    "form client_secret, second value": _NO_JSON,
    "form client_secret, put": _NO_JSON,
    "json client_secret, behind 64 KiB": "A body of more than 65,536 bytes is put beside the cassette, as it came.",
    "part client_secret": _BINARY,
    "part client_secret, name not quoted": _BINARY,
    "json client_secret, nested": _TOP,
    "json client_secret, in a list": "The path is `0.client_secret`; `^` holds the expression to the outermost object.",
    "response json client_secret, nested": _TOP,
    "as percent": _LITERAL,
    "as base64": _LITERAL,
    "as hex": _LITERAL,
    "as json": _LITERAL,
    "as xml": _LITERAL,
    "as case": "The expression has no flag `i`.",
    "in a request body, json": _TEXT_ONLY,
    "in a request body, xml": _ESCAPED,
    "in a request body, form": _ESCAPED,
    "in a request body, part": _BINARY,
    "in a request body, binary": _BINARY,
    "in a response body, json": _TEXT_ONLY,
    "in a response body, xml": _ESCAPED,
    "in a response body, form": _ESCAPED,
    "in a response body, part": _BINARY,
    "in a response body, binary": _BINARY,
}

REASONS = {"vcrpy_filters": VCRPY, "seinfeld_rules": SEINFELD}
