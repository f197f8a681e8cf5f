"""News and outages, for everybody."""
