"""Linked accounts: the list, linking, names, ends, who else sees them."""
