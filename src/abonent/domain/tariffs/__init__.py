"""The tariffs room: see README.md."""
