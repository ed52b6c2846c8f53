"""Drivers that ship: one module a client, each with factories that fixtures.toml names as ``module:callable``."""
