"""The drivers of fixtures.toml: each opens an empty store of remote-store on one of its backends."""
