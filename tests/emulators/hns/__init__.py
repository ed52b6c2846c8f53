"""Tests of the account with a hierarchical namespace."""
"""What is pinned of the account with a hierarchical namespace."""
