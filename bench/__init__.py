"""Benchmarks: each one command, each printing a ratio against a named peer or limit of the same run."""
