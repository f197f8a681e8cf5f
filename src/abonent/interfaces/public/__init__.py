"""Open pages: the first page, signing up and in, legal texts, the outbox of a demonstration."""
