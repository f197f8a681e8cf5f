"""The billing room: see README.md."""
