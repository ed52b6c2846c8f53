"""The test suites of others, run with our engine behind them."""
