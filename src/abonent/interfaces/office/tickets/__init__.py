"""The queue of appeals and one appeal."""
