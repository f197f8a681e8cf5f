"""Abonent: cabinet, billing, ledger and payments of a utility supplier."""
