"""Verbs of metering."""
