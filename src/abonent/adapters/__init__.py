"""Outside systems, plugged into the ports of the rooms by name."""
