"""The first pages: of the house, of a supplier; how pages look to a person."""
