"""Double entry: knows only codes, never forgets."""
