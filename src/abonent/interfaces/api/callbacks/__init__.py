"""What outside systems tell us by themselves."""
