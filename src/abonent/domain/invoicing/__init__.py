"""Closing documents of organisations, their reconciliation, their signatures."""
