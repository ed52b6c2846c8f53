"""The doors through which traffic comes in. Importing this package imports no client library and not vcr."""

from conformance.transport._binding import Exchange
from conformance.transport._http import open_http
from conformance.transport._http_server import Server, serve
from conformance.transport._network import closed_network

__all__ = ["Exchange", "Server", "closed_network", "open_http", "serve"]
