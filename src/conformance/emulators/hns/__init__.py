"""An ADLS Gen2 account with a hierarchical namespace, in memory: the REST of its blob and dfs endpoints.

What it does is what recordings of the real service show; what none shows follows the REST reference, and is marked as
not calibrated where it stands.
"""

from conformance.emulators.hns._account import KEY, NAME, Account
from conformance.emulators.hns._serving import ServedAccount, serve_account, service

__all__ = ["KEY", "NAME", "Account", "ServedAccount", "serve_account", "service"]
