"""The drivers and services of this repository's own fixtures; fixtures.toml names them."""
