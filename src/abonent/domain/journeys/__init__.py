"""The few verbs that touch rooms which do not know each other: a file each, no models."""
