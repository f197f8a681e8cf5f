"""Plain things every floor may use; nothing here knows about utilities."""
