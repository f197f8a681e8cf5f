"""The person's own pages: name, contacts, password, keys, sessions, consents, journal."""
