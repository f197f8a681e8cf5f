"""The built-in outbox: messages stay here and are read on a page."""
