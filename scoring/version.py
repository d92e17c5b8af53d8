"""The engine's version: part of every digest, so it changes whenever a figure could."""

__version__ = "0.3.0"
