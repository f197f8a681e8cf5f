"""T-Bank's internet acquiring, API v2."""
