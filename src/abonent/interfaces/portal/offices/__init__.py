"""Offices and contacts within the cabinet."""
