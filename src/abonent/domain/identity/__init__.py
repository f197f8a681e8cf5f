"""People who sign in, their consents and one-time codes."""
