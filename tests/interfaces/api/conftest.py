"""The cast of these tests."""

from agents import agents_file, door
from paying import bank, world

__all__ = ["agents_file", "bank", "door", "world"]
