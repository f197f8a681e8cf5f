"""Documents: data in, PDF out, kept."""
