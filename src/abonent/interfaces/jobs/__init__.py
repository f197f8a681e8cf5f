"""The door of the clock and the queue."""
