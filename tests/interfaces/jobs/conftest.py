"""The cast of these tests."""

from paying import bank, world

__all__ = ["bank", "world"]
