"""What is pinned of the account with a hierarchical namespace."""
