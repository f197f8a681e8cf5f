"""Signing up as the supplier's preset asks."""
