"""The built-in outbox of a demonstration."""
