"""Recorded requests sent to servers that this process is."""
