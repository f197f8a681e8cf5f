"""The exchange room: see README.md."""
