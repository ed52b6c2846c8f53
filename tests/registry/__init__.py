"""fixtures.toml: what it declares, what is wrong with it, and where."""
