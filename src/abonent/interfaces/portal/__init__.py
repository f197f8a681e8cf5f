"""The pages of a signed-in customer."""
