"""Payment: what to pay, the check, the way to the bank and back, the history."""
