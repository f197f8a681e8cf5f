"""Agents who take money for us and tell us: terminal networks, banks, aggregators."""
