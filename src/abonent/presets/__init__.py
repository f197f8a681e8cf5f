"""Suppliers as data: one folder each, and the loader that reads them."""
