"""Signing in: by password, by code, by passkey; recovery."""
