"""Reads of meters and readings."""
