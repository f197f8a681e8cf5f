"""The machine room: settings, entry points, the database server; it knows everything."""
