"""The rooms: what the business is and does."""
