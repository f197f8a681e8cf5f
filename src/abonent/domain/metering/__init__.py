"""The metering room: see README.md."""
