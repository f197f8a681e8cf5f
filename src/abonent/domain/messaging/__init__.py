"""The outbox of letters, SMS and pushes."""
