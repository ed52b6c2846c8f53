"""Faults planted between drivers and the wire, and the kept traces that are replayed under them."""
