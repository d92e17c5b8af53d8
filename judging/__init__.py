"""Runs a quality competition: entries in, certificates out. One package per stage; see docs/architecture.md."""

__version__ = "0.1.0"
