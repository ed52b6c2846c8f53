"""Tests of the account with a hierarchical namespace."""
