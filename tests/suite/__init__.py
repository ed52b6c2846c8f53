"""What an object store does, written once and run on every client and service of fixtures.toml."""
