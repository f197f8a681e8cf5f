"""Tariffs for everybody, and what a consumption costs by them."""
