"""The pages of the supplier's staff."""
