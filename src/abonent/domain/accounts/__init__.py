"""Who is served, where, under which agreement, and who may see it."""
