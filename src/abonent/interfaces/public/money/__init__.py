"""Money without sign-in: paying by a number, asking what is owed."""
