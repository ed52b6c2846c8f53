"""Traces, and the files of guards."""
