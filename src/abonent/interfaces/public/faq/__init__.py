"""Questions and answers, for everybody."""
