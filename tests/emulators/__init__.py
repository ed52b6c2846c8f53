"""What is pinned of the emulated services."""
