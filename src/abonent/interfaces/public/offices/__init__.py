"""Offices and contacts, for everybody."""
