"""A plugin for pytest that points the suite of adlfs at the account that PEER_URL, PEER_ACCOUNT and PEER_KEY name.

The suite starts a container with Docker, and has the address of it as constants. Both are replaced before its modules
are imported.
"""

from __future__ import annotations

import os
import sys
from unittest.mock import MagicMock
from urllib.parse import urlsplit

sys.modules["docker"] = MagicMock()

from adlfs.tests import constants  # noqa: E402  (the suite's conftest imports docker)

parts = urlsplit(os.environ["PEER_URL"])
constants.HOST = parts.netloc
constants.URL = f"{parts.scheme}://{parts.netloc}"
constants.ACCOUNT_NAME = os.environ["PEER_ACCOUNT"]
constants.KEY = os.environ["PEER_KEY"]
constants.CONN_STR = (
    f"DefaultEndpointsProtocol={parts.scheme};AccountName={constants.ACCOUNT_NAME};AccountKey={constants.KEY};"
    f"BlobEndpoint={os.environ['PEER_URL']};"
)
