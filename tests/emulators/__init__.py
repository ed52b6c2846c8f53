"""Tests of emulators."""
"""What is pinned of the emulated services."""
