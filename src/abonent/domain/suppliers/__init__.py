"""The suppliers room: see README.md."""
