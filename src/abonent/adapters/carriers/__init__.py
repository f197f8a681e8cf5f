"""Ways by which messages leave the house: a folder each."""
